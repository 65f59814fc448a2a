"""Read a listing in table form: rows of cells between tabs, bars, wide gaps or commas.

Names of columns in a first row are accepted; commas separate cells only below such a row. Without names, the column
of dates is the date, the column whose cells recur is the label, and the longest cells that do not recur are the title.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from feeds.dates.lines import is_date
from feeds.parsers.date_context import differ_only_in_numbers
from feeds.parsers.lexicon.field_names import roles_of
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import URL, Row, row_of
from feeds.unicode.normalise import key

_SPLITS = tuple(re.compile(form).split for form in (r"\t+", r"\|", r"\s{3,}", r"\s{2,}", r"\u3000"))
_MARKDOWN_RULE = re.compile(r"[\s|:-]+$")
_LONG = 160
_FEWEST = 3
# csv raises an error for a longer field.
_LONGEST_ROW = 100_000

TableRow = tuple[Row, ...]
_Split = Callable[[str], Sequence[str]]


def read_table(text: str, languages: tuple[str, ...]) -> tuple[bool, list[SectionDraft]]:
    """Read the rows, if most lines from the first to the last have the same number of cells.

    Return whether the columns are named, and the sections.
    """
    lines = [(number, raw.strip().strip("|")) for number, raw in enumerate(text.split("\n"), 1)]
    lines = [(number, raw) for number, raw in lines if raw and not _MARKDOWN_RULE.match(raw)]
    splits: list[_Split] = [*_SPLITS, *_separators(lines)]
    unnamed: list[SectionDraft] = []
    for split in splits:
        table = [split(raw.strip(" ")) for _, raw in lines]
        widths = Counter(map(len, table))
        width = max((width for width in widths if width > 1), key=lambda width: widths[width], default=0)
        indices = [index for index, row in enumerate(table) if len(row) == width]
        if width and len(indices) >= _FEWEST and len(indices) * 5 > (indices[-1] - indices[0] + 1) * 3:
            span = slice(max(0, indices[0] - 1), indices[-1] + 1)
            rows = [_cells(number, cells) for (number, _), cells in zip(lines[span], table[span], strict=True)]
            names = _names(rows, width)
            sections = _sections(rows, names, languages)
            if sections and any(names):
                return True, sections
            unnamed = unnamed or sections
    return False, unnamed


def _separators(lines: Sequence[tuple[int, str]]) -> list[_Split]:
    """Return the splitters for commas or semicolons, if the first line names columns with them; cells may be quoted."""
    return [partial(_values, sign=sign) for sign in ",;" if lines and len(roles_of(_values(lines[0][1], sign))) > 1]


def _values(raw: str, sign: str) -> list[str]:
    short = raw[:_LONGEST_ROW]
    return next(csv.reader([short], delimiter=sign, skipinitialspace=True), [])


def _cells(number: int, cells: Sequence[str]) -> TableRow:
    rows = (" ".join(cell.split()) for cell in cells)
    return tuple(row_of(words, number) if words else Row(number, 0, 0, "") for words in rows)


def _names(table: Sequence[TableRow], width: int) -> Sequence[str | None]:
    """Return the roles that the first row names for the columns, or None for each if it names too few."""
    first = next(row for row in table if len(row) == width)
    meanings = roles_of(cell.text for cell in first)
    names = [meanings.get(cell.text) for cell in first]
    return names if sum(name is not None for name in names) * 2 >= width else [None] * width


def _sections(table: Sequence[TableRow], names: Sequence[str | None], languages: tuple[str, ...]) -> list[SectionDraft]:
    rows = [row for row in table if len(row) == len(names)][1 if any(names) else 0 :]
    roles = _roles(rows, names, languages)
    if "title" not in roles or "date" not in roles:
        return []
    if not is_date(rows[0][roles["date"]].text, languages):
        rows = rows[1:]
    sections = [SectionDraft(None)]
    body = set(map(id, rows))
    for row in table:
        if id(row) in body:
            sections[-1].drafts.append(_draft(row, roles))
        elif len(row) == 1:
            sections.append(SectionDraft(row[0]))
    return [part for part in sections if part.drafts or part.heading]


def _roles(rows: Sequence[TableRow], names: Sequence[str | None], languages: tuple[str, ...]) -> Mapping[str, int]:
    """Return the column of each role: by the column's name, else by its cells."""
    roles: dict[str, int] = {}
    open_columns = []
    for column, name in enumerate(names):
        texts = [row[column].text for row in rows]
        filled = [text for text in texts if text]
        if name and name != "other":
            roles.setdefault(name, column)
        elif filled and sum(is_date(text, languages) for text in filled) * 4 >= len(rows) * 3:
            roles.setdefault("date", column)
        elif filled and all(map(URL.match, filled)):
            roles.setdefault("link", column)
        elif name is None and filled:
            open_columns.append((column, filled))
    wordy = [(column, filled) for column, filled in open_columns if not all(map(str.isdecimal, filled))]
    titles = [(column, filled) for column, filled in wordy if not _recur(filled) and not differ_only_in_numbers(filled)]
    distinct = [(sum(map(len, filled)) / len(filled), column) for column, filled in titles]
    if "title" not in roles and distinct:
        short = [found for found in distinct if found[0] <= _LONG] or distinct
        roles["title"] = next(column for length, column in short if length * 2 >= max(short)[0])
        longer = [column for length, column in distinct if length > _LONG]
        if longer:
            roles.setdefault("summary", longer[0])
    labels = [
        column for column, filled in wordy if _recur(filled) and len(set(filled)) > 1 and not _are_numbered(filled)
    ]
    if not any(names) and labels:
        roles.setdefault("label", labels[0])
    return roles


def _recur(texts: Sequence[str]) -> bool:
    return len({key(text) for text in texts}) * 3 <= len(texts) * 2


def _are_numbered(texts: Sequence[str]) -> bool:
    return sum(any(map(str.isdigit, text)) for text in texts) * 2 > len(texts)


def _draft(row: TableRow, roles: Mapping[str, int]) -> RecordDraft:
    found = {role: row[column] for role, column in roles.items() if row[column].text}
    draft = RecordDraft(
        row[0].line, None, [], date=found.get("date"), title=found.get("title"), label=found.get("label")
    )
    link = found.get("link")
    draft.link = next((cell.link for cell in row if cell.link), None) or (link.text if link else None)
    draft.below = [found["summary"]] if "summary" in found else []
    draft.number = row[0].number
    if (number := found.get("number")) and number.text.isdecimal():
        draft.number = int(number.text)
    return draft
