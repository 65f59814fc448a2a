"""A source's documents, from wherever it keeps them; what cannot be had is a fault beside the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from feeds import files, origin
from feeds.config import Source
from feeds.errors import FetchError, SourceError
from feeds.model import Document, Validators

_NOTHING = Validators()


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that could not be had or read, and why."""

    document: str
    error: SourceError


@dataclass(frozen=True, slots=True)
class Fetched:
    """What fetching a source gave: new bytes, what has not changed since, and faults.

    `unchanged` maps the name of a document to the validators to ask with next time. `fresh_for` is for how
    many seconds the origin says that asking again is pointless.
    """

    documents: tuple[Document, ...] = ()
    unchanged: Mapping[str, Validators] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    fresh_for: int | None = None


def fetch(
    source: Source, remembered: Mapping[str, Validators], now: dt.datetime, *, options: origin.Options
) -> Fetched:
    """Everything that a source has, but for what its validators say is unchanged.

    Raises FetchError where nothing can be had at all.
    """
    if source.url is not None:
        return _ask(source, source.url, remembered, options)
    documents, unchanged, faults = [], {}, []
    for name, path, tag in _files(source):
        before = remembered.get(name, _NOTHING)
        if tag is not None and tag == before.etag:
            unchanged[name] = before
            continue
        try:
            document = files.read(name, path, before, now=now, max_bytes=source.limits.max_bytes)
        except FetchError as error:
            faults.append(Fault(name, error))
            continue
        if document is None:
            unchanged[name] = before
        else:
            documents.append(document)
    if faults and not documents and not unchanged:
        raise faults[0].error
    return Fetched(tuple(documents), unchanged, tuple(faults))


def _files(source: Source) -> Iterator[files.Found]:
    assert source.path is not None
    for count, found in enumerate(files.find(source.path), start=1):
        if count > source.limits.max_documents:
            limit = source.limits.max_documents
            raise FetchError("too_large", f"{source.path}: more than limits.max_documents = {limit} files")
        yield found


def _ask(source: Source, url: str, remembered: Mapping[str, Validators], options: origin.Options) -> Fetched:
    own = replace(
        options,
        timeout=source.limits.timeout.total_seconds(),
        max_bytes=source.limits.max_bytes,
        allow_private=source.allow_private,
    )
    answer = origin.get(url, remembered.get(url, Validators()), options=own)
    if isinstance(answer, origin.Unmodified):
        return Fetched(unchanged={url: answer.validators}, fresh_for=answer.fresh_for)
    return Fetched((answer,), fresh_for=answer.fresh_for)
