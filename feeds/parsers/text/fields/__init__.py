"""The fields of the records of a text."""
