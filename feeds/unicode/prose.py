"""Whether a text reads as prose or as a line: a title, a label, a name."""

from __future__ import annotations

import re

PROSE = 80
_TAIL = 8
_SENTENCE_END = re.compile(r"""[.!?…。！？।؟]["'”’»)\]]*$""")

_WITHIN = re.compile(r"""[^\W\d_]{4}[.!?…]["'”’»)\]]?\s+\S""")


def ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text[-_TAIL:]) is not None


def holds_sentence(text: str) -> bool:
    """Tell what ends like a sentence, or goes on behind the end of one: "… as usual. Read more"."""
    return ends_sentence(text) or _WITHIN.search(text) is not None


def is_prose(text: str) -> bool:
    """Tell prose from a title. A title may be a question; prose that is one has more than one sentence."""
    if len(text) > PROSE:
        return True
    return ends_sentence(text) and (text.endswith((".", "。", "…", "।")) or ends_sentence(text.split(" ")[-2:][0]))


def weight(text: str) -> int:
    """The length of a text in letters; an ideograph says as much as two."""
    return len(text) if text.isascii() else len(text) + sum(char > "\u2e7f" for char in text)
