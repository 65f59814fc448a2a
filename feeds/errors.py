"""The errors of Tidings, as one tree.

TidingsError                 every error of Tidings; its text names the place and the remedy
├── ConfigError              config.toml cannot be used; it has all problems at once
├── StoreError               the store cannot be opened, read or written
│   ├── StoreNewer           it was written by a newer version of Tidings, and is left unchanged
│   ├── StoreCorrupt         it is damaged or not a database
│   │   └── StoreForeign     it is an intact database of another program
│   └── Fenced               another process has claimed this source; the reading is dropped
└── SourceError              a fault of a source: caught in `refresh`, recorded as an Outcome
    ├── FetchError           the document could not be fetched
    │   ├── RateLimited      it was not requested yet: many sources are on one host
    │   └── HostBlocked      it was not requested yet: its host has sent Retry-After
    ├── ParseError           the document could not be read as a listing
    └── Implausible          the listing was read, and refused
"""

from __future__ import annotations

from feeds.redaction import redact


class TidingsError(Exception):
    """An error of Tidings. `str(error)` is one line for people: what happened, where, and what to do."""


class ConfigError(TidingsError):
    """Every problem of one configuration, each as `dotted.key: what is wrong`."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(f"{path}: " + "; ".join(problems))


class StoreError(TidingsError):
    """The store cannot be opened, read or written."""


class StoreNewer(StoreError):
    """The schema of the store is newer than this program."""


class StoreCorrupt(StoreError):
    """The file is damaged, or not a database of Tidings."""


class StoreForeign(StoreCorrupt):
    """The file is an intact database of another program, so it is neither repaired nor moved."""


class Fenced(StoreError):
    """The claim under which a source was read is no longer held."""


class SourceError(TidingsError):
    """A fault of a source. `reason` is one word from a closed set, usable as the label of a metric.

    `retry_after` is the number of seconds that the origin asks to wait. Addresses in the message have no user
    information, query or fragment.
    """

    def __init__(self, reason: str, message: str, retry_after: int | None = None) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(redact(message))


class FetchError(SourceError):
    """The document could not be fetched: missing, unreadable, unstable, too_large, timeout, refused …"""


class RateLimited(FetchError):
    """No request was sent: our own rate limit for the host reserves no slot before `retry_after` seconds."""


class HostBlocked(FetchError):
    """No request was sent: the host sent Retry-After to another one. It allows the next in `retry_after` seconds."""


class ParseError(SourceError):
    """The document could not be read as a listing: empty, not_text, encoding, too_deep …"""


class Implausible(SourceError):
    """A reading was refused: zero_items, truncated, gap, encoding, mass_change, fields_lost.

    `item` is a digest of what was refused, if it is accepted after enough readings with the same digest.
    """

    def __init__(self, reason: str, message: str, *, item: str | None = None) -> None:
        self.item = item
        super().__init__(reason, message)
