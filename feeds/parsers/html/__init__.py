"""A page → a Listing. Start at `parser.py`."""
