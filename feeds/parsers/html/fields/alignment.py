"""The fields of records, found by what stands in the same place in most of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from feeds.dates.parsing import split_date
from feeds.parsers.html.dom import Node, Page
from feeds.parsers.html.field_candidates import (
    FieldCandidate,
    FieldCandidates,
    Kind,
    Slot,
    is_credit,
    is_named,
    leads_on,
)
from feeds.parsers.html.fields.dates import find_dates, is_date
from feeds.parsers.html.fields.labels import find_labels
from feeds.parsers.html.fields.recurring_labels import recurs
from feeds.parsers.html.fields.summaries import find_summaries
from feeds.parsers.html.record import ExtractedRecord
from feeds.parsers.html.record_detection import RecordSpan
from feeds.parsers.lexicon.field_names import role_of

_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 32
_LEVEL = 4  # where a slot says which heading its cells stand in
_MAINLY = 0.5
# A label may be that of most items; what nearly all say is none.
_ALMOST_ALL = 0.8
# A record whose title stands elsewhere than the others' has one only if it looks as good as theirs.
_MIN_SCORE_SHARE = 0.6
# A heading above others that looks worth less than this is a topic, and no title.
_MIN_HEADING_SHARE = 0.75


def align(
    page: Page, candidates: FieldCandidates, spans: Sequence[RecordSpan], languages: tuple[str, ...]
) -> list[ExtractedRecord]:
    """Read the fields of all records; one without a title is none."""
    found = [(span, candidates.between(span.start, span.end)) for span in spans]
    records = _title(found, languages)
    common = _repeated(records, _MAINLY)
    find_dates(page, records, languages)
    _split_dated_titles(records, languages)
    find_labels(page, records, _repeated(records, _ALMOST_ALL), languages)
    for record in records:
        record.link_node = _link(page, record)
        record.href = None if record.link_node is None else record.link_node.get("href")
        record.url = page.url(record.href) if record.href else None
        others = (candidate for candidate in record.candidates if record.title.text not in candidate.text)
        record.credit = next((candidate.text for candidate in others if is_credit(candidate)), None)
    find_summaries(records, common, languages)
    return records


def _title(
    found: Sequence[tuple[RecordSpan, list[FieldCandidate]]], languages: tuple[str, ...]
) -> list[ExtractedRecord]:
    step = max(1, len(found) // _SAMPLE)
    slot, usual = _title_slot([candidates for _, candidates in found[::step]], languages)
    records = []
    for span, candidates in found:
        in_slot = [candidate for candidate in candidates if candidate.slot == slot]
        title = next(
            (candidate for candidate in in_slot if _may_be_title(candidate, languages)), next(iter(in_slot), None)
        )
        if title is None:
            others = (candidate for candidate in candidates if _may_be_title(candidate, languages))
            title = max(others, key=lambda candidate: candidate.title_score, default=None)
            if title is None or title.title_score < usual * _MIN_SCORE_SHARE:
                continue
        records.append(ExtractedRecord(span, candidates, title, title.text))
    _strip_field_name(records)
    for record in records:
        _narrow_to_link(record, languages)
        record.text = _full_title(record)
    _strip_leading_labels(records)
    return records


def _strip_leading_labels(records: Sequence[ExtractedRecord]) -> None:
    """Part the titles from what they begin with in an element of its own, where it recurs as labels do."""
    found = [(record, candidate) for record in records if (candidate := _leading_label(record)) is not None]
    if recurs([candidate.text for _, candidate in found], len(records)):
        for record, candidate in found:
            record.label, record.text = candidate.text, record.text[len(candidate.text) :].lstrip(" :|·–—-")


def _leading_label(record: ExtractedRecord) -> FieldCandidate | None:
    title = record.title
    first = next(
        (candidate for candidate in record.candidates if candidate.line is title.line and candidate.kind is Kind.PIECE),
        None,
    )
    if first is None or first.node in (title.node, title.link, title.heading) or first.text == record.text:
        return None
    return first if title.node.holds(first.node) and record.text.startswith(f"{first.text} ") else None


def _title_slot(found: Sequence[list[FieldCandidate]], languages: tuple[str, ...]) -> tuple[Slot | None, float]:
    """Name the place that most records have a different text in, and one that is worth most as a title."""
    scores: dict[Slot, list[float]] = defaultdict(list)
    texts: dict[Slot, list[str]] = defaultdict(list)
    for candidates in found:
        firsts: dict[Slot, FieldCandidate] = {}
        for candidate in candidates:
            if candidate.slot not in firsts and _may_be_title(candidate, languages):
                firsts[candidate.slot] = candidate
        for slot, candidate in firsts.items():
            scores[slot].append(candidate.title_score)
            texts[slot].append(candidate.text)
    best, most, usual = None, 0.0, 0.0
    for slot, values in scores.items():
        distinct = len(set(texts[slot])) / len(texts[slot]) if len(found) > 1 else 1.0
        mean = sum(values) / len(values)
        total = mean * (len(values) / len(found)) * distinct
        if total > most:
            best, most, usual = slot, total, mean
    for slot, values in scores.items():
        mean = sum(values) / len(values)
        if best is not None and mean > usual * _MIN_HEADING_SHARE and _is_over(slot, best, texts):
            return slot, mean
    return best, usual


def _is_over(slot: Slot, best: Slot, texts: Mapping[Slot, Sequence[str]]) -> bool:
    """Whether a place holds headings of a higher level, one for each of the other: those are subtitles."""
    levels = str(slot[_LEVEL]), str(best[_LEVEL])
    if not all(levels) or levels[0] >= levels[1]:
        return False
    return len(set(texts[slot])) == len(texts[slot]) >= len(texts[best])


def _may_be_title(candidate: FieldCandidate, languages: tuple[str, ...]) -> bool:
    return _LETTER.search(candidate.text) is not None and not is_date(candidate.text, languages)


def _narrow_to_link(record: ExtractedRecord, languages: tuple[str, ...]) -> None:
    """Of a heading that holds a link and a date, a number or the like beside it, take the link."""
    title = record.title
    if title.kind is Kind.LINE:
        first = next(
            (
                candidate
                for candidate in record.candidates
                if candidate.line is title.line and candidate.kind is Kind.LINK
            ),
            None,
        )
        if first is not None and title.text.startswith(first.text) and len(first.text) > _MAINLY * len(title.text):
            record.title, record.text = first, first.text
    if title.kind is not Kind.HEADING:
        return
    parts = [
        candidate
        for candidate in record.candidates
        if candidate.heading is title.heading and candidate.text != title.text
    ]
    links = [candidate for candidate in parts if candidate.kind is Kind.LINK]
    if len(links) == 1:
        rest = title.text.replace(links[0].text, " ").strip(" ()[]|·•:–—-")
        if not _LETTER.search(rest) or is_date(rest, languages) or _is_leading_label(rest, parts):
            record.title, record.text = links[0], links[0].text
            return
    named = [candidate for candidate in parts if candidate.kind is Kind.PIECE and is_named(candidate)]
    if len(named) == 1:
        record.title, record.text = named[0], named[0].text


def _is_leading_label(rest: str, parts: Sequence[FieldCandidate]) -> bool:
    """Whether what stands before the link of a heading fills an element of its own."""
    return any(
        candidate.text == rest and candidate.kind is Kind.PIECE and candidate.link is None for candidate in parts
    )


def _strip_field_name(records: Sequence[ExtractedRecord]) -> None:
    """Take off what all titles begin with up to a colon: the field's name, not a part of its value."""
    if len(records) < 3:
        return
    names = {record.text.partition(":")[:2] for record in records}
    if len(names) > 1:
        return
    name, colon = names.pop()
    if colon and role_of(name) == "title":
        for record in records:
            record.text = record.text[len(name) + 1 :].strip() or record.text


