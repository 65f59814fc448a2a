"""Read a listing with one line for each item, with its date and its title, or with all items on one line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto
from itertools import pairwise, repeat

from feeds.dates.grammar import find
from feeds.dates.lines import DateLine, date_line, is_date
from feeds.dates.parsing import LONGEST
from feeds.parsers.date_context import labels_of, rests_are_titles
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.lexicon.field_names import role_of
from feeds.parsers.text.layouts.outline import is_heading
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import ends_sentence

_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"\d{4}")
# The text before a date within a line, and the separators between the date and the title.
_BEFORE_DATE = re.compile(r"[^.!?]{1,40}$")
_BRACKETED = re.compile(r"[\[【［〔][^\]】］〕]{1,40}[\]】］〕]$")
_SEPARATORS = ("|", "·", "•", "–", "—", "-", ":")
_FEWEST = 3
_STREAM = 300
_TITLE = 200
_WINDOW = 4 * LONGEST


def read_one_line(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> list[SectionDraft]:
    """Read the lines that hold a date and a title; prose below a line is its summary, a short line is a heading."""
    lines = [date_line(paragraph.text, languages) for paragraph in paragraphs]
    position, found = max(_by_date_position(lines).items(), key=lambda kind: len(kind[1]))
    if len(found) < 2 or not _are_titles(found, position):
        return []
    labels = iter(_labels(found)) if position is _DatePosition.WITHIN else repeat(None)
    date_name = _date_name(found) if position is _DatePosition.END else ""
    parts: list[SectionDraft] = []
    draft: RecordDraft | None = None
    for paragraph, line in zip(paragraphs, lines, strict=True):
        if line and _date_position(line) is position:
            draft = _draft(paragraph, line, next(labels), date_name)
            parts = parts or [SectionDraft(None)]
            parts[-1].drafts.append(draft)
        elif draft is not None and (
            paragraph.indent > draft.body[0].indent
            or ends_sentence(paragraph.text)
            or (paragraph.marker and not draft.body[0].marker)
        ):
            draft.body.append(paragraph)
        elif is_heading(paragraph) and not is_date(paragraph.text, languages):
            parts.append(SectionDraft(paragraph))
            draft = None
    return parts


class _DatePosition(Enum):
    """The position of the date in a line."""

    START = auto()
    END = auto()
    WITHIN = auto()
    BETWEEN = auto()


def _date_position(line: DateLine) -> _DatePosition | None:
    """Return the position of the date in a line with a title, or None if the line has no title.

    Within a line, separators are next to the date: "Oslo, 3 May 2024 – Title". Between title and prose, the date is in
    brackets.
    """
    if line.at_edge:
        return (_DatePosition.START if line.at_start else _DatePosition.END) if line.rest else None
    if line.bracketed:
        return _DatePosition.BETWEEN
    parted = line.set_off and line.after.startswith(_SEPARATORS) and _BEFORE_DATE.match(line.before)
    parted = parted or _BRACKETED.match(line.before)
    return _DatePosition.WITHIN if parted and not is_byline(line.before.rstrip("|·•–—-, ")) else None


def _by_date_position(lines: Sequence[DateLine | None]) -> Mapping[_DatePosition, Sequence[DateLine]]:
    found: dict[_DatePosition, list[DateLine]] = {position: [] for position in _DatePosition}
    for line in lines:
        if line and (position := _date_position(line)):
            found[position].append(line)
    return found


def _title(line: DateLine) -> str:
    if line.bracketed:
        return line.before.rstrip("([（ ")
    return line.rest if line.at_edge else line.after.lstrip("|·•–—-: ")


def _are_titles(lines: Sequence[DateLine], position: _DatePosition) -> bool:
    """Whether the lines have titles; text after a date within a line that differs in digits only is not one."""
    titles = [_title(line) for line in lines]
    return rests_are_titles(
        [_DIGITS.sub("", title) for title in titles] if position is _DatePosition.WITHIN else titles
    )


def _labels(lines: Sequence[DateLine]) -> list[str | None]:
    """Return the text before the dates within lines as labels; text before a comma is a place."""
    labels = labels_of([replace(line, after="") for line in lines])
    return [None if line.before.endswith(",") else label for line, label in zip(lines, labels, strict=True)]


def _date_name(lines: Sequence[DateLine]) -> str:
    """Return the name of a date that precedes the date in nearly all lines: "Fair, posted 3 May"."""
    words = _common_start([_title(line).split()[::-1] for line in lines])[::-1] if len(lines) >= _FEWEST else []
    date_name = " ".join(words)
    named = role_of(date_name) == "date" and date_name == date_name.lower()
    return date_name if named and all(_title(line).removesuffix(date_name).strip() for line in lines) else ""


def _draft(paragraph: Row, line: DateLine, label: str | None, date_name: str) -> RecordDraft:
    text = _title(line)
    if date_name:
        text = text.removesuffix(date_name).rstrip(" |·•–—-:,;([")
    title, date = paragraph._replace(text=text), paragraph._replace(text=line.date)
    prose = [paragraph._replace(text=line.after.lstrip(")]）.:–—- "))] if line.bracketed else []
    draft = RecordDraft(paragraph.line, paragraph.number, [title, *prose], date=date)
    draft.label = paragraph._replace(text=label) if label else None
    return draft


def read_stream(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> list[SectionDraft]:
    """Read a page that became one long line: the text between two dates is a title and boilerplate.

    Boilerplate is the words next to every date. If other text is joined to the first title or the last one, its border
    is unknown and that item is left out.
    """
    parts = []
    for paragraph in paragraphs:
        if len(paragraph.text) > _STREAM:
            parts.extend(_split_stream(paragraph, languages))
    return [SectionDraft(None, parts)] if parts else []


def _split_stream(paragraph: Row, languages: tuple[str, ...]) -> list[RecordDraft]:
    text = paragraph.text
    dates = list(_dates(text, languages))
    if len(dates) < 3:
        return []
    between = [text[end:begin].strip() for (_, end), (begin, _) in pairwise(dates)]
    tail = _common_start([words.split()[::-1] for words in between])
    head = _common_start([words.split() for words in between])
    if not head and not tail:
        return []
    titles = [" ".join(words.split()[len(head) : len(words.split()) - len(tail)]) for words in between]
    if not rests_are_titles(titles) or max(map(len, titles)) > _TITLE:
        return []
    owners = dates[:-1] if head and not tail else dates[1:]
    return [
        RecordDraft(paragraph.line, None, [paragraph._replace(text=title), paragraph._replace(text=text[begin:end])])
        for title, (begin, end) in zip(titles, owners, strict=True)
    ]


def _dates(text: str, languages: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield the borders of every date, in windows, so that the time grows linearly with the text."""
    start = 0
    while start < len(text):
        window = text[start : start + _WINDOW]
        found = find(window, languages) if _YEAR.search(window) else None
        if found is None:
            start += _WINDOW - LONGEST
            continue
        if found.days:
            yield start + found.start, start + found.end
        start += found.end


def _common_start(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the words that nearly all rows begin with."""
    words: list[str] = []
    for position in range(min(map(len, rows))):
        word, count = Counter(row[position] for row in rows).most_common(1)[0]
        if count * 10 < len(rows) * 9:
            break
        words.append(word)
    return words
