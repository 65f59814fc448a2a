"""Select the record sets that are the listing of a page: the best one, and others of the same kind."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from feeds.parsers.html.dom import Page
from feeds.parsers.html.field_candidates import length_of
from feeds.parsers.html.page_regions import SECONDARY
from feeds.parsers.html.record_detection import RecordSet, RecordSpan, detect_records, find_singles
from feeds.parsers.html.record_scoring import RecordSetScore, RecordSetScorer, is_marked

# A set below this is a menu, a pager or a tag cloud. Sets of two or three records need more, as their score
# is compared too.
LEAST = 0.75
# A second set joins the best one if its quality and its share of similar addresses are at least this.
_ALIKE = 0.75
_RICHER = 1.25
# The least quality of plain links that continue the listing: texts as long as titles.
_LINKS = 0.5
# A page is an article if its prose outside of the records has this length, and is this many times as long as
# the prose within them. For a page that declares itself an article the factor is lower, but not zero: some
# blogs declare their lists as articles.
_ARTICLE = 1500
_TIMES = 3
_DECLARED = 1
_PROSE = 80
_DIGITS = re.compile(r"\d+")


def select_records(page: Page, scorer: RecordSetScorer, structured_links: Collection[str]) -> list[RecordSpan]:
    """Return the records of the listing in document order; none if nothing looks like a listing.

    The score of a set is up to doubled by the share of its links that are in `structured_links`.
    """
    scored = [scorer.score(scorer.outside_menus(found)) for found in detect_records(page)]
    ranked = sorted(scored, key=lambda each: -each.score * (1 + _structured_share(page, each, structured_links)))
    for best in ranked[:3]:
        if min(best.quality, best.score / 3) < LEAST:
            continue
        chosen = _merge_sets(page, scorer, best, ranked)
        others = scorer.undated_parts(best.found)
        records = [record for each in chosen for record in each.found.records if record not in others]
        if not _is_article(page, scorer, records, best.dated):
            return _extend(page, best, sorted(records, key=lambda record: record.start), ranked)
    return _single_record(page, scorer)


def _single_record(page: Page, scorer: RecordSetScorer) -> list[RecordSpan]:
    """Return the only item of a listing: marked as an item, dated, with a title that links elsewhere.

    On its own page, the title of an article has no link or links to that page.
    """
    marked = [node for node in page.nodes if is_marked(node) and scorer.prior(node) >= 1.0]
    if len(marked) != 1:
        return []
    record = RecordSpan(marked[0], marked[0].start, marked[0].end)
    headed = [
        piece.link
        for line in page.slice(record.start, record.end)
        for piece in line.pieces
        if piece.heading is not None and piece.link is not None
    ]
    here = page.base.rstrip("/")
    targets = {url.rstrip("/") for link in headed if (url := page.url(link.get("href")))} - {here}
    dated = scorer.score(RecordSet((record,))).dated
    return [record] if len(targets) == 1 and dated and not _is_article(page, scorer, [record], dated) else []


def _structured_share(page: Page, each: RecordSetScore, structured_links: Collection[str]) -> float:
    if not structured_links or not each.hrefs:
        return 0.0
    return sum(page.url(href) in structured_links for href in each.hrefs) / len(each.hrefs)


def _merge_sets(
    page: Page, scorer: RecordSetScorer, best: RecordSetScore, ranked: Sequence[RecordSetScore]
) -> list[RecordSetScore]:
    """Return the best set with all others of the same kind, and with a lead story that has its own markup."""
    chosen = [best]
    for other in ranked:
        if other.quality >= _ALIKE * best.quality and _joins(other, best, chosen):
            chosen.append(other)
    for found in find_singles(page, best.found.records):
        other = scorer.score(found)
        if other.undated >= _ALIKE * best.undated and _joins(other, best, chosen):
            chosen.append(other)
    return chosen


def _joins(other: RecordSetScore, best: RecordSetScore, chosen: Sequence[RecordSetScore]) -> bool:
    """Whether a set continues the best one: no overlap, addresses of the same shape, and no lower prior.

    A set with a lower prior may join if it says clearly more about each item than the best set does.
    """
    is_side_column = other.prior < min(1.0, best.prior) and other.quality < _RICHER * best.quality
    if is_side_column or any(_overlap(other.found, each.found) for each in chosen):
        return False
    return _leads_alike(other, best)


def _leads_alike(other: RecordSetScore, best: RecordSetScore) -> bool:
    shapes = {_shape(href) for href in best.hrefs}
    alike = sum(_shape(href) in shapes for href in other.hrefs)
    return bool(other.hrefs) and alike >= _ALIKE * len(other.hrefs)


def _extend(
    page: Page, best: RecordSetScore, records: list[RecordSpan], ranked: Sequence[RecordSetScore]
) -> list[RecordSpan]:
    """Add plain links that continue the records."""
    for other in ranked:
        if other.quality < _LINKS or other.prior < min(1.0, best.prior) or not _leads_alike(other, best):
            continue
        if set(other.hrefs).isdisjoint(best.hrefs):
            records = continuation(page, records, other.found.records) or records
    return records


def _shape(href: str) -> tuple[object, ...]:
    """Return what addresses of one kind share: the host, the folders with numbers masked, the first query key."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ()
    folders = _DIGITS.sub("0", parts.path.rstrip("/").rpartition("/")[0])
    return parts.netloc, folders, parts.query.partition("=")[0]


