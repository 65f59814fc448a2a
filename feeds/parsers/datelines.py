"""What a line says about a date: it is one, it has one beside something else, it is a month's heading."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from feeds.dates import LONGEST, find_date, parse_date, split_date
from feeds.months import fold, words
from feeds.parsers.prose import ends_sentence, weight
from feeds.text import key

# What newsrooms write in front of who wrote a text.
_BYLINE = re.compile(
    r"(?:(?:written |posted )?by|von|par|por|di|da|door|av|af|przez|autor\w*|author|auteur|от|автор|από|"
    r"kirjoittanut|tarafından|作者|记者|記者|文|글쓴이|بقلم|oleh)(?:\s*[:：]\s*|\s+)(\S.*)",
    re.I,
)
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_DIGITS = re.compile(r"\d+")
_SEPARATOR = re.compile(r"\s*[|·•/｜]\s*|\s+[–—-]\s+|\s*[,，]\s*")
_SMALL_WORD = re.compile(r"[^\W\d_A-Z]{1,3}\s+(?=\S)")
_COUNTER = re.compile(r"^\W*\d|\(\d+\)$|[:：]\s*\d+$")
_COUNTED = re.compile(r"(?<!\d)\d+\s+([^\W\d_]{3,})")
_PIECE = re.compile(r"\S+")
_EDGES = "[](){}【】:：,.|–—-·•*"
_DAY_MONTH = re.compile(r"(?:0[1-9]|[12]\d|3[01])[./-](?:0[1-9]|1[0-2])[.]?")
_MARKS = ("|", "·", "•", "/", "–", "—")
_NO_LABEL = (":", "：", ".", "…", "»", "→")
_LONGEST_LINE = 260
_LONGEST_ASIDE = 120
LONGEST_PART = 16
_LABEL = 60
_TITLE_WEIGHT = 14


@dataclass(frozen=True, slots=True)
class DateLine:
    """A date as written, and what stands before and after it in its line."""

    date: str
    before: str
    after: str
    joint: str = ""

    @property
    def rest(self) -> str:
        return self.before or self.after

    @property
    def at_edge(self) -> bool:
        return not self.before or not self.after

    @property
    def at_start(self) -> bool:
        return not self.before

    @property
    def set_off(self) -> bool:
        """Whether the date is a part of its own, and not a word of a sentence."""
        return not self.before or self.before.endswith(_MARKS) or self.after.startswith(_MARKS)


def is_byline(text: str) -> bool:
    """Tell the name of an author: one word after "by", or a few with capitals. A title has other words."""
    match = _BYLINE.match(text)
    if match is None or len(text) > _LABEL:
        return False
    names = _SEPARATOR.split(match[1])[0].split()
    while len(names) > 1 and names[-1].islower() and len(names[-1]) < 4:
        names.pop()
    return len(names) == 1 or (len(names) < 5 and not any(name[0].islower() for name in names))


@lru_cache(maxsize=4096)
def mask(text: str) -> str:
    """What two counters have in common: "3 comments" and "11 comments" are one text, two titles are not."""
    return key(_DIGITS.sub("0", text) if _COUNTER.search(text) else text)


@lru_cache(maxsize=4096)
def is_date(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a line that is a date and nothing else, whatever the order of its figures; its year may lack."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return False
    if any(parse_date(text, languages=languages, day_first=order) is not None for order in (True, False)):
        date = find_date(text, languages=languages)
        return date is None or not _LETTER.search(text.partition(date)[2])
    return len(text) <= 20 and _lacks_year(text, languages)


def _lacks_year(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a day and a month, by name or as `05.03.`. It is where a date stands, though it is none."""
    if _DAY_MONTH.fullmatch(text):
        return True
    flat = fold(_DIGITS.sub(" ", text).strip(" ,."))
    day = _DIGITS.findall(text)
    return (
        len(day) == 1 and 1 <= int(day[0]) <= 31 and flat in words(languages).months and not flat.isdecimal()
    )


