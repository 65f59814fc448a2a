"""Judge the text next to dates: whether it is metadata or a title, and which part of it is a label."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from feeds.dates.lines import DateLine
from feeds.parsers.lexicon.bylines import LONGEST_LABEL, SEPARATOR, TRAILING_AUTHOR, is_byline
from feeds.parsers.lexicon.field_names import role_of
from feeds.unicode.cache import cache_short_texts
from feeds.unicode.normalise import key
from feeds.unicode.prose import display_width, ends_sentence

_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
# "Version 7.2", "Sloop v1.3.2": titles, though they are short and differ in digits only.
_VERSION = re.compile(r"(?:[^\W\d_]\s?|^)v?\d{1,3}(?:\.\d{1,3}){1,3}(?![.,:]?\d)")
_SEPARATED = re.compile(r"[|·•/｜–—,\]】-]\s*$")
_SMALL_WORD = re.compile(r"[^\W\d_A-Z]{1,3}\s+(?=\S)")
_COUNTER = re.compile(r"^\W*\d|\(\d+\)$|[:：]\s*\d+$")
_COUNTED_WORD = re.compile(r"(?<!\d)\d+\s+([^\W\d_]{3,})")
# "Paris, le 3 mai", and "PARIS, 3 May – It rains."
_PLACE = re.compile(r"[^,|]{2,40},\s[a-zß-ÿ]{1,4}$")
_DATELINE = re.compile(r"[^,|]{2,40},\|\s?[–—-]")
_NO_LABEL = (":", "：", ".", "…", "»", "→")
_VARIED = 3
_WORDS = 2
_TITLE_WIDTH = 14


@cache_short_texts(1 << 12)
def normalise_counters(text: str) -> str:
    """Return a text such that two counters ("3 comments", "11 comments") are the same and two titles are not."""
    return key(_DIGITS.sub("0", text) if _COUNTER.search(text) else text)


def metadata_lines(lines: Sequence[DateLine]) -> list[bool]:
    """Return for each line whether it is only a date with metadata: "Posted on … by …", "News | … | 3 comments".

    A date in the middle of a line has a separator next to it, or follows words that recur.
    """
    openings = Counter(normalise_counters(line.before) for line in lines)
    edges = [line for line in lines if line.at_edge and line.rest]
    titles = rests_are_titles([line.rest for line in edges]) and not differ_only_in_numbers(
        [line.rest for line in edges]
    )
    return [
        len(line.before) + len(line.after) <= LONGEST_LABEL * 2
        and (
            not titles
            if line.at_edge
            else line.set_off
            or is_byline(line.before)
            or (openings[normalise_counters(line.before)] > 1 and not ends_sentence(line.after))
        )
        for line in lines
    ]


def mask_digits(text: str) -> str:
    return _DIGITS.sub("0", text)


def differ_only_in_numbers(texts: Sequence[str]) -> bool:
    """Whether several texts differ in their digits only: "No. 14/2023 of", "No. 13/2023 of"."""
    return len(texts) >= _VARIED and len(set(map(mask_digits, texts))) == 1 < len(set(texts))


def rests_are_titles(rests: Sequence[str]) -> bool:
    """Whether the texts next to dates are titles, which differ, and not labels, names or counters.

    Some titles may recur, as the minutes of a council do, if most others occur once.
    """
    stated = [rest for rest in rests if rest]
    if not stated or len(stated) * 2 < len(rests):
        return False
    if sum(is_byline(rest) for rest in stated) * 2 > len(stated) or _continue_sentence(stated):
        return False
    if all(map(_VERSION.search, stated)) and len(set(stated)) == len(stated) > 1:
        return True
    times = Counter(map(normalise_counters, stated))
    once = sum(count == 1 for count in times.values())
    if len(times) < (len(stated) if len(stated) < 5 else 0.85 * len(stated)) and once * 5 < len(stated) * 3:
        return False
    return median(map(display_width, stated)) >= _TITLE_WIDTH


def _continue_sentence(rests: Sequence[str]) -> bool:
    """Whether the texts continue after a date with one small word and a name: "in Methods", "dans Nature"."""
    openings = {rest.partition(" ")[0] for rest in rests}
    return (
        len(rests) > 1
        and len(openings) == 1
        and all(_SMALL_WORD.match(rest) and rest.partition(" ")[2][:1].isupper() for rest in rests)
    )


def labels_of(lines: Sequence[DateLine]) -> list[str | None]:
    """Return the label of each line: the first part next to the date that is neither a name nor a counter.

    A word right before the date introduces it ("Posted on 3 May"), unless the word varies from line to line
    ("Travel 3 May"). The same text before a comma in all lines is a place ("Oslo, 3 May").
    """
    parts = [(_parts(line.before), _parts(line.after)) for line in lines]
    counted_words = {word[:5] for pair in parts for side in pair for part in side for word in _counted_words(part)}
    openings = Counter(key(line.before) for line in lines)
    words_vary = len(openings) >= _VARIED and all(opening.count(" ") < _WORDS for opening in openings)
    same_opening = len(lines) > 1 and len(openings) == 1
    found = [
        next(
            filter(None, (_label(part, counted_words) for part in _candidates(line, pair, words_vary, same_opening))),
            None,
        )
        for line, pair in zip(lines, parts, strict=True)
    ]
    return _without_leading_word(_without_authors(found, lines))


def _without_authors(labels: Sequence[str | None], lines: Sequence[DateLine]) -> list[str | None]:
    """Remove the author after the label, if nearly all lines end in one: "in Methods by Ada Crane"."""
    ends = [TRAILING_AUTHOR.search(line.after) for line in lines]
    if sum(end is not None and is_byline(end[1]) for end in ends) * 10 < len(lines) * 8:
        return list(labels)
    return [label and (TRAILING_AUTHOR.sub("", label) or None) for label in labels]


def _without_leading_word(labels: Sequence[str | None]) -> list[str | None]:
    """Remove the small word that all labels begin with ("dans Nature"), or that is the whole label ("року")."""
    stated = [label for label in labels if label]
    if len(stated) > 1 and len(set(stated)) == 1 and stated[0].islower():
        return [None] * len(labels)
    openings = {label.partition(" ")[0] for label in stated}
    if len(stated) < 2 or len(openings) > 1 or not next(iter(openings)).islower() or any(" " not in x for x in stated):
        return list(labels)
    return [label and label.partition(" ")[2] for label in labels]


def _candidates(
    line: DateLine, parts: tuple[list[str], list[str]], words_vary: bool, same_opening: bool
) -> Sequence[str]:
    """Return the parts that may be a label.

    If a counter follows the date, the text before the date is the author, unless one is named after the date.
    """
    before, after = parts
    joint = _SEPARATED.search(line.before + line.joint)
    if _DATELINE.match(f"{line.before}|{line.after}"):
        return []
    place = (same_opening and joint and joint[0].startswith(",")) or _PLACE.match(line.before)
    if place or (any(_DIGIT.search(part) for part in after) and not any(map(is_byline, after))):
        before = []
    elif before and not (joint or words_vary):
        before = before[:-1]
    return before + after


def _parts(text: str) -> list[str]:
    return [part for part in SEPARATOR.split(text) if part.strip()]


def _counted_words(part: str) -> list[str]:
    """Return the words of counters: "comments" of "3 comments"."""
    return [key(word) for word in _COUNTED_WORD.findall(part)]


def _label(part: str, counted_words: set[str]) -> str | None:
    part = part.strip(" ,;()[]【】［］〔〕（）|·•–—-")
    name, colon, value = part.partition(":")
    if colon and role_of(name):
        return value.strip() or None if role_of(name) == "label" else None
    if len(part) > LONGEST_LABEL or _DIGIT.search(part) or is_byline(part) or part.endswith(_NO_LABEL):
        return None
    if small := _SMALL_WORD.match(part):
        part = part[small.end() :]
    if any(word[:5] in counted_words for word in key(part).split()) or (part.isascii() and len(part) < 3):
        return None
    return part or None