def _overlap(one: RecordSet, other: RecordSet) -> bool:
    """Whether a record of one set overlaps a record of the other; both sets are in document order."""
    left = right = 0
    while left < len(one.records) and right < len(other.records):
        first, second = one.records[left], other.records[right]
        if first.start < second.end and second.start < first.end:
            return True
        if first.start < second.start:
            left += 1
        else:
            right += 1
    return False


def _is_article(page: Page, scorer: RecordSetScorer, records: Sequence[RecordSpan], dated: float) -> bool:
    """Whether the page's prose is outside the records, which then are links to further reading.

    Lists may have long introductions too, so the threshold is higher if the items have dates.
    """
    inside = sum(_prose(page, record.start, record.end) for record in records)
    outside = -inside
    for line in page.lines:
        if len(line.text) >= _PROSE and scorer.prior(line.block) > SECONDARY:
            outside += _prose(page, line.offset, line.offset + 1)
    if page.meta.get("og:type") == "article" or _holds_article(page, records, outside):
        return outside > _ARTICLE and outside > _DECLARED * inside
    return outside > _ARTICLE * (1 + _TIMES * dated) and outside > _TIMES * inside


def _holds_article(page: Page, records: Sequence[RecordSpan], outside: int) -> bool:
    """Whether most of the prose is in one <article> that contains no record."""
    return outside > _ARTICLE and any(
        2 * _prose(page, node.start, node.end) > outside
        and not any(node.start < record.end and record.start < node.end for record in records)
        for node in page.nodes
        if node.tag == "article"
    )


def _prose(page: Page, start: int, end: int) -> int:
    """Return the length of the prose between two offsets, without links."""
    total = 0
    for line in page.slice(start, end):
        length = length_of(line.text)
        if length >= _PROSE:
            total += length - sum(len(piece.text) for piece in line.pieces if piece.link is not None)
    return total


_COLONS = (":", "：")


def continuation(page: Page, records: Sequence[RecordSpan], more: Sequence[RecordSpan]) -> list[RecordSpan] | None:
    """Insert links after the records that they follow, or out of them; None if they do not continue the list."""
    if not all(_is_link(page, record) for record in more):
        return None
    starts = [record.start for record in more]
    kept = [_cut_at(page, record, starts) for record in records]
    held = sorted([*kept, *more], key=lambda each: each.start)
    added = set(more)
    before: list[str] = []
    for record, follower in pairwise(held):
        if record.end > follower.start:
            return None
        if follower in added:
            if page.slice(record.end, follower.start):
                return None
            if record not in added:
                before += [line.text for line in page.slice(record.start, record.end)[-1:]]
    # Links within records ("See also") are introduced by the same text each time; one case proves nothing.
    separable = len(before) > 1 or kept == list(records)
    introduced = len(before) > len(set(before)) or any(text.endswith(_COLONS) for text in before)
    return held if held[0] not in added and before and separable and not introduced else None


def _is_link(page: Page, record: RecordSpan) -> bool:
    pieces = [piece for line in page.slice(record.start, record.end) for piece in line.pieces]
    return len({piece.link for piece in pieces if not piece.text.isspace()}) == 1 and pieces[0].link is not None


def _cut_at(page: Page, record: RecordSpan, starts: Sequence[int]) -> RecordSpan:
    """Cut a record at the first link within it; if the last part before it has a heading, keep that part."""
    inner = bisect_right(starts, record.start)
    if inner == len(starts) or starts[inner] >= record.end:
        return record
    end = starts[inner]
    parts = [child for child in page.children[record.root.start] if child.end <= end]
    if parts and any(piece.heading for line in page.slice(parts[-1].start, end) for piece in line.pieces):
        return RecordSpan(parts[-1], parts[-1].start, parts[-1].end)
    return RecordSpan(record.root, record.start, end)
