"""Layouts, one module each: how a text is divided into records. `selection.py` tries them all."""
