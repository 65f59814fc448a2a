"""Assign the paragraphs of each record to its fields, by their position and by what recurs in the listing.

In a record with a date, the paragraph above the date is the title, one above that the label, and the rest below is
the summary. If the date comes first, the title follows it. In a record without a date, the first of several
paragraphs is the label if it recurs in the listing, or if it is as short as the labels of other records and a
headline follows it; otherwise it is the title. A text that most records share is boilerplate ("Read more",
"3 comments"). The year of a credit is never a date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.dates.lines import date_line, is_date, is_weekday
from feeds.dates.parsing import find_date
from feeds.model import Item
from feeds.parsers.date_context import differ_only_in_numbers
from feeds.parsers.lexicon.bylines import CREDIT
from feeds.parsers.text.fields.dates import extract_date_labels, extract_datelines, split_date_lines
from feeds.parsers.text.fields.key_value import extract_key_values
from feeds.parsers.text.fields.labels import extract_recurring_labels, extract_title_labels
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import URL, Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import holds_sentence

_TAGS = re.compile(r"#[^\W\d_][\w-]*(?:,?\s+#[\w-]+)*$")
_CREDIT = 160
_HEADLINE = 160
_LABEL = 60
_PEERS = 3


def assign_fields(drafts: Sequence[RecordDraft], languages: tuple[str, ...]) -> list[Item]:
    """Return the items of all records, which are read together because what recurs explains single ones."""
    for draft in drafts:
        _recognise(draft, languages)
    extract_date_labels(drafts, languages)
    split_date_lines(drafts, languages)
    extract_datelines(drafts, languages)
    extract_key_values(drafts)
    extract_recurring_labels(drafts)
    dated = [draft for draft in drafts if draft.date and draft.title is None]
    _move_prose_below(dated)
    shape = _shape(dated)
    for draft in dated:
        _assign_dated(draft, shape)
    undated = [draft for draft in drafts if draft.date is None and draft.title is None]
    labels = Counter(key(draft.label.text) for draft in dated if draft.label) if undated else Counter()
    first_lines = Counter(key(draft.above[0].text) for draft in drafts if not draft.date and len(draft.above) > 1)
    longest = max((len(draft.label.text) for draft in dated if draft.label), default=0)
    if _are_labels_first(undated):
        first_lines.update({key(draft.above[0].text): 2 for draft in undated})
    for draft in undated:
        _assign_undated(draft, labels, first_lines, longest)
    _drop_label_of_first(drafts)
    extract_title_labels(drafts)
    numbered = differ_only_in_numbers([draft.label.text for draft in drafts if draft.label])
    for draft in drafts:
        if draft.day and (draft.date is None or find_date(draft.date.text, languages=languages) is None):
            draft.date = draft.day
        if draft.label and (numbered or _is_part_of_date(draft.label.text, languages)):
            draft.label = None
    return [_item(draft) for draft in drafts]


def _is_part_of_date(text: str, languages: tuple[str, ...]) -> bool:
    return text.isdecimal() or is_date(text, languages) or is_weekday(text, languages)


def _recognise(draft: RecordDraft, languages: tuple[str, ...]) -> None:
    seen_date = draft.date is not None
    heading = next((index for index, paragraph in enumerate(draft.body) if paragraph.level), 0)
    for index, paragraph in enumerate(draft.body):
        draft.link = draft.link or paragraph.link
        if not seen_date and (paragraph is draft.anchor or (draft.anchor is None and _is_date(paragraph, languages))):
            seen_date = True
            if _is_date(paragraph, languages):
                draft.date = paragraph
            else:
                draft.above.append(paragraph)
        elif draft.credit is None and len(paragraph.text) <= _CREDIT and CREDIT.match(paragraph.text):
            draft.credit = paragraph
        elif draft.label is None and paragraph.text.startswith("#") and _TAGS.match(paragraph.text):
            draft.label = paragraph._replace(text=paragraph.text.split()[0].strip("#,"))
        elif " " not in paragraph.text and URL.match(paragraph.text):
            draft.link = draft.link or paragraph.text
        elif seen_date and index >= heading:
            draft.below.append(paragraph)
        else:
            draft.above.append(paragraph)


def _is_date(paragraph: Row, languages: tuple[str, ...]) -> bool:
    """Whether a paragraph is a date, perhaps after a word or two; in a heading such words are a short title."""
    if not is_date(paragraph.text, languages):
        return False
    line = date_line(paragraph.text, languages) if paragraph.level else None
    return line is None or not line.before


def _move_prose_below(dated: Sequence[RecordDraft]) -> None:
    """Move prose from between title and date to below the date, if most records have it with an author after it."""
    found = [(draft, index) for draft in dated if (index := _inner_prose(draft.above))]
    if len(found) < _PEERS or len(found) * 10 < len(dated) * 8:
        return
    for draft, index in found:
        prose = [part for part in draft.above[index:] if holds_sentence(part.text)]
        draft.above, draft.below = draft.above[:index], prose + draft.below


def _inner_prose(parts: Sequence[Row]) -> int:
    """Return the index of the first prose that has a title above it and a line below it, else 0."""
    return next((index for index, part in enumerate(parts[1:-1], 1) if holds_sentence(part.text)), 0)


def _are_labels_first(undated: Sequence[RecordDraft]) -> bool:
    """Whether the first lines are labels: one or two words, half as long as the titles, some of them the same."""
    if len(undated) < _PEERS or any(len(draft.above) < 2 for draft in undated):
        return False
    first, second = ([draft.above[index].text for draft in undated] for index in (0, 1))
    brief = all(text.count(" ") < 2 for text in first) and _size(first) * 2 < _size(second)
    return brief and len(set(first)) < len(first) and len(set(second)) == len(second)


@dataclass(frozen=True, slots=True)
class _RecordShape:
    """How most dated records are built: date first, label next to the date, or with a subtitle.

    `inside` counts the short lines between date and title; the label is the one next to the date. If labels are above
    the titles, the lines between title and date are authors: `has_author_line`.
    """

    date_first: bool
    inside: int
    subtitled: bool
    labelled: bool
    has_author_line: bool = False


def _shape(dated: Sequence[RecordDraft]) -> _RecordShape:
    """Return the common shape: labels recur and are short, titles do not recur, subtitles are long and do not recur."""
    date_first = sum(not draft.above for draft in dated) * 2 > len(dated) or _labels_above(dated)
    pairs = [_from_date(draft, date_first)[:2] for draft in dated]
    near = [pair[0].text for pair in pairs if len(pair) == 2]
    far = [pair[1].text for pair in pairs if len(pair) == 2]
    all_differ = len(set(far)) == len(far)
    brief = len(near) >= _PEERS and all(text.count(" ") < 2 for text in near)
    brief = brief and not all(any(map(str.isdigit, text)) for text in near)
    recur = len(set(near)) < len(near) or brief
    inside = all_differ and recur and _size(near) * 2 < _size(far) and not _are_sentences(far)
    subtitle_is_prose = _are_sentences(near) and not _are_sentences(far)
    subtitled = all_differ and len(far) >= _PEERS and (subtitle_is_prose or _size(far) * 3 > _size(near) * 2)
    subtitled = subtitled and not date_first and not inside and len(far) * 2 > len(dated)
    subtitled = bool(dated) and subtitled and dated[0].number is None
    above = sum(len(draft.above) > 1 + subtitled for draft in dated)
    thirds = [part[2].text for draft in dated if len(part := _from_date(draft, date_first)) > 2]
    longest = _size(thirds) * 2 > max(_size(near), _size(far)) * 3 and not _are_sentences(thirds)
    if longest and len(set(thirds)) == len(thirds) >= len(dated) * 0.8 and len(set(near)) < len(near):
        return _RecordShape(date_first, 2, subtitled=False, labelled=False)
    labelled = not date_first and above * 10 >= len(dated) * 8
    recurring = len(set(thirds)) < len(thirds) and _size(thirds) * 2 < _size(far)
    has_author_line = inside and labelled and recurring and len(thirds) * 10 >= len(dated) * 8
    return _RecordShape(date_first, int(inside), subtitled, labelled, has_author_line)


def _from_date(draft: RecordDraft, date_first: bool) -> Sequence[Row]:
    """Return the paragraphs on the title's side of the date, nearest first."""
    return draft.below if date_first else draft.above[::-1]


