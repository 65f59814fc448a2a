"""Plausibility: whether a reading is accepted, held or refused. The idea and how to add a check: `README.md`.

In reading order: `reading_diff` (a reading and the one before), `judge` (start here: the checks in order),
`checks`, `truncation`, `replaced_content`, `mass_edits` (each refuses a whole document), `holds` (parts of one).
"""
