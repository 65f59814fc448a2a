"""A source's documents, from wherever it keeps them; what cannot be had is a fault beside the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
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

    `unchanged` are names of documents; `validators` are what to ask with next time for those of them that
    have got other ones. `fresh_for` is for how many seconds the origin says that asking again is pointless.
    """

    documents: tuple[Document, ...] = ()
    unchanged: Set[str] = frozenset()
    validators: Mapping[str, Validators] = field(default_factory=dict)
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
    unchanged, changed = _look(source, source.path or "", remembered)
    documents, faults = [], []
    for name in sorted(changed):
        before = remembered.get(name, _NOTHING)
        try:
            document = files.read(name, changed[name], before, now=now, max_bytes=source.limits.max_bytes)
        except FetchError as error:
            faults.append(Fault(name, error))
            continue
        if document is None:
            unchanged.add(name)
        else:
            documents.append(document)
    if faults and not documents and not unchanged:
        raise faults[0].error
    return Fetched(tuple(documents), unchanged, faults=tuple(faults))


def _look(source: Source, path: str, remembered: Mapping[str, Validators]) -> tuple[set[str], dict[str, str]]:
    """The names of the files whose stat is what it was, and the paths of the others by name."""
    unchanged, changed = set(), {}
    for count, (name, file, tag) in enumerate(files.find(path), start=1):
        if count > source.limits.max_documents:
            limit = source.limits.max_documents
            raise FetchError("too_large", f"{path}: more than limits.max_documents = {limit} files")
        if tag == remembered.get(name, _NOTHING).etag:
            unchanged.add(name)
        else:
            changed[name] = file
    return unchanged, changed


def _ask(source: Source, url: str, remembered: Mapping[str, Validators], options: origin.Options) -> Fetched:
    own = replace(
        options,
        timeout=source.limits.timeout.total_seconds(),
        max_bytes=source.limits.max_bytes,
        allow_private=source.allow_private,
    )
    answer = origin.get(url, remembered.get(url, Validators()), options=own)
    if isinstance(answer, origin.Unmodified):
        return Fetched(unchanged={url}, validators={url: answer.validators}, fresh_for=answer.fresh_for)
    return Fetched((answer,), fresh_for=answer.fresh_for)