def _labels_above(dated: Sequence[RecordDraft]) -> bool:
    """Whether the texts above the dates are labels: short and recurring, while the texts below the dates are not.

    The first record may have the heading of the listing above its label.
    """
    pairs = [(draft.above[-1].text, draft.below[0].text) for draft in dated if draft.below and draft.above]
    if len(pairs) < max(2, len(dated)) or any(len(draft.above) > 1 for draft in dated[1:]):
        return False
    above, below = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    return len(above) < len(below) == len(pairs) and _size(list(above)) * 2 < _size(list(below))


def _are_sentences(texts: Sequence[str]) -> bool:
    return sum(map(holds_sentence, texts)) * 2 > len(texts)


def _size(texts: Sequence[str]) -> int:
    return sum(map(len, texts))


def _assign_dated(draft: RecordDraft, shape: _RecordShape) -> None:
    headings = [part for part in (*draft.above, *draft.below) if part.level]
    if len(headings) == 1:
        [title] = headings
        labels = [part for part in draft.above if part.level == 0]
        draft.below = [part for part in draft.below if part.level == 0]
    elif draft.above and not (shape.date_first and draft.below):
        *labels, title = draft.above
        if len(labels) >= shape.inside > 0:
            rest = labels[: -shape.inside] if shape.has_author_line else []
            labels, title = rest or [title], labels[-shape.inside]
        elif labels and shape.subtitled:
            draft.below.insert(0, title)
            *labels, title = labels
    elif draft.below:
        title, *draft.below = draft.below
        labels = draft.above
        if len(draft.below) >= shape.inside > 0 and len(title.text) <= _LABEL:
            labels, title = [title], draft.below[shape.inside - 1]
            draft.below = draft.below[shape.inside :]
    else:
        return
    draft.title = title
    above = labels[-1] if labels else None
    draft.label = (above or draft.label) if shape.labelled else (draft.label or above)


