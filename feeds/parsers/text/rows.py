"""Split a text into rows, and join wrapped rows into paragraphs.

A row continues the row above if there is no blank line between them, it is indented no less, and its first word
would not have fitted on the row above. The width that rows are wrapped to is measured in the document. If every date
has a blank line above and below it, rows without a blank line between them are one paragraph.
A ruler (---, ===, ***) is not a row: it counts as the widest gap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from feeds.dates.lines import LONGEST_PART, date_line, is_date, is_date_part
from feeds.parsers.text.markdown import LINE_BREAK, LINK, LINK_END, LINK_START

RULER = 9
URL = re.compile(r"(?:https?://|www\.)\S+$")
_NUMBER = re.compile(
    r"(\d{1,3})、\s*|(?:(\d{1,3})[.)．]|\((\d{1,3})\)|\[((?!(?:19|20)\d\d)\d{1,4})\]|#(\d{1,3})[.:)])(?:\s+|$)"
)
_BULLET = re.compile(r"([•‣◦▪▫■□●○◆◇·∙⁃★☆►▶▸➤»›*+–—-])\s+(?=\S)|([■□●○◆◇▪▫•►▶▸])(?=[^\W_]|[【\[])")
# Headings of Markdown (#), and of AsciiDoc and MediaWiki (=).
_LEVEL = re.compile(r"(#{1,6}|={1,6})\s+(.*?)[\s#=]*$")
# Dot leaders, from a title to what is aligned at the right.
_LEADERS = re.compile(r"(?<=[^\s.])[ \t]+(?:\.[ \t]?){4,}+[ \t]*+(?=\S)|(?<=[^\s.])\.{4,}+[ \t]++(?=\S)")
_WIDEST = 132
_NARROW = 45
_RAGGED = 16
_SHORTEST = 30
_HANGING = 8
_FEWEST = 3
_IDEOGRAPHS = "\u2e7f"


class Row(NamedTuple):
    """One line of a text, without its list marker.

    `gap` counts the blank lines above. `marker` is "1" for a number, else the bullet. `level` is the level of a
    heading, 0 for other text. `linked` says that the text is one link and nothing else. A NamedTuple, because a text
    has thousands of rows and a frozen dataclass takes four times as long to make.
    """

    line: int
    indent: int
    gap: int
    text: str
    marker: str | None = None
    number: int | None = None
    level: int = 0
    link: str | None = None
    linked: bool = False


def rows(text: str) -> list[Row]:
    """Return the rows of a text, without blank lines and rulers."""
    if "...." in text or ". . . ." in text:
        text = _LEADERS.sub(" | ", text)
    found: list[Row] = []
    gap, line = 0, 0
    for raw in text.split("\n"):
        line += 1
        if not raw or not (words := " ".join(raw.split())):
            gap = gap + 1 if gap < RULER else gap
            continue
        indent = raw.find(words[0])
        if indent and "\t" in raw[:indent]:
            indent = len(raw[:indent].expandtabs(4))
        if words[0].isalpha() and LINK_END not in words:
            found.append(Row(line, indent, gap, words))
        elif not words[0].isalnum() and (len(words) == 1 or _is_ruler(words)):
            if found and gap == 0 and _is_underline(words, found[-1]):
                found[-1] = found[-1]._replace(level=1 if words[0] == "=" else 2)
            gap = RULER if len(words) > 1 else gap
            continue
        else:
            row = row_of(words, line, indent, gap)
            line += raw.count(LINE_BREAK)
            if not row.text and row.marker is None:
                # A link around a picture has no text.
                continue
            found.append(row)
        gap = 0
    return found


def _is_ruler(words: str) -> bool:
    """Whether a line is a ruler: three or more of one or two characters, spaces not counted."""
    characters = words.replace(" ", "")
    return (
        len(characters) > 2
        and len(set(characters)) <= 2
        and not any(map(str.isalnum, characters[:2] + characters[-2:]))
    )


def _is_underline(words: str, above: Row) -> bool:
    return words[0] in "=-" and len(words) * 2 >= max(len(above.text), 4) and above.marker is None


def row_of(words: str, line: int, indent: int = 0, gap: int = 0) -> Row:
    """Return a row with its list marker, heading level and link recognised."""
    link, marker, number, level, linked = None, None, None, 0, False
    if LINK_END in words:
        links = LINK.findall(words)
        link = next(filter(None, links), None)
        bare = words[match.end() :] if (match := _BULLET.match(words)) else words
        linked = len(links) == 1 and bare[0] == LINK_START and bare.endswith(LINK_END)
        words = " ".join(LINK.sub("", words).replace(LINE_BREAK, " ").replace(LINK_START, "").split())
    if words and not words[0].isalpha():
        if match := _NUMBER.match(words):
            marker, number, words = "1", int(next(filter(None, match.groups()))), words[match.end() :]
        elif match := _BULLET.match(words):
            marker, words = match[1] or match[2], words[match.end() :]
        elif match := _LEVEL.match(words):
            level, words = len(match[1]), match[2]
    return Row(line, indent, gap, words, marker, number, level, link, linked)


def paragraphs(found: Sequence[Row], languages: tuple[str, ...], *, joins: bool = False) -> list[Row]:
    """Join the rows that continue another; with `joins` (Markdown), every row without a blank line above does."""
    if all(row.gap for row in found[1:]):
        return list(found)
    width = _wrap_width(found, languages)
    unwrapped = not joins and _is_unwrapped(found, languages)
    widest = _widest(found) if unwrapped else ()
    joined: list[Row] = []
    last = 0
    for index, row in enumerate(found):
        above = joined[-1] if joined else None
        if (
            above is not None
            and row.gap == 0
            and row.marker is None
            and row.indent >= above.indent
            and not (row.level or above.level)
            and _continues(
                above,
                row,
                languages,
                full=_is_full(last, row, width),
                unwrapped=joins or (unwrapped and _is_full(last, row, widest[index])),
            )
        ):
            joined[-1] = above._replace(text=f"{above.text} {row.text}", link=above.link or row.link)
            last = row.indent + len(row.text)
        else:
            joined.append(row)
            last = row.indent + len(row.text) + (len(row.marker) + 2 if row.marker else 0)
    return joined


def _is_full(length: int, row: Row, width: int) -> bool:
    """Whether a row's first word would not have fitted on the row above, which has this length."""
    return length + 1 + len(row.text.split(" ", 1)[0]) > width > 0


