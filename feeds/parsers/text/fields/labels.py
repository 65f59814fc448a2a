"""Find what recurs from record to record: boilerplate to be dropped, and labels within other fields."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from feeds.parsers.date_context import mask_digits
from feeds.parsers.lexicon.bylines import is_byline
from feeds.parsers.lexicon.field_names import role_of
from feeds.parsers.text.fields.boilerplate import FEWEST, LONGEST_LABEL, drop_boilerplate
from feeds.parsers.text.fields.slots import extract_positional_labels
from feeds.parsers.text.record import RecordDraft
from feeds.parsers.text.rows import Row
from feeds.unicode.normalise import key
from feeds.unicode.prose import ends_sentence, is_prose

_DraftRow = tuple[RecordDraft, Row, str]
_LINE = 120
_NAME = 40
_BAR = re.compile(r"\s[|·•]\s")
_SEPARATOR = re.compile(r"\s*[|,;，、·•]\s*")
# Text that a separator sets apart from a title is a label, even if it never recurs.
_MARKED = (
    re.compile(r"[\[【［〔(（<](?P<label>[^\]】］〕)）>]{1,40})[\]】］〕)）>]\s*(?P<title>.{4,})"),
    re.compile(r"(?P<title>.{4,}?)\s+#(?P<label>[\w-]{2,40})(?:\s+#[\w-]+)*$"),
    re.compile(r"(?P<title>.{4,}?)\s+:(?P<label>[\w@]{2,40})(?::[\w@]+)*:$"),
)
_SEPARATED = (*_MARKED, re.compile(r"(?P<label>[^|·•]{1,40}?)\s+[|·•]\s+(?P<title>.{4,})"))
_TITLE_PATTERNS = (
    *_SEPARATED,
    re.compile(r"(?P<label>[\u3040-\u30ff\u4e00-\u9fff]{1,10}) (?P<title>\S.{3,})"),
    re.compile(r"(?P<label>[^:：\d]{2,30})[:：]\s+(?P<title>.{4,})"),
    re.compile(r"(?P<title>.{4,})\s*[\[【［〔(（](?P<label>[^\]】］〕)）]{1,40})[\]】］〕)）]$"),
    re.compile(r"(?P<title>.{4,})\s+[|·•]\s+(?P<label>[^|·•]{1,40})$"),
)
# No pattern above matches a title without one of these.
_SEPARATOR_CHARACTER = re.compile("[\\[【［〔(（<|·•:：#\u3040-\u30ff\u4e00-\u9fff]")


def extract_recurring_labels(drafts: Sequence[RecordDraft]) -> None:
    """Take the labels among the recurring lines of records, and remove the other recurring lines and authors."""
    if len(drafts) < FEWEST:
        return
    counters = _counter_lines(drafts)
    if not _leave_titles(drafts, counters):
        counters = set()
    author_word = _author_word(drafts)
    below = _are_titles_below(drafts)
    for draft in drafts:
        if author_word and len(draft.above) > 1 and draft.above[-1].text.startswith(author_word):
            draft.above.pop()
        kept = [part for part in draft.above if not is_byline(part.text) and mask_digits(part.text) not in counters]
        draft.above = kept if kept or (below and counters) else draft.above
    if any(len(part.text) <= _LINE for draft in drafts for part in draft.below):
        extract_positional_labels(drafts)
        drop_boilerplate(drafts)
        _extract_label_lines(drafts)
        _extract_label_lists(drafts)


def _are_titles_below(drafts: Sequence[RecordDraft]) -> bool:
    """Whether the titles are below the dates: lines that are not prose, all of them different."""
    firsts = [draft.below[0].text for draft in drafts if draft.below]
    prose = sum(map(is_prose, firsts))
    return len(set(firsts)) == len(firsts) == len(drafts) and prose * 4 < len(firsts)


def _author_word(drafts: Sequence[RecordDraft]) -> str:
    """Return the word, with a space, that precedes an author above most dates, or ""."""
    words = Counter(
        draft.above[-1].text.partition(" ")[0] + " "
        for draft in drafts
        if len(draft.above) > 1 and is_byline(draft.above[-1].text)
    )
    word, count = max(words.items(), key=lambda found: found[1], default=("", 0))
    return word if count * 10 >= len(drafts) * 6 else ""


def _counter_lines(drafts: Sequence[RecordDraft]) -> set[str]:
    """Return the lines, with their digits masked, that most records have above the date: "Release no. 24-031"."""
    lines = Counter(
        text
        for draft in drafts
        for text in {
            mask_digits(part.text) for part in draft.above if len(part.text) <= LONGEST_LABEL and not part.level
        }
        if "0" in text
    )
    return {text for text, count in lines.items() if count * 10 >= len(drafts) * 6}


def _leave_titles(drafts: Sequence[RecordDraft], counters: Collection[str]) -> bool:
    """Whether the lines next to these do not recur and can be titles; if not, these are the titles."""
    others = [[part.text for part in draft.above if mask_digits(part.text) not in counters] for draft in drafts]
    nearest = [texts[-1] for texts in others if texts]
    second = [texts[-2] for texts in others if len(texts) > 1]
    return len(set(nearest)) == len(nearest) or len(set(second)) == len(second) == len(drafts)


@dataclass(frozen=True, slots=True)
class _SimilarLines:
    """Lines of several records that begin with the same words, and their values.

    `named` says that the shared words name a label, `listed` that other text follows after a separator. `differ` is
    the number of different values divided by the number of values, or 2 for names of persons and places.
    """

    rows: Sequence[_DraftRow]
    named: bool
    listed: bool
    differ: float


def _extract_label_lines(drafts: Sequence[RecordDraft]) -> None:
    """Take the label from lines below the titles that begin with the same words: "Posted in …", "Topics: …".

    Of several such lines, the one that names a label wins, then the one whose values recur most. The values need not
    recur if the line names a label, or if other text follows: "Posted in Tides | 3 comments".
    """
    lines = [(draft, part) for draft in drafts for part in draft.below if _is_line(part.text)]
    openings = Counter(opening for _, opening in dict.fromkeys((id(a), _opening(b.text)) for a, b in lines))
    common = [name for name, count in openings.items() if count * 10 >= len(drafts) * 6]
    if not common:
        return
    found = [_values([line for line in lines if _opening(line[1].text) == opening]) for opening in common]
    best = min(found, key=lambda lines: (not lines.named, lines.differ > 1, not lines.listed, lines.differ))
    if best.differ > 1 or (best.differ == 1 and not (best.named or best.listed)):
        return
    for draft, part, value in best.rows:
        draft.below = [other for other in draft.below if other is not part]
        if draft.label is None and 0 < len(value) <= LONGEST_LABEL and not any(map(str.isdigit, value)):
            draft.label = part._replace(text=value)


def _values(lines: Sequence[tuple[RecordDraft, Row]]) -> _SimilarLines:
    """Cut the words that all lines share off both ends; return the remaining values, classified by those words."""
    words = [part.text.split() for _, part in lines]
    start = _count_shared_words(words)
    end = _count_shared_words([row[start:][::-1] for row in words])
    name = role_of(" ".join(words[0][:start]))
    rows = [
        (draft, part, _SEPARATOR.split(" ".join(row[start : len(row) - end]))[0])
        for (draft, part), row in zip(lines, words, strict=True)
    ]
    differ = len({key(value) for _, _, value in rows}) / len(rows)
    other = name == "other" or any(is_byline(part.text) for _, part in lines)
    listed = all(_BAR.search(part.text) for _, part in lines)
    return _SimilarLines(rows, name == "label", listed, 2 if other else differ)


def _is_line(text: str) -> bool:
    return len(text) <= _LINE and not ends_sentence(text) and len(text.split()) > 1


def _opening(text: str) -> str:
    """Return the name of a line: the word before its colon, or its first two words."""
    words = text.casefold().split(maxsplit=2)
    return words[0] if len(words) < 3 or words[0].endswith((":", "：")) else " ".join(words[:2])


def _count_shared_words(rows: Sequence[Sequence[str]]) -> int:
    """Count the words that all rows begin with, never including the last word of a row."""
    count = 0
    while all(len(row) > count + 1 for row in rows) and len({row[count].casefold() for row in rows}) == 1:
        count += 1
    return count


def _extract_label_lists(drafts: Sequence[RecordDraft]) -> None:
    """Take the label from lines below the titles that list several recurring labels: "Tides, Maps"."""
    lists = [(draft, part) for draft in drafts for part in draft.below[not draft.above :] if _is_list(part.text)]
    names = [_SEPARATOR.split(part.text) for _, part in lists]
    counts = Counter(key(name) for row in names for name in row)
    found = {
        id(draft): (draft, part, row[0])
        for (draft, part), row in zip(lists, names, strict=True)
        if any(counts[key(name)] > 1 for name in row)
    }
    if len(found) * 10 < len(drafts) * 6 or max(map(len, names)) == 1:
        return
    for draft, part, name in found.values():
        draft.below = [other for other in draft.below if other is not part]
        draft.label = draft.label or part._replace(text=name)


def _is_list(text: str) -> bool:
    if len(text) > _LINE or ends_sentence(text):
        return False
    return all(len(name) <= _NAME for name in _SEPARATOR.split(text))


def extract_title_labels(drafts: Sequence[RecordDraft]) -> None:
    """Take the label out of the titles, if nearly all have one after or before a separator, and labels recur.

    Names that recur next to the dates are then authors, not labels.
    """
    titled = [draft for draft in drafts if draft.title]
    labelled = any(draft.label for draft in drafts)
    with_separator = sum(
        draft.title is not None and _SEPARATOR_CHARACTER.search(draft.title.text) is not None for draft in titled
    )
    if len(titled) < FEWEST or with_separator * 10 < len(titled) * 8:
        return
    for pattern in _SEPARATED if labelled else _TITLE_PATTERNS:
        found = [
            (draft, match) for draft in titled if (match := pattern.match(draft.title.text if draft.title else ""))
        ]
        labels = Counter(key(match["label"]) for _, match in found)
        differ = len(labels) * 4 > len(found) * 3 and pattern not in _MARKED
        if len(found) * 10 < len(titled) * 8 or differ or len(labels) == 1:
            continue
        for draft, match in found:
            assert draft.title
            draft.label = draft.title._replace(text=match["label"].strip())
            draft.title = draft.title._replace(text=match["title"].strip())
        return
