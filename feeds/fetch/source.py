"""A source → its documents, from files or addresses. What cannot be fetched is a fault next to the others."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import islice

from feeds.config import Source
from feeds.errors import FetchError, HostBlocked, SourceError
from feeds.fetch import files, http, pagination
from feeds.model import Document, Validators

_NO_VALIDATORS = Validators()


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that could not be fetched or read, and the error."""

    document: str
    error: SourceError


@dataclass(frozen=True, slots=True)
class Fetched:
    """The result of fetching a source: changed documents, names of unchanged ones, and faults.

    `validators` are the new validators of those unchanged documents whose origin sent some.
    `freshness_lifetime` is the number of seconds for which the origin says that nothing will change.
    """

    documents: tuple[Document, ...] = ()
    unchanged: Set[str] = frozenset()
    validators: Mapping[str, Validators] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    freshness_lifetime: int | None = None


def fetch(source: Source, validators: Mapping[str, Validators], now: dt.datetime, *, options: http.Options) -> Fetched:
    """Return all documents of a source except those that are unchanged by their validators.

    Raises FetchError if no document can be fetched.
    """
    fetched = (
        _fetch_addresses(source, validators, options) if source.addresses else _read_files(source, validators, now)
    )
    return replace(fetched, documents=tuple(replace(each, language=source.language) for each in fetched.documents))


def _read_files(source: Source, validators: Mapping[str, Validators], now: dt.datetime) -> Fetched:
    faults: list[Fault] = []
    folder, found = _match(source, faults)
    unchanged, changed = _partition(found, validators, source)
    documents = []
    for names in (changed, unchanged):
        refused = {name: problem for name in names if (problem := files.name_problem(name))}
        faults += (_badly_named(folder, name, refused[name]) for name in sorted(refused))
        names.difference_update(refused)
    for name in sorted(changed):
        path, known = os.path.join(folder, name), validators.get(name, _NO_VALIDATORS)
        try:
            document = files.read(name, path, known, now=now, max_bytes=source.limits.max_bytes)
        except FetchError as error:
            faults.append(Fault(name, error))
            continue
        if document is None:
            unchanged.add(name)
        else:
            documents.append(document)
    faults += _unreadable(folder, validators.keys() - unchanged - changed)
    if faults and not documents and not unchanged:
        raise faults[0].error
    return Fetched(tuple(documents), unchanged, faults=tuple(faults))


def _badly_named(folder: str, name: str, problem: str) -> Fault:
    shown = files.printable(name)
    return Fault(shown, FetchError("unreadable", f"{os.path.join(folder, shown)}: {problem}"))


def _unreadable(folder: str, missing: Iterable[str]) -> Iterator[Fault]:
    """Yield a fault for each known file that was not found and may still exist: its folder may be unreadable."""
    for name in sorted(missing):
        path = os.path.join(folder, name)
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            yield Fault(name, FetchError("unreadable", f"{path}: {(error.strerror or str(error)).lower()}"))


def _match(source: Source, faults: list[Fault]) -> tuple[str, Iterable[files.FileMatch]]:
    """Return the folder above all patterns, and the files that they match by their names in it."""
    patterns, follow_links = source.patterns, source.follow_links
    if len(patterns) == 1:
        return files.find(patterns[0], follow_links=follow_links)
    # A pattern without matches counts too, so that no document is renamed when it begins to match.
    above = os.path.commonpath([files.folder_of(pattern) for pattern in patterns])
    return above, (
        match for pattern in patterns for match in _match_below(above, pattern, faults, follow_links=follow_links)
    )


def _match_below(above: str, pattern: str, faults: list[Fault], *, follow_links: bool) -> Iterator[files.FileMatch]:
    folder, found = files.find(pattern, follow_links=follow_links)
    below = os.path.relpath(folder, above)
    try:
        for name, tag in found:
            yield os.path.normpath(os.path.join(below, name)), tag
    except FetchError as error:
        faults.append(Fault(pattern, error))


def _partition(
    found: Iterable[files.FileMatch], validators: Mapping[str, Validators], source: Source
) -> tuple[set[str], set[str]]:
    """Return the names of the files with an unchanged validator, and those of the others."""
    limit = source.limits.max_documents
    unchanged, changed = set(), set()
    for name, tag in islice(found, limit + 1):
        if tag == validators.get(name, _NO_VALIDATORS).etag:
            unchanged.add(name)
        else:
            changed.add(name)
    if len(unchanged) + len(changed) > limit:
        where = ", ".join(source.patterns)
        raise FetchError("too_large", f"{where}: more than limits.max_documents = {limit} files")
    return unchanged, changed


def _fetch_addresses(source: Source, validators: Mapping[str, Validators], options: http.Options) -> Fetched:
    own = replace(
        options,
        timeout=source.limits.timeout.total_seconds(),
        max_bytes=source.limits.max_bytes,
        allow_private=source.allow_private,
    )
    followed = (pagination.follow(source, address, validators, own) for address in source.addresses)
    responses = dict(response for pages in followed for response in pages)
    fetched = {page: response for page, response in responses.items() if not isinstance(response, FetchError)}
    faults = [Fault(page, response) for page, response in responses.items() if isinstance(response, FetchError)]
    # The first fault decides when the source is due again: a real failure, and of those the longest Retry-After.
    faults.sort(key=lambda fault: (isinstance(fault.error, HostBlocked), -(fault.error.retry_after or 0)))
    if not fetched:
        raise faults[0].error
    renewed = {page: each.validators for page, each in fetched.items() if isinstance(each, http.Unmodified)}
    unchanged = set(renewed)
    if source.next and (renewed or faults):
        # Pages after one that is unchanged, or that could not be fetched, are taken to be unchanged.
        unchanged |= validators.keys() - responses.keys()
    lifetimes = [each.freshness_lifetime or 0 for each in fetched.values()]
    return Fetched(
        tuple(each for each in fetched.values() if isinstance(each, Document)),
        unchanged,
        renewed,
        tuple(faults),
        min(lifetimes) or None,
    )
