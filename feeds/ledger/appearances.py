"""The appearances of one source while a reading is entered: found by document, by entry, or by both."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from feeds.changes import Appearance


class Appearances:
    """One appearance for each document and entry; what is entered takes the place of what was there."""

    def __init__(self, rows: Iterable[Appearance] = ()) -> None:
        self._by_document: dict[str, dict[str, Appearance]] = {}
        self._by_entry: dict[str, dict[str, Appearance]] = {}
        for row in rows:
            self.enter(row)

    def __iter__(self) -> Iterator[Appearance]:
        return (row for rows in self._by_document.values() for row in rows.values())

    def __getitem__(self, key: tuple[str, str]) -> Appearance:
        document, entry = key
        return self._by_document[document][entry]

    def enter(self, row: Appearance) -> None:
        self._by_document.setdefault(row.document, {})[row.entry] = row
        self._by_entry.setdefault(row.entry, {})[row.document] = row

    def get(self, document: str, entry: str) -> Appearance | None:
        return self._by_document.get(document, {}).get(entry)

    def in_document(self, document: str) -> Collection[Appearance]:
        return self._by_document.get(document, {}).values()

    def of_entry(self, entry: str) -> Collection[Appearance]:
        return self._by_entry.get(entry, {}).values()
