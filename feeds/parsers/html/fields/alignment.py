"""Extract the fields of records by aligning their candidates: a field is in the same slot of most records.

Compare Zhai & Liu 2005, "Web data extraction based on partial tree alignment".
"""

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
_LEVEL = 4  # the index of the heading's tag in a slot
_MAINLY = 0.5
# Most records may share a label; a text of nearly all records is not a label.
_ALMOST_ALL = 0.8
# A record without the usual title slot needs a title with this share of the usual score.
_MIN_SCORE_SHARE = 0.6
# A higher heading with less than this share of the usual score is a topic, not the title.
_MIN_HEADING_SHARE = 0.75


def align(
    page: Page, candidates: FieldCandidates, spans: Sequence[RecordSpan], languages: tuple[str, ...]
) -> list[ExtractedRecord]:
    """Return the records with their fields; those without a title are left out."""
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
    """Make the first element of the titles (a kicker) their label, if it recurs as labels do."""
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
    """Return the slot with the best title score and the most distinct texts, and its usual score."""
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
    """Whether a slot has headings of a higher level, one for each in `best`, which then are subtitles."""
    levels = str(slot[_LEVEL]), str(best[_LEVEL])
    if not all(levels) or levels[0] >= levels[1]:
        return False
    return len(set(texts[slot])) == len(texts[slot]) >= len(texts[best])


def _may_be_title(candidate: FieldCandidate, languages: tuple[str, ...]) -> bool:
    return _LETTER.search(candidate.text) is not None and not is_date(candidate.text, languages)


def _narrow_to_link(record: ExtractedRecord, languages: tuple[str, ...]) -> None:
    """Narrow a title to its link or named part, if the rest of the heading is a date, a number or a kicker."""
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
    """Whether the rest of a heading is an element of its own without a link."""
    return any(
        candidate.text == rest and candidate.kind is Kind.PIECE and candidate.link is None for candidate in parts
    )


def _strip_field_name(records: Sequence[ExtractedRecord]) -> None:
    """Remove the name of the field ("Title:") if all titles begin with the same one."""
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
    """Return the full title from the `title` attribute if the page shows it cut."""
    text = record.text
    stem = re.sub(r"\s*(?:\.{2,}|…)$", "", text)
    if stem != text and record.title.link is not None:
        for node in (record.title.link, record.title.node):
            full = " ".join(node.get("title").split())
            if len(full) > len(stem) and full.startswith(stem[: max(8, len(stem) - 3)]):
                return full
    return text


def _repeated(records: Sequence[ExtractedRecord], share: float) -> frozenset[str]:
    """Return the texts that more than a share of the records have, such as "Read more" or names of fields."""
    if len(records) < 2:
        return frozenset()
    counts = Counter(text for record in records for text in {candidate.text for candidate in record.candidates})
    return frozenset(text for text, count in counts.items() if count > share * len(records))


def _split_dated_titles(records: Sequence[ExtractedRecord], languages: tuple[str, ...]) -> None:
    """Split the dates off the titles of undated records, if at least half of all titles have one at an end."""
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
    """Return the link of the title, else of its heading, else of the record.

    Of the record, links before the title come first, then links that are not within prose.
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
