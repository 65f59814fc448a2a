"""A date as written → a date with its precision, or None.

Start at `parsing.py`: `parse_date` for a text that is a date, `resolve` for the dates of a listing. `grammar.py` has
the forms of dates as regular expressions, `names.py` the names of months and weekdays from CLDR, and `lines.py` finds
the date of a line of text. A date is read, not guessed: what has no day, month or year is not a date.
"""
