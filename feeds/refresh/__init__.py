"""The main path: fetch → parse → reconcile → publish, one transaction for each source.

In reading order: `pipeline` (start here), `reading` (a source → its documents, parsed and dated),
`document_states` (what is remembered of each document between readings), `document_updates` (what to remember
next), `outcome` (how it went).
"""
