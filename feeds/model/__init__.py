"""The words of the domain, as frozen data.

Start at `listing.py` (Document, Item, Listing: what a source says), then `entry.py` (Entry: what the ledger keeps),
`feed.py` (Feed, Representation: what is served) and `outcome.py` (Outcome: how a refresh went); `date.py` has the
dates of items. An `Item` has a date as text and a place in a document; an `Entry` has an identity and an instant.
All datetimes are aware, in UTC and without microseconds. `None` means unknown; the empty string is not used for it.
"""

from feeds.model.date import Precision, When
from feeds.model.entry import Entry
from feeds.model.feed import Feed, FeedKind, Representation, Scope, Site, Term
from feeds.model.listing import Document, Item, Listing, Problem, Section, SourceFeed, Validators
from feeds.model.outcome import NOT_READ_YET, Outcome, Status

__all__ = [
    "NOT_READ_YET",
    "Document",
    "Entry",
    "Feed",
    "FeedKind",
    "Item",
    "Listing",
    "Outcome",
    "Precision",
    "Problem",
    "Representation",
    "Scope",
    "Section",
    "Site",
    "SourceFeed",
    "Status",
    "Term",
    "Validators",
    "When",
]
