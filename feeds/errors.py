"""What can go wrong, as one tree.

TidingsError                 every error that is ours; its text names the place and the remedy
├── ConfigError              config.toml does not say something that can be run; all problems at once
├── StoreError               the store cannot be opened, read or written
│   ├── StoreNewer           it was written by a newer Tidings; nothing is touched
│   ├── StoreCorrupt         it is not a database, or a damaged one
│   │   └── StoreForeign     it is a whole database, and another program's
│   └── Fenced               someone else has taken over this source; what was read is dropped
└── SourceError              a source's fault: caught in `refresh`, kept as an Outcome
    ├── FetchError           the document could not be had
    ├── ParseError           the document could not be read as a listing
    └── Implausible          the listing was read, and is not believed
"""

from __future__ import annotations

from feeds.redaction import redact


class TidingsError(Exception):
    """An error of ours. `str(error)` is one line for people: what, where, and what to do about it."""


class ConfigError(TidingsError):
    """Holds every problem of one configuration, each as `dotted.key: what is wrong`."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(f"{path}: " + "; ".join(problems))


class StoreError(TidingsError):
    """The store cannot be opened, read or written."""


class StoreNewer(StoreError):
    """The store's schema is newer than this program knows."""


class StoreCorrupt(StoreError):
    """The file is damaged or is no database of ours."""


class StoreForeign(StoreCorrupt):
    """The file is a whole database of another program: nothing of it is ours to repair or to move."""


class Fenced(StoreError):
    """The claim under which a source was read is no longer held."""


class SourceError(TidingsError):
    """A source's fault. `reason` is one word from a closed set, fit for a metric's label.

    `retry_after` is how many seconds the origin asked to be left alone. Addresses in the message have no user
    information, query or fragment.
    """

    def __init__(self, reason: str, message: str, retry_after: int | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(redact(message))


class FetchError(SourceError):
    """The document could not be had: missing, unreadable, unstable, too_large, timeout, refused …"""


class ParseError(SourceError):
    """The document could not be read as a listing: empty, not_text, encoding, too_deep …"""


class Implausible(SourceError):
    """The gate's refusal: zero_items, truncated, gap, encoding, mass_change, fields_lost.

    `item` is a digest of what was refused, where further readings that show the same make it believed.
    """

    def __init__(self, reason: str, message: str, *, item: str | None = None) -> None:
        self.item = item
        super().__init__(reason, message)
