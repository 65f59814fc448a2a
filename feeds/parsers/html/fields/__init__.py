"""The fields of the records of a page."""
