"""Read a Listing from a feed: Atom, RSS, RDF or JSON Feed.

`detection` recognises feeds, `parser` makes items of their entries. `xml` (through feedparser)
and `json` read the formats into the types of `wire`.
"""
