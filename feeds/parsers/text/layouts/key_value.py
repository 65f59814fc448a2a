"""Read records whose lines name their fields: `Title: …`, `Date: …`, also as front matter.

The role of a field is taken from its values if these show it (dates, links), otherwise from its name, which is part
of the format as the heading of a column is. A line without a name continues the field above it. Text below the named
lines is the summary.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from feeds.dates.lines import is_date
from feeds.dates.parsing import LONGEST, find_date
from feeds.parsers.lexicon.field_names import role_of, roles_of
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import ends_sentence, is_prose

_NAMED_LINE = re.compile(r"""["']?([^\W\d_][\w .’'/-]{0,28}?)["']?\s?(?:[:：]|=(?=\s))\s*(.*?),?$""")
_BARS = re.compile(r"\s*\|\s*")
_TITLE_NAME = "title"
_TITLE = 200
_VALUE = 60
_URL = re.compile(r"(?:https?://|www\.|/[\w.~-])\S*$")
_QUOTED = re.compile(r"""(["'])(.*)\1$""")


@dataclass(slots=True)
class KeyValueRecord:
    """The named lines of one record, the text below them, and the date in the heading above them."""

    line: int
    day: Row | None
    fields: dict[str, Row] = field(default_factory=dict)
    continued: set[str] = field(default_factory=set)
    text: list[Row] = field(default_factory=list)


def read_key_value(rows: Sequence[Row], languages: tuple[str, ...]) -> list[SectionDraft]:
    """Read the records, if at least two names recur and most rows belong to them."""
    rows = [part for row in rows for part in _split_cells(row)]
    named = [match if (match := _NAMED_LINE.match(row.text)) else None for row in rows]
    counts = Counter(key(match[1]) for match in named if match)
    names = {name for name, count in counts.items() if count > 1}
    if len(names) < 2:
        return []
    records = list(_records(rows, named, names, languages))
    _name_title_above(records, rows)
    roles = _roles(records, languages)
    if "title" not in roles.values() and _name_title_below(records, rows):
        roles = _roles(records, languages)
    if "title" not in roles.values():
        return []
    _drop_footer(records)
    return [SectionDraft(None, [_draft(record, roles, languages) for record in records])]


def _split_cells(row: Row) -> Sequence[Row]:
    """Split a row whose cells between bars all name their field: "Date: 3 May | Title: Weir repaired"."""
    cells = _BARS.split(row.text) if "|" in row.text else ()
    if len(cells) < 2 or not all(map(_NAMED_LINE.match, cells)):
        return (row,)
    return [row._replace(text=cell, gap=row.gap if index == 0 else 0) for index, cell in enumerate(cells)]


def _records(
    rows: Sequence[Row],
    named: Sequence[re.Match[str] | None],
    names: set[str],
    languages: tuple[str, ...],
) -> Iterator[KeyValueRecord]:
    """Yield the records: a new one begins with the first name, or with a name that the record already has."""
    opener = next(key(match[1]) for match in named if match and key(match[1]) in names)
    record: KeyValueRecord | None = None
    day: Row | None = None
    last: str | None = None
    for row, match in zip(rows, named, strict=True):
        name = key(match[1]) if match else ""
        if match and name in names:
            if record is None or name == opener or name in record.fields:
                if record is not None:
                    yield record
                record = KeyValueRecord(row.line, day)
            record.fields[name] = row._replace(text=_value(match[2]))
            last = name
        elif is_date(row.text, languages):
            if record is not None:
                yield record
            record, day = None, row
        elif record is not None:
            above = record.fields[last] if last is not None else None
            if last is not None and above and row.gap == 0 and not match and not _is_in_sentence(last, above, row):
                record.fields[last] = above._replace(text=f"{above.text} {row.text}".strip())
                record.continued.add(last)
            else:
                record.text.append(row)
                last = None if row.gap else last
    if record is not None:
        yield record


def _is_in_sentence(name: str, value: Row, row: Row) -> bool:
    """Whether a row is a new sentence below a short, whole value: "Category: Tides", then the summary."""
    if not value.text or len(value.text) > _VALUE or value.text.endswith(",") or is_prose(value.text):
        return False
    return role_of(name) != "summary" and ends_sentence(row.text) and not row.text[:1].islower()


def _name_title_above(records: Sequence[KeyValueRecord], rows: Sequence[Row]) -> None:
    """Make the line right above each record its title, if it begins a block and all such lines differ.

    If the record has a line named "title", the line above is left without a field.
    """
    indices = {row.line: index for index, row in enumerate(rows)}
    above = [rows[index - 1] if (index := indices[record.line]) else None for record in records]
    heads = [row for row in above if row and (row.gap or row is rows[0]) and len(row.text) <= _TITLE]
    beneath = all(
        row is not None and (row.level or rows[indices[record.line]].gap == 0)
        for record, row in zip(records, above, strict=True)
    )
    if len({key(row.text) for row in heads}) < len(records) or not beneath:
        return
    named = any(role_of(name) == _TITLE_NAME for record in records for name in record.fields)
    for record, before, head in zip(records, (None, *records), heads, strict=False):
        record.line = head.line
        record.fields = record.fields if named else {_TITLE_NAME: head} | record.fields
        if before and before.text[-1:] == [head]:
            before.text.pop()


def _drop_footer(records: Sequence[KeyValueRecord]) -> None:
    """Drop the lines of a footer below the last record, if no other record has such lines."""
    *others, last = records
    if len(others) > 1 and all(is_prose(row.text) for record in others for row in record.text):
        footer = next((index for index, row in enumerate(last.text) if not is_prose(row.text)), None)
        del last.text[len(last.text) if footer is None else footer :]


def _name_title_below(records: Sequence[KeyValueRecord], rows: Sequence[Row]) -> bool:
    """Make the first line below the fields of each record its title, if it can be one and all such lines differ.

    If different lines are right above the fields, the fields do not begin their record.
    """
    firsts = [record.text[0] for record in records if record.text]
    titles = {key(row.text) for row in firsts if len(row.text) <= _TITLE and not is_prose(row.text)}
    lines = {next(iter(record.fields.values())).line for record in records}
    above = {key(row.text) for row, below in pairwise(rows) if below.line in lines and not below.gap}
    if len(above) > 1 or not len(titles) == len(firsts) == len(records):
        return False
    for record in records:
        record.fields[_TITLE_NAME] = record.text.pop(0)
    return True


def _value(text: str) -> str:
    quoted = _QUOTED.match(text)
    return quoted[2] if quoted else text


def _roles(records: Sequence[KeyValueRecord], languages: tuple[str, ...]) -> Mapping[str, str]:
    """Return the role of each name; a role goes to the first name that can have it."""
    values: dict[str, list[str]] = {}
    for record in records:
        for name, paragraph in record.fields.items():
            values.setdefault(name, []).append(paragraph.text)
    meanings = roles_of(values)
    roles: dict[str, str] = {}
    for name, texts in values.items():
        if len(texts) * 2 < len(records):
            continue
        filled = [text for text in texts if text]
        dates = sum(find_date(text[:LONGEST], languages=languages) is not None for text in filled)
        if filled and dates * 2 >= len(filled) and max(map(len, filled)) <= 4 * LONGEST:
            role = "date"
        elif filled and all(_URL.match(text) for text in filled):
            role = "link"
        else:
            role = meanings.get(name, "")
        if role and role != "other" and role not in roles.values():
            roles[name] = role
    if "title" not in roles.values():
        rest = [
            name
            for name, texts in values.items()
            if name not in roles
            and name not in meanings
            and len(set(texts)) * 4 >= len(texts) * 3
            and sum(name in record.continued for record in records) * 2 < len(records)
        ]
        if rest:
            roles[rest[0]] = "title"
    return roles


def _draft(record: KeyValueRecord, roles: Mapping[str, str], languages: tuple[str, ...]) -> RecordDraft:
    draft = RecordDraft(record.line, None, [], day=record.day)
    found = {role: record.fields[name] for name, role in roles.items() if name in record.fields}
    found = {role: paragraph for role, paragraph in found.items() if paragraph.text}
    draft.title = found.get("title")
    if label := found.get("label"):
        draft.label = label._replace(text=re.split(r"\s*[,;，、]\s*", label.text.strip("[]"))[0].strip("\"'"))
    if date := found.get("date"):
        written = find_date(date.text[: 2 * LONGEST], languages=languages)
        draft.date = date._replace(text=written or date.text)
    if "link" in found:
        draft.link = found["link"].text
    if number := found.get("number"):
        draft.number = int(number.text) if number.text.isdecimal() else None
    draft.below = [*([found["summary"]] if "summary" in found else []), *record.text]
    return draft
