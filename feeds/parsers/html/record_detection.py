"""Detect sets of repeated records on a page (Liu, Grossman & Zhai 2003, "Mining data records in web pages").

Elements with one path (such as a link in a heading in an article) are lifted to the outermost ancestors that
contain one of them each. If these are siblings with other elements between them, as in
`date, h2, p, hr, date, h2, p, hr`, a record covers the siblings that belong to it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from feeds.parsers.html.dom import HEADINGS, INLINE, Node, Page, RenderedLine

FEWEST = 2
# The share of neighbours that may be in one record, because a few items have their link twice.
_TOLERATED = 0.1
_OFTEN = 3
_RECORDS = frozenset(("article", "li", "tr", "dt"))


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """The offsets that one item covers: `root`, and siblings around it if records are not nested."""

    root: Node
    start: int
    end: int

    def holds(self, start: int, end: int) -> bool:
        return self.start <= start and end <= self.end


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Records of one kind, in document order."""

    records: tuple[RecordSpan, ...]

    @property
    def key(self) -> tuple[int, ...]:
        return tuple(record.start for record in self.records)

    def inside(self, other: RecordSet) -> bool:
        """Whether every record is within a larger record of the other set."""
        return all(
            any(
                outer.holds(record.start, record.end) and (outer.start, outer.end) != (record.start, record.end)
                for outer in other.records
            )
            for record in self.records
        )


def detect_records(page: Page) -> list[RecordSet]:
    """Return every set of records that may be the listing of a page."""
    found: dict[tuple[int, ...], RecordSet] = {}
    lifted: set[tuple[int, ...]] = set()
    for group in _groups(page):
        roots = _lift(group)
        key = tuple([root.start for root in roots])
        if key in lifted:
            continue
        lifted.add(key)
        records = _records_on_lines(page, roots) if roots[0].tag in INLINE else _records_with_siblings(page, roots)
        if len(records) >= FEWEST:
            candidate = RecordSet(tuple(records))
            found.setdefault(candidate.key, candidate)
    return list(found.values())


def find_singles(page: Page, taken: Sequence[RecordSpan]) -> list[RecordSet]:
    """Return a set of one record for each heading of a unique kind, such as a lead story's.

    The record is the largest element without another heading and without a record in `taken`.
    """
    headings = _headings(page)
    found = []
    for group in _kinds(headings):
        if len(group) == 1:
            root = group[0]
            others = [heading for heading in headings if heading is not root]
            while root.parent is not None and not _holds_any(root.parent, others, taken):
                root = root.parent
            found.append(RecordSet((RecordSpan(root, root.start, root.end),)))
    return found


def _holds_any(node: Node, headings: Sequence[Node], taken: Sequence[RecordSpan]) -> bool:
    return any(node.holds(heading) for heading in headings) or any(
        node.start < record.end and record.start < node.end for record in taken
    )


def _groups(page: Page) -> Iterator[list[Node]]:
    known: set[tuple[int, ...]] = set()
    links = _links(page)
    records = [node for node in page.nodes if node.tag in _RECORDS]
    for nodes in ([link for link, _ in links], _without_calls_to_action(links), _headings(page), records):
        for group in _kinds(nodes):
            key = tuple(node.start for node in group)
            if len(group) >= FEWEST and key not in known:
                known.add(key)
                yield group


def _kinds(nodes: Iterable[Node]) -> list[list[Node]]:
    """Group elements by path, and again by path and classes."""
    by_path: dict[object, list[Node]] = {}
    for node in nodes:
        parent = node.parent.signature if node.parent is not None else ""
        by_path.setdefault(node.path, []).append(node)
        by_path.setdefault((node.path, node.signature, parent), []).append(node)
    return list(by_path.values())


def _links(page: Page) -> list[tuple[Node, str]]:
    """Return links with their texts in order; of neighbours to one address, the one with the longer text."""
    links: dict[int, tuple[Node, list[str]]] = {}
    for line in page.lines:
        for piece in line.pieces:
            if piece.link is not None:
                links.setdefault(piece.link.start, (piece.link, []))[1].append(piece.text)
    kept: list[tuple[Node, str]] = []
    for node, texts in links.values():
        text = "".join(texts).strip()
        if kept and kept[-1][0].path == node.path and kept[-1][0].get("href") == node.get("href"):
            if len(text) > len(kept[-1][1]):
                kept[-1] = (node, text)
        elif text:
            kept.append((node, text))
    return kept


