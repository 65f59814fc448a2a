"""Score how much a set of records looks like a listing, from a few weighted features."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.dates.lines import is_month
from feeds.dates.parsing import find_date
from feeds.parsers.html.dom import Node, Page, RenderedLine
from feeds.parsers.html.field_candidates import FieldCandidate, FieldCandidates, headline, leads_on
from feeds.parsers.html.fields.dates import assembled, has_numbers, is_date, is_day, structured_date
from feeds.parsers.html.non_news import is_non_news, is_site_map
from feeds.parsers.html.page_regions import SECONDARY, PageRegions
from feeds.parsers.html.record_detection import FEWEST, RecordSet, RecordSpan
from feeds.unicode.normalise import words
from feeds.unicode.prose import ends_sentence

TITLE = 1.0  # texts as long as headlines, unlike those of menus, tags and pagers
HEADING = 0.8  # the title is in a heading element
DATED = 1.2  # with a date, unlike products, sections and people
BODY = 0.6  # with a text of its own next to the title
MARKED = 0.6  # marked as <article>, h-entry or an item of schema.org

BETWEEN = 0.8  # share of DATED if the date is a heading above several records
UNLINKED = 0.2  # factor for items with neither a link nor a date
NON_NEWS = 0.3  # factor for undated records that are people, products or places

_SAMPLE = 16
_ENOUGH_BODY = 100
_SHORT = 80
_DATE_WORDS = words("date time datetime published posted pubdate when datum fecha")
_ITEM_TYPE = re.compile(r"schema\.org/\w*(?:Article|Posting|Event|Report|Review)\b")


@dataclass(frozen=True, slots=True)
class RecordSetScore:
    """A set of records and how much it looks like a listing; all values except `score` are per record."""

    found: RecordSet
    quality: float
    dated: float
    headed: float
    prior: float
    hrefs: tuple[str, ...]

    @property
    def undated(self) -> float:
        """The quality without the date, which a lead story often does not have."""
        return self.quality - DATED * self.dated

    @property
    def score(self) -> float:
        return self.quality * self.prior * math.log2(1 + len(self.found.records))


class RecordSetScorer:
    """Scores the sets of records of one page."""

    def __init__(self, page: Page, candidates: FieldCandidates, languages: tuple[str, ...]) -> None:
        self._page = page
        self._candidates = candidates
        self._regions = PageRegions(page)
        self._languages = languages
        self._dated: dict[int, bool] = {}

    def score(self, found: RecordSet) -> RecordSetScore:
        step = max(1, len(found.records) // _SAMPLE)
        sample = found.records[::step]
        candidates = [self._candidates.between(record.start, record.end) for record in sample]
        titles = [self._title(each) for each in candidates]
        hrefs = [_href(title, each) for title, each in zip(titles, candidates, strict=True)]
        texts = [title.text if title is not None else "" for title in titles]
        titled = _mean([headline(text) for text in texts])
        headed = _mean([title is not None and title.heading is not None for title in titles])
        dated = _mean([self._is_dated(record) for record in sample]) or self._dated_between(found)
        body = _mean([_body(title, each) for title, each in zip(titles, candidates, strict=True)])
        marked = _mean([is_marked(record.root) for record in sample])
        quality = titled * (TITLE + HEADING * headed + BODY * body) + DATED * dated + MARKED * marked
        known = [href for href in hrefs if href]
        # A slider repeats whole records; count each once.
        once = dict.fromkeys(pair if pair[1] else (*pair, n) for n, pair in enumerate(zip(texts, hrefs, strict=True)))
        distinct = len({text for text, *_ in once}) / max(1, len(once))
        if distinct < 1.0:
            # Items of one title, as in a discussion, differ in their other texts; navigation links do not.
            distinct = (distinct + _distinct(candidates, len(once))) / 2
        if known:
            distinct = min(distinct, len(set(known)) / sum(bool(href) for _, href, *_ in once))
        linked = _share(known, hrefs)
        single = _mean([1 / max(1, self._alike(*pair)) for pair in zip(titles, candidates, strict=True)])
        # A heading without a link and without a date is part of a text.
        quality *= single * distinct**2 * max(linked, 0.8 * dated, UNLINKED)
        if not dated and (is_non_news(texts, candidates) or is_site_map(known)):
            quality *= NON_NEWS
        prior = _mean([self._regions.prior(record.root) for record in sample])
        return RecordSetScore(found, quality, dated, headed, prior, tuple(known))

    def _title(self, candidates: Sequence[FieldCandidate]) -> FieldCandidate | None:
        """Return the candidate with the highest title score; a date is not a title, even in a heading."""
        for candidate in sorted(candidates, key=lambda candidate: -candidate.title_score):
            if not is_date(candidate.text, self._languages):
                return candidate
        return None

    def _alike(self, title: FieldCandidate | None, candidates: Sequence[FieldCandidate]) -> int:
        """Count the titles of a record; a record with several titles is a group of items.

        Dates and sentences in the same slot are not counted: some pages use one element for all of them.
        """
        if title is None:
            return 0
        texts = {candidate.text for candidate in candidates if candidate.slot == title.slot}
        others = (text for text in texts if text != title.text)
        return 1 + sum(not (ends_sentence(text) or is_date(text, self._languages)) for text in others)

    def outside_menus(self, found: RecordSet) -> RecordSet:
        """Return the set without records in menus and the like, if other records are outside of them."""
        kept = [record for record in found.records if self._regions.prior(record.root) >= SECONDARY]
        return RecordSet(tuple(kept)) if FEWEST <= len(kept) < len(found.records) else found

    def undated_parts(self, found: RecordSet) -> list[RecordSpan]:
        """Return the undated records of other sections, if all records of the remaining sections are dated.

        A section has a parent of its own under a heading of its own. The last link, if it has another parent,
        and a row with nothing but links are sections too.
        """
        parts: dict[int, list[RecordSpan]] = {}
        for record in found.records:
            parts.setdefault(0 if record.root.parent is None else record.root.parent.start, []).append(record)
        dated = {start: _mean([self._is_dated(each) for each in part]) for start, part in parts.items()}
        rest = [record for start, part in parts.items() if dated[start] for record in part]
        if len(parts) < 2 or len(rest) < FEWEST or 0 < min(filter(None, dated.values()), default=0) < 1:
            return []
        undated = []
        ends = [0, *(part[-1].end for part in parts.values())]
        for (start, part), end in zip(parts.items(), ends, strict=False):
            alone = len(parts) == FEWEST and len(part) == 1
            apart = alone and (part[0] is found.records[-1] or self._is_menu(part[0]))
            if not dated[start] and (apart or self._is_headed(end, part[0].start)):
                undated += part
        return undated

    def _is_menu(self, record: RecordSpan) -> bool:
        lines = self._page.slice(record.start, record.end)
        return len(lines) > 1 and all(piece.link is not None for line in lines for piece in line.pieces)

    def _is_headed(self, start: int, end: int) -> bool:
        lines = self._page.slice(start, end)
        return any(piece.heading is not None for line in lines[-1:] for piece in line.pieces)

    def prior(self, node: Node) -> float:
        return self._regions.prior(node)

    def _shows_date(self, start: int, end: int) -> Iterator[int]:
        """Yield the offsets of the lines that show a date."""
        for line in self._page.slice(start, end):
            known = self._dated.get(line.offset)
            if known is None:
                known = self._dated[line.offset] = _shows_date(line, self._languages)
            if known:
                yield line.offset

    def _is_dated(self, record: RecordSpan) -> bool:
        return next(self._shows_date(record.start, record.end), None) is not None

    def _dated_between(self, found: RecordSet) -> float:
        """Return BETWEEN if there are dates between the records, as headings, else 0."""
        for before, after in pairwise(found.records):
            if next(self._shows_date(before.end, after.start), None) is not None:
                return BETWEEN
            lines = self._page.slice(before.end, after.start)
            if any(is_month(line.text, self._languages) for line in lines):
                return BETWEEN
        return 0.0


def _href(title: FieldCandidate | None, candidates: Sequence[FieldCandidate]) -> str:
    """Return the target of the title's link, else of the record's: not of a reference within prose."""
    if title is None:
        return ""
    links = (
        [title.link] if title.link is not None else [candidate.link for candidate in candidates if leads_on(candidate)]
    )
    hrefs = (link.get("href") for link in links if link is not None)
    return next((href for href in hrefs if not href.startswith("#")), "")


def _distinct(records: Sequence[Sequence[FieldCandidate]], once: int) -> float:
    """Return the share of records with a text that no other record has."""
    wholes = {tuple(dict.fromkeys(candidate.line.text for candidate in candidates)) for candidates in records}
    return min(1.0, len(wholes) / max(1, once))


def _body(title: FieldCandidate | None, candidates: Sequence[FieldCandidate]) -> float:
    lines = {
        id(candidate.line): candidate.line
        for candidate in candidates
        if title is None or candidate.line is not title.line
    }
    total = sum(
        len(piece.text.strip())
        for line in lines.values()
        for piece in line.pieces
        if piece.link is None or (title is not None and piece.link is title.link)
    )
    return min(1.0, total / _ENOUGH_BODY)


def is_marked(root: Node) -> bool:
    """Whether an element is marked as an item: `<article>`, an h-entry or an item of schema.org."""
    return (
        root.tag == "article"
        or "hentry" in root.words
        or {"h", "entry"} <= root.words
        or _ITEM_TYPE.search(root.get("itemtype")) is not None
    )


def _shows_date(line: RenderedLine, languages: tuple[str, ...]) -> bool:
    """Whether a line has a date; a relative date or one without a year counts if the page marks it as a date."""
    for piece in line.pieces:
        if piece.node.tag == "time" or not _DATE_WORDS.isdisjoint(piece.node.words):
            return True
        if structured_date(piece.node, languages) is not None:
            return True
    if not _DATE_WORDS.isdisjoint(line.block.words) and any(c.isdigit() for c in line.text):
        return True
    if len(line.pieces) > 1 and assembled(line, languages):
        return True
    texts = [line.text] if len(line.text) <= _SHORT else []
    texts += [piece.text.strip() for piece in line.pieces if piece.node is not line.block]
    return any(
        len(text) <= _SHORT and has_numbers(text) and (find_date(text, languages=languages) is not None or is_day(text))
        for text in texts
    )


def _mean(values: Sequence[float | bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(part: Collection[object], whole: Sequence[object]) -> float:
    return len(part) / len(whole) if whole else 0.0
