"""The main path: one source, from its documents to its published feeds. Start at `pipeline.py`."""
