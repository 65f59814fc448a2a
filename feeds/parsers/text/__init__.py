"""Read a text dump of a newsroom's listing into a Listing.

Reading order: `parser` (the whole path), `markdown` and `rows` (text to rows and paragraphs), `cleanup/`, `selection`
(every layout tried, the best kept), `layouts/` (a text to records), `fields/` (a record to its fields),
`lookalikes` (mistyped dates keep their position).
`README.md` in this folder explains the approach.
"""
