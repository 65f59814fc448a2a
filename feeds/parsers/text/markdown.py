"""Remove Markdown and numbered link notes from a text, and keep the links' targets.

Links become placeholders made of control characters, which `rows` removes again. They cannot occur in a document,
because decoding has removed every control character. A link's text may run over the end of a line; line numbers
stay right all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

LINE_BREAK = "\x01"
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
_NOTE_NUMBER = re.compile(r"\[(\d{1,4})\](?=\S)")
_EMPHASIS = re.compile(r"(?<![\w*_])(\*\*|__|\*|_)(?=\S)((?:(?!\1)[^\n]){1,200}?)(?<=\S)\1(?![\w*_])")
# An address in angle brackets belongs to the text before it on the line.
_LINE_ADDRESS = re.compile(r"(?<=\S)[ \t]+<(https?://[^\s<>]+)>")
# A line that is bold as a whole is a text of its own, as a line that is one link is. It gets an empty link.
_BOLD_LINE = re.compile(r"(?m)^([ \t]*(?:[-*+][ \t]+)?)(\*\*|__)(?=\S)((?:(?!\2)[^\n\x02]){1,200})(?<=\S)\2[ \t]*$")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|>-])")
# Attributes in braces and fenced divs, as pandoc writes them.
_SPAN = re.compile(r"\[([^\[\]\n]+)\](?=\{[.#])")
_ATTRIBUTES = re.compile(r"(?<=\S) ?\{[.#][^{}\n]*\}|(?m:^:{3,}.*$)")
_REFERENCE = re.compile(r"(?m)^ {0,3}\[([^\[\]\n^]+)\]:[ \t]+<?([^\s<>]+)>?(?:[ \t]+[\"'(].*)?[ \t]*$")
_REFERENCE_USE = re.compile(r"(?<![\]\\!])\[([^\[\]\n]+)\](?:\[([^\[\]\n]*)\])?(?![(:])")
# Headings of Org mode below its first level. A single one is a footnote.
_ORG_HEADING = re.compile(r"(?m)^(\*{2,6})(?=[ \t]+\S)")
_LINKED_HEADING = re.compile(r"#{1,6}[ \t]+")
_HEADING = re.compile(r"(?m)^#{1,6}[ \t]+\S")


def strip_markup(text: str) -> tuple[str, bool]:
    """Return the text with placeholders for links and without emphasis, and whether it is Markdown."""
    if " <http" in text:
        text = _LINE_ADDRESS.sub(f"\x02\\1{LINK_END}", text)
    if ("[" in text and ("](" in text or _has_references(text))) or ("#" in text and _HEADING.search(text)):
        if ("{." in text or "{#" in text) and _ATTRIBUTES.search(text):
            text = _ATTRIBUTES.sub("", _SPAN.sub(r"\1", text))
        text = _INLINE.sub(_link_placeholder, _IMAGE.sub("", text))
        if "]: " in text and (targets := {name.casefold(): to for name, to in _REFERENCE.findall(text)}):
            text = _REFERENCE_USE.sub(partial(_resolve_reference, targets), _REFERENCE.sub("", text))
        text = _BOLD_LINE.sub(f"\\1{LINK_START}\\3\x02{LINK_END}", text)
        text = _ESCAPE.sub(r"\1", _EMPHASIS.sub(r"\2", text))
        return text, True
    if text.count("\n** ") > 1:
        text = _ORG_HEADING.sub(lambda match: "#" * len(match[1]), text)
    if "[" in text and "[1]" in text and (notes := dict(_NOTE.findall(text))):
        text = _NOTE.sub("", text)
        text = _NOTE_NUMBER.sub(lambda match: f"\x02{notes.get(match[1], '')}{LINK_END}", text)
    return text, False


def _has_references(text: str) -> bool:
    return "][" in text and "]: " in text and _REFERENCE.search(text) is not None


def _resolve_reference(targets: Mapping[str, str], match: re.Match[str]) -> str:
    """Return the placeholder of a reference link (`[2.4.1]`, `[this][2]`), or the brackets unchanged."""
    target = targets.get((match[2] or match[1]).casefold())
    return match[0] if target is None else f"{LINK_START}{match[1]}\x02{target}{LINK_END}"


def _link_placeholder(match: re.Match[str]) -> str:
    text, level = match[1], ""
    if text.startswith("#") and (heading := _LINKED_HEADING.match(text)):
        # A card that is one link: its heading is a heading only at the beginning of the line.
        begins = match.start() == 0 or match.string[match.start() - 1] == "\n"
        text, level = text[heading.end() :], heading[0] if begins else ""
    return f"{level}{LINK_START}{text.replace(chr(10), LINE_BREAK)}\x02{match[2]}{LINK_END}"
