"""A source's documents, from wherever it keeps them; what cannot be had is a fault beside the others."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import islice

from feeds.config import Source
from feeds.errors import FetchError, SourceError
from feeds.fetch import files, http, pagination
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


def fetch(source: Source, remembered: Mapping[str, Validators], now: dt.datetime, *, options: http.Options) -> Fetched:
    """Everything that a source has, but for what its validators say is unchanged.

    Raises FetchError where nothing can be had at all.
    """
    if source.addresses:
        return _ask(source, remembered, options)
    faults: list[Fault] = []
    folder, found = _find(source.patterns, faults)
    unchanged, changed = _look(found, remembered, source)
    documents = []
    for name in sorted(changed):
        path, before = os.path.join(folder, name), remembered.get(name, _NOTHING)
        try:
            document = files.read(name, path, before, now=now, max_bytes=source.limits.max_bytes)
        except FetchError as error:
            faults.append(Fault(name, error))
            continue
        if document is None:
            unchanged.add(name)
        else:
            documents.append(document)
    faults += _out_of_reach(folder, remembered.keys() - unchanged - changed)
    if faults and not documents and not unchanged:
        raise faults[0].error
    return Fetched(tuple(documents), unchanged, faults=tuple(faults))


def _out_of_reach(folder: str, missing: Iterable[str]) -> Iterator[Fault]:
    """What was there and is not found, though it may well be: a folder that is closed is not empty."""
    for name in sorted(missing):
        path = os.path.join(folder, name)
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield Fault(name, FetchError("unreadable", f"{path}: {(error.strerror or str(error)).lower()}"))


def _find(patterns: Sequence[str], faults: list[Fault]) -> tuple[str, Iterable[files.FileMatch]]:
    """The files that all patterns mean, by their names in the folder above them all."""
    if len(patterns) == 1:
        return files.find(patterns[0])
    # What matches nothing yet counts too: a pattern that begins to match renames nothing.
    above = os.path.commonpath([files.folder_of(pattern) for pattern in patterns])
    return above, (found for pattern in patterns for found in _below(above, pattern, faults))


def _below(above: str, pattern: str, faults: list[Fault]) -> Iterator[files.FileMatch]:
    folder, found = files.find(pattern)
    below = os.path.relpath(folder, above)
    try:
        for name, tag in found:
            yield os.path.normpath(os.path.join(below, name)), tag
    except FetchError as error:
        faults.append(Fault(pattern, error))


def _look(
    found: Iterable[files.FileMatch], remembered: Mapping[str, Validators], source: Source
) -> tuple[set[str], set[str]]:
    """The names of the files whose validator is what it was, and of the others."""
    limit = source.limits.max_documents
    unchanged, changed = set(), set()
    for name, tag in islice(found, limit + 1):
        if tag == remembered.get(name, _NOTHING).etag:
            unchanged.add(name)
        else:
            changed.add(name)
    if len(unchanged) + len(changed) > limit:
        where = ", ".join(source.patterns)
        raise FetchError("too_large", f"{where}: more than limits.max_documents = {limit} files")
    return unchanged, changed


def _ask(source: Source, remembered: Mapping[str, Validators], options: http.Options) -> Fetched:
    own = replace(
        options,
        timeout=source.limits.timeout.total_seconds(),
        max_bytes=source.limits.max_bytes,
        allow_private=source.allow_private,
    )
    followed = (pagination.follow(source, address, remembered, own) for address in source.addresses)
    answers = dict(answer for pages in followed for answer in pages)
    had = {page: answer for page, answer in answers.items() if not isinstance(answer, FetchError)}
    faults = [Fault(page, answer) for page, answer in answers.items() if isinstance(answer, FetchError)]
    # Who asks for most patience speaks first, and for all.
    faults.sort(key=lambda fault: -(fault.error.retry_after or 0))
    if not had:
        raise faults[0].error
    validators = {page: each.validators for page, each in had.items() if isinstance(each, http.Unmodified)}
    unchanged = set(validators)
    if source.next and (validators or faults):
        # What stands behind a page that is as it was, or was not had, is taken to be as it was.
        unchanged |= remembered.keys() - answers.keys()
    fresh = [each.fresh_for or 0 for each in had.values()]
    return Fetched(
        tuple(each for each in had.values() if isinstance(each, Document)),
        unchanged,
        validators,
        tuple(faults),
        min(fresh) or None,
    )