def _widest(found: Sequence[Row]) -> list[int]:
    """Return for each row the length of the longest row between the same blank lines."""
    widest: list[int] = []
    block: list[int] = []
    for row in found:
        if row.gap:
            widest += [max(block, default=0)] * len(block)
            block = []
        block.append(row.indent + len(row.text))
    return widest + [max(block, default=0)] * len(block)


def join_split_dates(found: Sequence[Row], languages: tuple[str, ...]) -> list[Row]:
    """Join rows that are a date only together: a day, a month and a year, each on a row of its own."""
    joined: list[Row] = []
    short = False
    for row in found:
        joined.append(row)
        above, short = short, len(row.text) <= LONGEST_PART
        if not (above and short) or is_date(row.text, languages):
            continue
        count = 1
        while count <= min(3, len(joined)) and is_date_part(_written(joined[-count]), languages):
            if count > 1 and is_date(text := " ".join(map(_written, joined[-count:])), languages):
                joined[-count:] = [joined[-count]._replace(text=text, marker=None, number=None)]
                break
            if joined[-count].gap > 1:
                break
            count += 1
    return joined


def _written(part: Row) -> str:
    return f"{part.number}. {part.text}".strip() if part.number is not None else part.text


def _continues(above: Row, row: Row, languages: tuple[str, ...], *, full: bool, unwrapped: bool) -> bool:
    """Whether a row continues the sentence of the row above, and neither is a field of its own."""
    if row.text[:1] > _IDEOGRAPHS:
        full = False
    lower = row.text[:1].islower() and not above.text.endswith((".", "!", "?", ":")) and len(above.text) > _SHORTEST
    if above.linked or row.text.startswith("#") or URL.match(row.text) or URL.match(above.text):
        return False
    if not (full or unwrapped or lower) or is_date(row.text, languages) or is_date(above.text, languages):
        return False
    upper_date, lower_date = date_line(above.text, languages), date_line(row.text, languages)
    hangs = full and row.indent > above.indent + _HANGING
    if upper_date is not None and upper_date.at_edge and not (lower or hangs):
        return False
    return lower_date is None or not (lower_date.set_off or (lower and not full and not unwrapped))


def _is_unwrapped(found: Sequence[Row], languages: tuple[str, ...]) -> bool:
    """Whether every date has a blank line above and below it, so that other rows may be wrapped."""
    if all(row.gap for row in found) or _are_lists(found):
        return False
    alone = [
        row.gap > 0 and (index + 1 == len(found) or found[index + 1].gap > 0)
        for index, row in enumerate(found)
        if row.marker is None and is_date(row.text, languages)
    ]
    return len(alone) > 1 and all(alone)


def _are_lists(found: Sequence[Row]) -> bool:
    """Whether each row is a text of its own: all begin with a capital, and they are not wrapped to one width."""
    pairs = [(above, row) for above, row in pairwise(found) if row.gap == 0 and not (row.marker or above.level)]
    upper_date = sum(row.text[:1].isupper() for _, row in pairs)
    lower = sum(row.text[:1].islower() for _, row in pairs)
    lengths = [above.indent + len(above.text) for above, _ in pairs]
    if upper_date < _FEWEST or lower * 4 >= upper_date:
        return False
    return max(lengths) < _NARROW or max(lengths) - min(lengths) > _RAGGED


def _wrap_width(found: Sequence[Row], languages: tuple[str, ...]) -> int:
    """Return the width that lines are wrapped to, or 0 if they are not wrapped.

    In wrapped prose most long lines end shortly before the longest one, and some of the lines below them begin with a
    small letter, which lines of a list of titles do not.
    """
    solid = [
        (row.indent + len(row.text), below.text)
        for row, below in pairwise(found)
        if below.gap == 0 and not ((line := date_line(below.text, languages)) and line.set_off)
    ]
    widest = max((length for length, _ in solid), default=0)
    if not 30 <= widest <= _WIDEST:
        return 0
    below = [text for length, text in solid if length > widest - _RAGGED]
    long = sum(length * 2 > widest for length, _ in solid)
    lower = sum(text[:1].islower() for text in below)
    return widest if len(below) >= 2 and len(below) * 2 >= long and lower * 4 >= len(below) else 0