def _full_title(record: ExtractedRecord) -> str:
    """Give the title whole where the page cut it and its link's `title` says all of it."""
    text = record.text
    stem = re.sub(r"\s*(?:\.{2,}|…)$", "", text)
    if stem != text and record.title.link is not None:
        for node in (record.title.link, record.title.node):
            full = " ".join(node.get("title").split())
            if len(full) > len(stem) and full.startswith(stem[: max(8, len(stem) - 3)]):
                return full
    return text


def _repeated(records: Sequence[ExtractedRecord], share: float) -> frozenset[str]:
    """The texts that more than a share of the records have: "Read more", "Share", the names of fields."""
    if len(records) < 2:
        return frozenset()
    counts = Counter(text for record in records for text in {candidate.text for candidate in record.candidates})
    return frozenset(text for text, count in counts.items() if count > share * len(records))


def _split_dated_titles(records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Where nothing else is a date and most titles begin or end with one, divide them."""
    undated = [record for record in records if record.date is None]
    edges = [(record, split_date(record.title.line.text, languages=languages)) for record in undated]
    found = [(record, edge) for record, edge in edges if edge is not None]
    if not found or len(found) * 2 < len(records):
        return
    for record, edge in found:
        record.date = edge.date
        own = split_date(record.text, languages=languages)
        if own is not None and own.date == edge.date and _LETTER.search(own.rest):
            record.text = own.rest.rstrip(" (-–—|,")


def _link(page: Page, record: ExtractedRecord) -> Node | None:
    """Find the link of the title, else of its heading, else of the record.

    What links before the title heads the item; behind it, a link to follow goes before one within prose.
    """
    if record.title.link is not None:
        return record.title.link
    links = [candidate for candidate in record.candidates if candidate.link is not None]
    heading = record.title.heading
    own = [candidate.link for candidate in links if heading is not None and candidate.heading is heading]
    root = record.span.root
    others = (node for node in (*root.above(), *page.within(root)) if node.tag == "a" and node.get("href"))
    index = record.candidates.index(record.title)
    ahead = (candidate.link for candidate in record.candidates[:index] if candidate.link is not None)
    leading = (candidate.link for candidate in links if leads_on(candidate))
    return next(iter((*own, *ahead, *leading, *(candidate.link for candidate in links), *others)), None)
