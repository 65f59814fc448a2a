"""A feed (Atom, RSS, JSON Feed) → a Listing. Start at `parser.py`."""
