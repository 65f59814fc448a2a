"""Publishing: which feeds exist, what each holds, and their finished bytes.

Start with `publisher.py`, which runs the stages: `catalogue.py` (the feeds, their slugs and scopes) →
`contents.py` (the current document and the archive pages of one feed) → `formats/` (Atom, RSS, JSON Feed, OPML) →
`deltas.py` (RFC 3229, for readers that hold an older version). `status_feed.py` publishes incidents for operators;
`websub.py` notifies hubs. Nothing here reads a clock: the same store and configuration give the same bytes.
"""
