"""Repairs of the rows of a text, made before a layout reads them; `selection.py` calls them in order."""
