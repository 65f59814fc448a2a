"""Words that name the parts of a document, in the languages of newsrooms.

`field_names` (names of fields and columns), `bylines` (authors and picture credits), `page_titles` (titles of
pages that are not listings). The tables contain words of formats only, never words of one newsroom.
"""
