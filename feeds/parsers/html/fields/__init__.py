"""Find the fields of each record: title and link, date, labels, summary.

`alignment` is the entry point: it finds titles and links and calls `dates`, `labels` (with `label_rules` and
`recurring_labels`) and `summaries`. Each module reads the field from the place where most records have it.
"""