def _assign_undated(draft: RecordDraft, labels: Counter[str], first_lines: Counter[str], longest: int) -> None:
    if not draft.above:
        return
    headings = [part for part in draft.above if part.level]
    if headings:
        draft.title = headings[0]
        draft.below = [part for part in draft.above if part is not draft.title]
        return
    first, *rest = draft.above
    name = key(first.text)
    recurs = labels[name] > 0 or first_lines[name] > 1
    short = rest != [] and len(first.text) <= min(2 * longest, len(rest[0].text))
    if (recurs and (rest or labels[name])) or (short and _is_headline(rest[0].text)):
        draft.label = first
        draft.title, draft.below = (rest[0], rest[1:]) if rest else (None, [])
    else:
        draft.title, draft.below = first, rest


def _drop_label_of_first(drafts: Sequence[RecordDraft]) -> None:
    """Drop the label of the first record if no other has one, unless it has a marker: it is the listing's heading."""
    if len(drafts) < _PEERS or any(draft.label for draft in drafts[1:]):
        return
    first = drafts[0]
    if first.label and first.title and first.label.line < first.title.line and not first.has_marker:
        first.label = None


def _is_headline(text: str) -> bool:
    return len(text) <= _HEADLINE and not text.endswith((".", "。", "…"))


def _item(draft: RecordDraft) -> Item:
    found = {
        "credit": draft.credit,
        "label": draft.label,
        "title": draft.title,
        "date": draft.date,
    }
    lines = {name: paragraph.line for name, paragraph in found.items() if paragraph}
    if draft.below:
        lines["summary"] = draft.below[0].line
    return Item(
        line=draft.line,
        number=draft.number,
        credit=_text(draft.credit),
        label=_text(draft.label),
        title=_text(draft.title),
        date=_text(draft.date),
        summary="\n\n".join(paragraph.text for paragraph in draft.below) or None,
        link=(draft.title and draft.title.link) or draft.link,
        lines=lines,
    )


def _text(paragraph: Row | None) -> str | None:
    return paragraph.text if paragraph else None
