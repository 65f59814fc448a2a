"""Text from a source, normalised for a feed: legal characters, keys, slugs, sanitised HTML.

HTML is sanitised before `clean`: nh3 decodes character references and so creates characters that XML 1.0 forbids,
and one of them would make a whole feed invalid.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import nh3
from slugify import slugify

SLUG_LENGTH = 64

_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
# C1 controls are Windows-1252 punctuation that was decoded as Latin-1.
_C1 = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0) if code != 0x85}
_HAS_C1 = re.compile("[\x80-\x84\x86-\x9f]")

_TAGS = {"p", "br", "a", "em", "strong", "b", "i", "code", "pre", "ul", "ol", "li", "blockquote"}


def clean(text: str) -> str:
    """Return a text without characters that XML 1.0 forbids, with cp1252 punctuation restored and `\\n` line ends."""
    if _HAS_C1.search(text):
        text = text.translate(_C1)
    text = _NEWLINES.sub("\n", text)
    return _ILLEGAL.sub("", text)


def line(text: str) -> str:
    """Return a text as one line: cleaned, white space collapsed, bidirectional controls removed."""
    if text.isprintable():
        return " ".join(text.split())
    return _SPACE.sub(" ", _BIDI_CONTROLS.sub("", clean(text))).strip()


def paragraphs(text: str) -> str:
    """Return the paragraphs of a text, each as one `line`, separated by a blank line."""
    if text.isprintable():
        return line(text)
    parts = (line(part) for part in re.split(r"\n[^\S\n]*\n", clean(text)))
    return "\n\n".join(part for part in parts if part)


def key(label: str) -> str:
    """Return the key of a label, which is equal for spellings that differ in case, spacing or punctuation.

    It is not empty: a label of punctuation only is its own key.
    """
    folded = unicodedata.normalize("NFKC", label).casefold()
    return _NOT_WORD.sub(" ", folded).strip() or folded.strip()


def slug(text: str) -> str:
    """Return a name for an address: `[a-z0-9-]`, 1 to 64 characters, equal for texts with the same key."""
    name = key(text)
    return slugify(name, max_length=SLUG_LENGTH, word_boundary=True) or "feed-" + short_hash(name)


def short_hash(text: str) -> str:
    """Return eight hexadecimal digits that depend on the text only."""
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=4).hexdigest()


def sanitise(html: str) -> str:
    """Return safe HTML: tags of an allowlist, http, https and mailto links, no images."""
    return clean(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes={"a": {"href", "title"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )


def words(text: str) -> frozenset[str]:
    """Return the set of words of a text."""
    return frozenset(text.split())
