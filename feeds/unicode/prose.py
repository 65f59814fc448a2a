"""Whether a text is prose or a short line: a title, a label, a name."""

from __future__ import annotations

import re

PROSE = 80
_TAIL = 8
_SENTENCE_END = re.compile(r"""[.!?…。！？।؟]["'”’»)\]]*$""")

_WITHIN = re.compile(r"""[^\W\d_]{4}[.!?…]["'”’»)\]]?\s+\S""")


def ends_sentence(text: str) -> bool:
    """Whether a text ends like a sentence."""
    return _SENTENCE_END.search(text[-_TAIL:]) is not None


def holds_sentence(text: str) -> bool:
    """Whether a text ends like a sentence, or has the end of one within it: "… as usual. Read more"."""
    return ends_sentence(text) or _WITHIN.search(text) is not None


def is_prose(text: str) -> bool:
    """Whether a text is prose. A title may be a question; a question is prose after another sentence."""
    if len(text) > PROSE:
        return True
    return ends_sentence(text) and (text.endswith((".", "。", "…", "।")) or ends_sentence(text.split(" ")[-2:][0]))


def display_width(text: str) -> int:
    """Return the length of a text in letters, where an ideograph counts as two."""
    return len(text) if text.isascii() else len(text) + sum(char > "\u2e7f" for char in text)
