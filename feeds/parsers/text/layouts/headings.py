"""Read a listing in Markdown whose records begin with headings of one level; higher and empty ones are sections.

A date or a label may be above the headings. The first heading shows that it is not the end of the previous record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from feeds.dates.lines import date_line, is_date
from feeds.parsers.text.layouts.ending import end_last
from feeds.parsers.text.record import RecordDraft, SectionDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.prose import ends_sentence

_LABEL = 60
_MOST_LINES_ABOVE = 2


def read_headings(paragraphs: Sequence[Row], languages: tuple[str, ...]) -> Iterator[list[SectionDraft]]:
    """Yield the reading by each level of heading that occurs more than once."""
    levels = Counter(paragraph.level for paragraph in paragraphs if paragraph.level)
    for level, count in levels.items():
        if count > 1:
            yield _by_level(paragraphs, level, languages)


def _by_level(paragraphs: Sequence[Row], level: int, languages: tuple[str, ...]) -> list[SectionDraft]:
    headings = [index for index, paragraph in enumerate(paragraphs) if paragraph.level == level]
    empty = {lines_above for lines_above, below in pairwise(headings) if below == lines_above + 1}
    empty = empty if len(empty) * 2 < len(headings) else set()
    headings = [heading for heading in headings if heading not in empty]
    headings, end = _without_footer_headings(paragraphs, headings, languages)
    above = _count_lines_above(paragraphs, headings, languages)
    starts = {max(heading - above, 0) for heading in headings}
    sections: list[SectionDraft] = []
    draft: RecordDraft | None = None
    for index, paragraph in enumerate(paragraphs[:end]):
        if index in starts:
            draft = RecordDraft(paragraph.line, paragraphs[index + above].number, [paragraph])
            sections = sections or [SectionDraft(None)]
            sections[-1].drafts.append(draft)
        elif 0 < paragraph.level < level or index in empty:
            sections.append(SectionDraft(paragraph))
            draft = None
        elif draft is not None:
            draft.body.append(paragraph)
    end_last(sections)
    return sections


def _without_footer_headings(
    paragraphs: Sequence[Row], headings: list[int], languages: tuple[str, ...]
) -> tuple[list[int], int]:
    """Drop the headings of a footer, which have no link and no date while all others have both; return the end too."""
    linked = [paragraphs[index].link is not None for index in headings]
    count = linked.index(False) if False in linked else len(linked)
    spans = list(pairwise([*headings, len(paragraphs)]))
    dated = [any(date_line(part.text, languages) for part in paragraphs[start:end]) for start, end in spans]
    if count < 2 or count == len(linked) or any(linked[count:]) or any(dated[count:]) or not all(dated[:count]):
        return headings, len(paragraphs)
    return headings[:count], headings[count]


def _count_lines_above(paragraphs: Sequence[Row], headings: Sequence[int], languages: tuple[str, ...]) -> int:
    """Count the lines above the headings that belong to them: dates, or short texts that differ."""
    above = 0
    while above < _MOST_LINES_ABOVE:
        lines_above = [paragraphs[index - above - 1] for index in headings if index > above]
        dates = [is_date(paragraph.text, languages) for paragraph in lines_above]
        labels = [_is_label(paragraph) for paragraph in lines_above]
        differ = len({paragraph.text for paragraph in lines_above}) > 1
        if len(lines_above) < len(headings) or not (all(dates) or (all(labels) and differ and not any(dates))):
            break
        above += 1
    return above


def _is_label(paragraph: Row) -> bool:
    text = paragraph.text
    return 0 < len(text) <= _LABEL and paragraph.level == 0 and not ends_sentence(text)
