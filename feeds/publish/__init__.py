"""Entries → feeds → bytes. Start at `publisher.py`."""
