"""A date as written → a date with its precision, or nothing. Start at `parsing.py`."""
