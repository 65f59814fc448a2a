"""A text dump → a Listing. Start at `parser.py`."""
