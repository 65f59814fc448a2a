"""The charset of bytes that declare none, or a wrong one.

Labels of charsets have the meaning that browsers give them (WHATWG Encoding), which differs from Python's: pages
declared as `gb2312` use characters of GB 18030. Bytes that are not UTF-8 are read in the legacy charsets of their
language first: that of the document, or else the configured one. Then those charsets are tried that have a script of
their own. A charset is taken if more of its words are plausible than of those of Windows-1252.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from functools import lru_cache

from feeds.unicode.language_tags import normalise_tag
from feeds.unicode.legacy_charsets import (
    CHARSETS,
    CODECS,
    FREQUENT_LETTERS,
    LETTERS,
    MIN_SHARES,
    MULTIBYTE,
    OF_ANY_LANGUAGE,
)

_WESTERN = "cp1252"
_MIN_SHARE = 0.5
_MIN_SCORE = 0.8
_MIN_SCORE_IN_LANGUAGE = 0.5
_THAI = frozenset(map(chr, range(0xE31, 0xE4F)))  # vowels and tones, which Unicode does not count as letters
_SAMPLE = 20_000
_LANGUAGE = re.compile(rb"""<html[^>]{0,400}?\slang\s*=\s*["']?([\w-]{2,64})""", re.I)
_MARKUP = re.compile(rb"<(?:script|style).*?</(?:script|style)|<[^>]*>", re.I | re.S)
_WORD = re.compile(r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")
_WITHIN_ASCII = re.compile("[A-Za-z][^\x00-\x7f]{1,2}[A-Za-z]")
_QUOTES = "«»„“”‘’‚–—…·©®°§€№"


def codec_of(label: str) -> str:
    """Return the name of the Python codec for a label, as browsers understand it."""
    return CODECS.get(label.strip().lower(), label)


def detect_charset(body: bytes, language: str | None = None) -> str | None:
    """Return the charset in which bytes have the most words, or None if Windows-1252 is as good.

    `language` is the configured tag; a tag in the document itself takes precedence.
    """
    sample = _MARKUP.sub(b" ", body[: 5 * _SAMPLE])[:_SAMPLE]
    declared = _LANGUAGE.search(body[:2048])
    tag = normalise_tag(declared[1].decode("ascii")) if declared else None
    # Templates are in English, and their tag is often left in pages of other languages.
    if tag is None or tag.partition("-")[0] == "en":
        tag = language
    return (_in_language(sample, tag) if tag else None) or _by_script(sample)


def _in_language(sample: bytes, tag: str) -> str | None:
    """Return the charset of a language in which the sample has the most words of it; None if it has few."""
    with_script = "-".join(tag.split("-")[:2])
    language = with_script if with_script in CHARSETS else tag.partition("-")[0]
    letters = LETTERS.get(language)
    scores = {charset: _score_in_language(sample, charset, letters) for charset in CHARSETS.get(language, ())}
    if not scores:
        return None
    best = max(scores, key=lambda charset: scores[charset])
    western, _ = _score_in_language(sample, _WESTERN, letters)
    return best if scores[best][0] >= max(_MIN_SCORE_IN_LANGUAGE, western) else None


def _score_in_language(sample: bytes, charset: str, letters: Set[str] | None) -> tuple[float, float]:
    """Return the share of plausible words among those beyond ASCII, and that of frequent letters."""
    text = sample.decode(charset, "replace")
    frequency = _frequency(text, charset)
    if charset in MULTIBYTE and (not _is_valid(sample, charset) or frequency < MIN_SHARES[charset]):
        return 0.0, 0.0
    words = list(_foreign_words(text))
    plausible = sum(
        _is_word(word) and (letters is None or all(char.isascii() or char in letters for char in word))
        for word in words
    )
    return (plausible / len(words) if words else 0.0), frequency


def _by_script(sample: bytes) -> str | None:
    """Return the charset with a script of its own in which the sample has the most words; None if it has few."""
    scores = {charset: _score(sample, charset) for charset in OF_ANY_LANGUAGE}
    best = max(scores, key=lambda charset: scores[charset])
    return best if scores[best] >= _MIN_SCORE and scores[best] > _score(sample, _WESTERN) else None


def _score(sample: bytes, charset: str) -> float:
    """Return the share of plausible words among those beyond ASCII; 0 if the letters do not fit the charset."""
    text = sample.decode(charset, "ignore" if charset in MULTIBYTE else "replace")
    if charset in MULTIBYTE and not _is_valid(sample, charset):
        return 0.0
    if charset in FREQUENT_LETTERS and _frequency(text, charset) < MIN_SHARES.get(charset, _MIN_SHARE):
        return 0.0
    words = list(_foreign_words(text))
    return sum(_is_word(word) for word in words) / len(words) if words else 0.0


def _frequency(text: str, charset: str) -> float:
    """Return the share of the charset's frequent letters among the letters beyond ASCII."""
    pattern = _frequent(charset)
    letters = [char for char in text if char > "\x7f" and (char.isalpha() or char in _THAI)]
    if pattern is None or not letters:
        return 0.0
    return sum(pattern.fullmatch(char) is not None for char in map(str.lower, letters)) / len(letters)


def _is_valid(sample: bytes, charset: str) -> bool:
    """Whether nearly all bytes are valid in the charset; a sample may end within a character."""
    bad = sample.decode(charset, "replace").count("\ufffd")
    return bad * 50 <= max(50, sum(byte > 0x7F for byte in sample))


@lru_cache(maxsize=64)
def _frequent(charset: str) -> re.Pattern[str] | None:
    if charset == "gb18030":
        return _common_in("gb2312", range(0xB0, 0xD8))
    if charset == "big5hkscs":
        return _common_in("big5", range(0xA4, 0xC7))
    return re.compile(FREQUENT_LETTERS[charset]) if charset in FREQUENT_LETTERS else None


def _common_in(codec: str, leads: range) -> re.Pattern[str]:
    """Return a pattern of the ideographs in everyday use, which the old standards put first."""
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    common = (bytes((lead, trail)).decode(codec, "ignore") for lead in leads for trail in trails)
    return re.compile(f"[{''.join(char for char in common if char > chr(0x7F))}]")


def _foreign_words(text: str) -> Iterator[str]:
    for word in _WORD.findall(text):
        if not word.isascii() and (bare := word.strip(_QUOTES)) and not bare.isascii():
            yield bare


def _is_word(word: str) -> bool:
    """Whether a word has letters of one script, capitals first, and mostly plain ones if it is Latin."""
    if any(char >= "\u0590" and char.isalpha() for char in word):
        return not any("\x80" <= char < "\u0590" for char in word) and _WITHIN_ASCII.search(word) is None
    latin = sum(char < "\u0250" for char in word)
    if not all(char.isalpha() or char in "’'-" for char in word) or latin not in {0, len(word)}:
        return False
    plain = sum(char.isascii() for char in word)
    shaped = word.isupper() or word[1:].islower() or len(word) == 1
    return shaped and (latin == 0 or plain * 2 >= len(word) or (plain > 0 and len(word) < 4))
