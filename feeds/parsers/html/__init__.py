"""Read a listing from an HTML page, with CSS selectors or without.

Reading order: `parser` (the pipeline without selectors), `dom` and `dom_builder` (the page as lines of text),
`record_detection`, `record_scoring`, `record_selection` (which elements are the items), `field_candidates` and
`fields/` (the fields of each item), `sections` (headings between items), `json_ld` (structured data);
`by_selectors` and `wrapper_induction` read by selectors and derive them. README.md explains the method.
"""
