"""A source → its documents, from files or over HTTP. Start at `source.py`."""
