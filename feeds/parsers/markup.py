"""Markdown and numbered link notes in a text → the text without them, and what they pointed to.

Links become private marks that `lines` takes out again: no mark can be in a document, because decoding has
removed every control character. A link's text may run over a line's end; the line is counted all the same.
"""

from __future__ import annotations

import re

WRAP = "\x01"
LINK_START = "\x04"
LINK_END = "\x03"
LINK = re.compile(f"\x02([^{LINK_END}]*){LINK_END}")

_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"\n]*\")?\)")
_INLINE = re.compile(
    r"\[((?:[^\[\]\n]|\n(?!\s*\n))*)\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))*)>?(?:\s+(?:\"[^\"\n]*\"|'[^'\n]*'))?\s*\)"
)
_NOTE = re.compile(
    r"(?m)^[ \t]*\[?(\d{1,4})[.\]:][ \t]+(?:Visible links:)?[ \t]*((?:https?|ftp|file|mailto):\S+)[ \t]*$"
)
_NOTED = re.compile(r"\[(\d{1,4})\](?=\S)")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)((?:(?!\1)[^\n]){1,200}?)(?<=\S)\1(?![\w*_])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>-])")
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]+\S")


def strip_markup(text: str) -> tuple[str, bool]:
    """Replace links by marks, remove emphasis, and tell whether the text is Markdown."""
    if ("[" in text and "](" in text) or ("#" in text and _HEADING.search(text)):
        text = _INLINE.sub(_marked, _IMAGE.sub("", text))
        text = _ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", text))
        return text, True
    if "[" in text and "[1]" in text and (notes := dict(_NOTE.findall(text))):
        text = _NOTE.sub("", text)
        text = _NOTED.sub(lambda match: f"\x02{notes.get(match[1], '')}{LINK_END}", text)
    return text, False


def _marked(match: re.Match[str]) -> str:
    return f"{LINK_START}{match[1].replace(chr(10), WRAP)}\x02{match[2]}{LINK_END}"
