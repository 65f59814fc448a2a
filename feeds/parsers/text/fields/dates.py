"""Find the dates that share a line with other text: next to a label or a title, or at the beginning of prose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from feeds.dates.lines import DateLine, date_line, dateline
from feeds.dates.parsing import find_date
from feeds.parsers.date_context import labels_of, metadata_lines
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import PROSE, display_width, ends_sentence, is_prose


def extract_date_labels(drafts: Sequence[RecordDraft], languages: tuple[str, ...]) -> None:
    """Take the label from lines that are a date after a word or two: "Report | 3 May 2024"."""
    found = [
        (draft, draft.date, line)
        for draft in drafts
        if draft.date
        and not draft.date.text[:1].isdigit()
        and (line := date_line(draft.date.text, languages))
        and line.before
    ]
    links = _are_link_texts([(line, date.link) for _, date, line in found])
    for (draft, date, line), label in zip(found, labels_of([line for _, _, line in found]), strict=True):
        if label and draft.label is None and not links:
            draft.label, draft.date = date._replace(text=label), date._replace(text=line.date)


# A version whose link has no target in the changelog: "## [1.3.0] - 2025-06-02".
_BRACKETED = re.compile(r"\[([^\[\]]+)\]")


class _SharedLine(NamedTuple):
    """A line of a record that holds a date and other text, and whether the date is part of a sentence."""

    draft: RecordDraft
    position: int
    line: DateLine
    in_sentence: bool


def split_date_lines(drafts: Sequence[RecordDraft], languages: tuple[str, ...]) -> None:
    """Take the dates that share a line with other text, in records in which no line is a date.

    Prose may begin with the date of what it reports: it is the record's only if nearly all records have one. A day
    without a year that few records have is part of their title.
    """
    found = list(_shared_lines(drafts, languages))
    mostly_in_sentences = len({id(each.draft) for each in found if each.in_sentence}) * 10 >= len(drafts) * 8
    mostly_in_sentences = mostly_in_sentences or _count_second_line_dates(drafts, found) * 10 >= len(drafts) * 8
    few = len({id(each.draft) for each in found}) * 2 < len(drafts)
    metadata = metadata_lines([each.line for each in found])
    labels = iter(labels_of([each.line for each, alone in zip(found, metadata, strict=True) if alone]))
    headed = _are_headings(found)
    links = _are_link_texts([(each.line, each.draft.above[each.position].link) for each in found])
    for (draft, position, line, in_sentence), is_metadata in zip(found, metadata, strict=True):
        label = next(labels) if is_metadata else None
        label = None if links else label
        belongs = is_metadata or (line.at_edge and (mostly_in_sentences or not in_sentence))
        part_of_title = few and find_date(line.date, languages=languages) is None
        if draft.date is None and belongs and not part_of_title:
            _take_date(draft, position, line, label, whole=headed or not is_metadata)


def _count_second_line_dates(drafts: Sequence[RecordDraft], found: Sequence[_SharedLine]) -> int:
    """Count the records whose second line is or begins with a date: "3 May 2024 - The weir is repaired."."""
    begin = {id(each.draft) for each in found if each.position == 1 and each.line.at_start}
    alone = sum(draft.date is not None and len(draft.above) == 1 for draft in drafts)
    return len(begin) + alone if len(begin) > 1 else 0


def _are_link_texts(found: Sequence[tuple[DateLine, str | None]]) -> bool:
    """Whether the same words are next to all dates, each time with another link: "Read more | 3 May"."""
    links = {link for _, link in found if link}
    return len({key(line.rest) for line, _ in found}) == 1 and len(links) == len(found) > 2


def _are_headings(found: Sequence[_SharedLine]) -> bool:
    """Whether the lines are headings with a title and its date, however short: "## 2.4.1 - 2026-03-18"."""
    rests = {each.line.rest for each in found}
    return len(rests) == len(found) > 1 and all(
        each.line.at_edge and each.line.rest and each.draft.above[each.position].level for each in found
    )


def _shared_lines(drafts: Sequence[RecordDraft], languages: tuple[str, ...]) -> Iterator[_SharedLine]:
    for draft in drafts:
        if draft.date is None:
            for position, paragraph in enumerate(draft.above):
                if draft.anchor in (None, paragraph) and (line := date_line(paragraph.text, languages)):
                    yield _SharedLine(draft, position, line, position > 0 and _is_in_sentence(paragraph, line))


def extract_datelines(drafts: Sequence[RecordDraft], languages: tuple[str, ...]) -> None:
    """Take the dates that the prose of most records begins with, and leave them in the prose."""
    undated = [draft for draft in drafts if draft.date is None and len(draft.above) > 1]
    found = [
        (draft, part._replace(text=date))
        for draft in undated
        if (part := draft.above[1]) and (date := dateline(part.text, languages))
    ]
    if len(found) < 2 or len(found) * 10 < len(drafts) * 6:
        return
    for draft, dated in found:
        draft.date, draft.title, draft.below = dated, draft.above[0], draft.above[1:]


def _is_in_sentence(paragraph: Row, line: DateLine) -> bool:
    """Whether a date is part of a sentence and tells when something happened."""
    ends = not line.at_start and ends_sentence(paragraph.text)
    return ends or is_prose(line.rest) or display_width(line.rest) > PROSE


def _take_date(draft: RecordDraft, position: int, line: DateLine, label: str | None, *, whole: bool) -> None:
    """Take the date out of a line; the rest becomes a paragraph or a label, or is dropped."""
    paragraph = draft.above[position]
    draft.date = paragraph._replace(text=line.date)
    draft.above, draft.below = draft.above[:position], draft.above[position + 1 :] + draft.below
    if whole or not (draft.above or draft.below):
        bracketed = paragraph.level and _BRACKETED.fullmatch(line.rest)
        rest = paragraph._replace(text=bracketed[1] if bracketed else line.rest)
        draft.below[:0], draft.above[position:] = ([rest], []) if line.at_start else ([], [rest])
    elif label:
        draft.label = paragraph._replace(text=label)
