"""The paragraphs of each record → its fields, by their place and by what recurs in the listing.

With a date, the paragraph above it is the title and one above that the label; what is below is the summary.
Where the date comes first, the title follows it. Without a date the first of several paragraphs is the
label if it recurs in the listing, or if it is as short as the others' labels and a headline follows it;
else it is the title. A credit's year is never a date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from feeds.dates import LONGEST, parse_date
from feeds.model import Item
from feeds.parsers.lines import Paragraph
from feeds.text import key

CREDIT = re.compile(
    r"\s*(?:[©℗]|\(c\)\s|(?:photo|foto|image|imagen|immagine|picture|bild|фото|φωτο|写真|撮影|摄影|攝影|사진|صورة|תמונה)"
    r"[\w ]{0,24}[:：©])",
    re.I,
)
_SENTENCE_END = re.compile(r"""[.!?…。！？।؟]["'”’»)\]]*$""")
_DIGIT = re.compile(r"\d")
_HEADLINE = 160


@dataclass(slots=True)
class Draft:
    """A record on its way to an Item: its paragraphs in order, and what has been recognised."""

    line: int
    number: int | None
    body: list[Paragraph]
    credit: Paragraph | None = None
    date: Paragraph | None = None
    above: list[Paragraph] = field(default_factory=list)
    below: list[Paragraph] = field(default_factory=list)
    label: Paragraph | None = None
    title: Paragraph | None = None


def ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


def is_date(text: str, languages: tuple[str, ...]) -> bool:
    """Tell a line that is a date and nothing else. Most lines are too long or have no digit."""
    if len(text) > LONGEST or not _DIGIT.search(text):
        return False
    return parse_date(text, languages=languages, day_first=True) is not None or (
        parse_date(text, languages=languages, day_first=False) is not None
    )


def assign(drafts: Sequence[Draft], languages: tuple[str, ...]) -> list[Item]:
    """Give every draft its fields. They are read together: what recurs in one explains another."""
    for draft in drafts:
        _recognise(draft, languages)
    dated = [draft for draft in drafts if draft.date]
    date_first = sum(not draft.above for draft in dated) * 2 > len(dated)
    for draft in dated:
        _place(draft, date_first)
    labels = Counter(key(draft.label.text) for draft in dated if draft.label)
    openers = Counter(key(draft.above[0].text) for draft in drafts if not draft.date and len(draft.above) > 1)
    longest = max((len(draft.label.text) for draft in dated if draft.label), default=0)
    for draft in drafts:
        if draft.date is None:
            _place_undated(draft, labels, openers, longest)
    return [_item(draft) for draft in drafts]


def _recognise(draft: Draft, languages: tuple[str, ...]) -> None:
    for paragraph in draft.body:
        if draft.date is None and is_date(paragraph.text, languages):
            draft.date = paragraph
        elif draft.credit is None and CREDIT.match(paragraph.text):
            draft.credit = paragraph
        elif draft.date is None:
            draft.above.append(paragraph)
        else:
            draft.below.append(paragraph)


def _place(draft: Draft, date_first: bool) -> None:
    if draft.above and not (date_first and draft.below):
        *labels, draft.title = draft.above
        if labels:
            draft.label = labels[-1]
    elif draft.below:
        draft.title, *draft.below = draft.below
        draft.label = draft.above[-1] if draft.above else None


def _place_undated(draft: Draft, labels: Counter[str], openers: Counter[str], longest: int) -> None:
    if not draft.above:
        return
    first, *rest = draft.above
    name = key(first.text)
    recurs = labels[name] > 0 or openers[name] > 1
    short = longest > 0 and len(first.text) <= longest
    if (recurs and (rest or labels[name])) or (short and len(rest) > 1 and _is_headline(rest[0].text)):
        draft.label = first
        draft.title, draft.below = (rest[0], rest[1:]) if rest else (None, [])
    else:
        draft.title, draft.below = first, rest


def _is_headline(text: str) -> bool:
    return len(text) <= _HEADLINE and not text.endswith((".", "。", "…"))


def _item(draft: Draft) -> Item:
    found = {"credit": draft.credit, "label": draft.label, "title": draft.title, "date": draft.date}
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
        lines=lines,
    )


def _text(paragraph: Paragraph | None) -> str | None:
    return paragraph.text if paragraph else None
