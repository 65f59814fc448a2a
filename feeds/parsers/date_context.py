"""What stands next to dates: whether it is metadata or a title, and which part of it is a label."""

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
# "Version 7.2" and "Sloop v1.3.2": short, and alike but for the figures, and titles all the same.
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
    """What two counters have in common: "3 comments" and "11 comments" are one text, two titles are not."""
    return key(_DIGITS.sub("0", text) if _COUNTER.search(text) else text)


def metadata_lines(lines: Sequence[DateLine]) -> list[bool]:
    """Tell which lines are no more than a date with its company: "Posted on … by …", "News | … | 3 comments".

    A date in the middle of a line must be set off by a separator or by words that recur.
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
    """Tell what differs in its figures only: "No. 14/2023 of", "No. 13/2023 of"."""
    return len(texts) >= _VARIED and len(set(map(mask_digits, texts))) == 1 < len(set(texts))


def rests_are_titles(rests: Sequence[str]) -> bool:
    """Tell titles from the labels, names and counters that share a line with a date: titles differ.

    Where the minutes of a council recur, most of the others are still said once.
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
    """Tell what goes on behind a date with one small word and a name: "in Methods", "dans Nature"."""
    openings = {rest.partition(" ")[0] for rest in rests}
    return (
        len(rests) > 1
        and len(openings) == 1
        and all(_SMALL_WORD.match(rest) and rest.partition(" ")[2][:1].isupper() for rest in rests)
    )


def labels_of(lines: Sequence[DateLine]) -> list[str | None]:
    """Give each line's label: the first part beside the date that is neither a name nor a counter.

    A word right before the date leads up to it ("Posted on 3 May"), unless it is another one in every few
    lines ("Travel 3 May"). What stands before a comma in all lines alike is a place ("Oslo, 3 May").
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
    """Take off the author behind the label where one ends nearly all lines: "in Methods by Ada Crane"."""
    ends = [TRAILING_AUTHOR.search(line.after) for line in lines]
    if sum(end is not None and is_byline(end[1]) for end in ends) * 10 < len(lines) * 8:
        return list(labels)
    return [label and (TRAILING_AUTHOR.sub("", label) or None) for label in labels]


def _without_leading_word(labels: Sequence[str | None]) -> list[str | None]:
    """Take off the small word that leads up to all labels ("dans Nature") or is all of them ("року")."""
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
    """List the parts that may be a label.

    What stands before a date where a counter follows is the author, unless one is named behind it.
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
    """The word of a counter: "comments" of "3 comments"."""
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
