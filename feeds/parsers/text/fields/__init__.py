"""Passes that assign the paragraphs of records to fields. Start at `assignment.py`."""