def is_date_part(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a row that holds a day, a month, a year or two of them, and nothing else."""
    if len(text) > LONGEST_PART:
        return False
    parts = text.strip(".,").replace(".", " ").split()
    return all(word.isdecimal() or is_month_name(word, languages) for word in parts)


def is_month_name(word: str, languages: tuple[str, ...]) -> bool:
    """Tell the name of a month. Most words are none, and plain ASCII need not be folded to see it."""
    months = words(languages).months
    return word.strip(".,").lower() in months if word.isascii() else fold(word.strip(".,")) in months


@lru_cache(maxsize=4096)
def date_line(text: str, languages: tuple[str, ...]) -> DateLine | None:
    """Find the date of a line: at its start or end, or anywhere if the line is short."""
    if len(text) > _LONGEST_LINE or not _DIGIT.search(text):
        return None
    if edge := split_date(text, languages=languages):
        before, after = ("", edge.rest) if edge.at_start else (edge.rest, "")
        return DateLine(edge.date, before, after, edge.joint)
    if partial := _partial_edge(text, languages):
        return partial
    if len(text) > _LONGEST_ASIDE or (date := find_date(text, languages=languages)) is None:
        return None
    before, _, after = text.partition(date)
    return DateLine(date, before.strip(), after.strip())


def _partial_edge(text: str, languages: tuple[str, ...]) -> DateLine | None:
    """Split off a month with its year, or a day without one: where a date stands, though it is none."""
    pieces = list(_PIECE.finditer(text))
    for count in (3, 2, 1):
        for at_start in (True, False):
            span = pieces[:count] if at_start else pieces[-count:]
            if len(pieces) <= count:
                continue
            start, end = span[0].start(), span[-1].end()
            date = text[start:end].strip(_EDGES)
            if len(date) < 4 or not (_lacks_year(date, languages) or _lacks_day(date, languages)):
                continue
            rest = text[end:].lstrip(_EDGES + " ") if at_start else text[:start].rstrip(_EDGES + " ")
            if (text[:start] if at_start else text[end:]).strip(_EDGES) == "" and rest:
                return DateLine(date, "" if at_start else rest, rest if at_start else "")
    return None


def _lacks_day(text: str, languages: tuple[str, ...]) -> bool:
    return not text.isdecimal() and is_month(text, languages)


def asides(lines: Sequence[DateLine]) -> list[bool]:
    """Tell which lines are no more than a date with its company: "Posted on … by …", "News | … | 3 comments".

    A date in the middle of a line must be set off by a separator or by words that recur.
    """
    openings = Counter(mask(line.before) for line in lines)
    edges = [line for line in lines if line.at_edge and line.rest]
    titles = rests_are_titles([line.rest for line in edges])
    return [
        len(line.before) + len(line.after) <= _LABEL * 2
        and (
            not titles
            if line.at_edge
            else line.set_off
            or is_byline(line.before)
            or (openings[mask(line.before)] > 1 and not ends_sentence(line.after))
        )
        for line in lines
    ]


def rests_are_titles(rests: Sequence[str]) -> bool:
    """Tell titles from the labels, names and counters that share a line with a date: titles all differ."""
    said = [rest for rest in rests if rest]
    if not said or len(said) * 2 < len(rests):
        return False
    if sum(is_byline(rest) for rest in said) * 2 > len(said):
        return False
    distinct = len({mask(rest) for rest in said})
    if distinct < (len(said) if len(said) < 5 else 0.85 * len(said)):
        return False
    return median(map(weight, said)) >= _TITLE_WEIGHT


def labels_of(lines: Sequence[DateLine]) -> list[str | None]:
    """Give each line's label: the first part beside the date that is neither a name nor a counter."""
    parts = [(_parts(line.before), _parts(line.after)) for line in lines]
    counted = {word[:5] for pair in parts for side in pair for part in side for word in _counted(part)}
    return [
        next((label for part in _candidates(line, pair) if (label := _label(part, counted))), None)
        for line, pair in zip(lines, parts, strict=True)
    ]


def _candidates(line: DateLine, parts: tuple[list[str], list[str]]) -> list[str]:
    """List the parts that may be a label. What leads up to the date ("Posted on") is none, and what stands
    before it where a counter follows is the author."""
    before, after = parts
    if before and not re.search(r"[|·•/｜–—,-]\s*$", line.before + line.joint):
        before = before[:-1]
    if any(_DIGIT.search(part) for part in after):
        before = []
    return before + after


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATOR.split(text) if part.strip()]


def _counted(part: str) -> list[str]:
    """The word of a counter: "comments" of "3 comments"."""
    return [key(word) for word in _COUNTED.findall(part)]


def _label(part: str, counted: set[str]) -> str | None:
    part = part.strip(" ,;()[]|·•–—-")
    if len(part) > _LABEL or _DIGIT.search(part) or is_byline(part) or part.endswith(_NO_LABEL):
        return None
    if small := _SMALL_WORD.match(part):
        part = part[small.end() :]
    if any(word[:5] in counted for word in key(part).split()) or (part.isascii() and len(part) < 3):
        return None
    return part or None


def is_month(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a heading for a month or a year: `October 2021`, `2021`, `2021年10月`."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return False
    if re.fullmatch(r"(?:19|20)\d\d(?:\s*[年년/.-]\s*\d{1,2}\s*[月월]?)?[.:]?", text):
        return True
    name = re.sub(r"\b(?:19|20)\d\d\b", "", text)
    return name != text and fold(name.strip(" ,:-–")) in words(languages).months
