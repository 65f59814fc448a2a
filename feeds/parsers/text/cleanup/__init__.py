"""Rows of a text, put right before a layout reads them."""
