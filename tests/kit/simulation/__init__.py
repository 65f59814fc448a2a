"""A newsroom whose truth is known, and a year of it read through the real parser and ledger."""