def _without_calls_to_action(links: Sequence[tuple[Node, str]]) -> list[Node]:
    """Return the links without those whose text recurs, such as "Read more" or "Download".

    A recurring title, such as "Minutes", is kept: it has the same distance to both neighbours, and most links
    have another text or the title occurs twice in a row, which calls to action do not.
    """
    counts = Counter(text for _, text in links)
    paths: dict[object, list[tuple[Node, str]]] = {}
    for link, text in links:
        paths.setdefault(link.path, []).append((link, text))
    calls_to_action: set[int] = set()
    for row in paths.values():
        frequent = {index for index, (_, text) in enumerate(row) if counts[text] >= _OFTEN}
        consecutive = len(frequent) < len(row) and any(one[1] == other[1] for one, other in pairwise(row))
        may_be_titles = consecutive or len(frequent) * 2 < len(row)
        nodes = [link for link, _ in row]
        calls_to_action |= {nodes[index].start for index in frequent if not (may_be_titles and _is_apart(nodes, index))}
    return [link for link, _ in links if link.start not in calls_to_action]


def _is_apart(nodes: list[Node], index: int) -> bool:
    """Whether an element has the same distance to both neighbours."""
    neighbours = nodes[max(0, index - 1) : index] + nodes[index + 1 : index + 2]
    return len({_common_depth(other, nodes[index]) for other in neighbours}) == 1


def _headings(page: Page) -> list[Node]:
    found = {
        piece.heading.start: piece.heading
        for line in page.lines
        for piece in line.pieces
        if piece.heading is not None and piece.text.strip()
    }
    return list(found.values())


def _lift(group: Sequence[Node]) -> list[Node]:
    """Lift elements of one depth to the outermost ancestors that contain one of them each."""
    shared = sorted(_common_depth(left, right) for left, right in pairwise(group))
    depth = shared[min(len(shared) - 1, int(len(shared) * (1 - _TOLERATED)))] + 1
    roots: dict[int, Node] = {}
    for node in group:
        root = node.ancestor(depth)
        roots.setdefault(root.start, root)
    return list(roots.values())


def _common_depth(left: Node, right: Node) -> int:
    while left is not right and left.parent is not None and right.parent is not None:
        left, right = left.parent, right.parent
    return left.depth


def _records_on_lines(page: Page, roots: Sequence[Node]) -> list[RecordSpan]:
    """Return a record for each link on a line of its own; links that share a line are a menu or a pager."""
    lines: list[tuple[Node, RenderedLine]] = []
    for root in roots:
        held = page.slice(root.start, root.end) or page.slice(0, root.start)[-1:]
        if held:
            lines.append((root, held[0]))
    shared = Counter(line.offset for _, line in lines)
    lines = [(root, line) for root, line in lines if shared[line.offset] == 1]
    records = []
    for index, (root, line) in enumerate(lines):
        end = max(line.block.end, root.end)
        if index + 1 < len(lines):
            follower, below = lines[index + 1]
            end = min(end, below.offset, follower.start if follower.start >= root.end else end)
        records.append(RecordSpan(root, min(line.offset, root.start), end))
    return records


def _records_with_siblings(page: Page, roots: Sequence[Node]) -> list[RecordSpan]:
    """Return a record for each root, extended by the siblings that belong to it."""
    rows = [page.siblings(root) for root in {id(root.parent): root for root in roots}.values()]
    index_of = {child.start: index for row in rows for index, child in enumerate(row)}
    indexes = [index_of[root.start] for root in roots]
    gaps = [
        page.siblings(root)[
            indexes[index - 1] + 1 if index and roots[index - 1].parent is root.parent else 0 : indexes[index]
        ]
        for index, root in enumerate(roots)
    ]
    inner = [gap for index, gap in enumerate(gaps) if index and roots[index - 1].parent is roots[index].parent]
    usual = _usual_kinds(inner)
    lead = _leading_count(gaps, usual)
    records = []
    for index, root in enumerate(roots):
        siblings = page.siblings(root)
        last = indexes[index] + 1
        next_is_near = index + 1 < len(roots) and roots[index + 1].parent is root.parent
        following = indexes[index + 1] - lead if next_is_near else len(siblings)
        while last < following and _kind(siblings[last]) in usual:
            last += 1
        records.append(RecordSpan(root, siblings[indexes[index] - lead].start, siblings[last - 1].end))
    return records


def _usual_kinds(gaps: Sequence[Sequence[Node]]) -> frozenset[tuple[str, str]]:
    """Return the kinds of elements between most records. Headings are left out: they separate records."""
    kinds = Counter(kind for gap in gaps for kind in {_kind(node) for node in gap if node.tag not in HEADINGS})
    return frozenset(kind for kind, count in kinds.items() if count * 2 > len(gaps))


def _leading_count(gaps: Sequence[Sequence[Node]], usual: frozenset[tuple[str, str]]) -> int:
    """Count the elements that precede every root, the first one too, and so belong to the record after them."""
    count = 0
    while all(count < len(gap) for gap in gaps):
        kinds = {_kind(gap[-1 - count]) for gap in gaps}
        if len(kinds) > 1 or not kinds <= usual:
            break
        count += 1
    return count


def _kind(node: Node) -> tuple[str, str]:
    return node.tag, node.signature
