"""The charset of bytes that declare none, or a wrong one.

Labels of charsets have the meaning that browsers give them (WHATWG Encoding), which differs from Python's: pages
declared as `gb2312` use characters of GB 18030. Bytes that are not UTF-8 are read in the legacy charsets of the
document's language and in those that have a script of their own; the one whose text has the most words wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from feeds.unicode.language_tags import normalise_tag

_LABELS = {
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "logical"), "iso-8859-8"),
    "x-mac-cyrillic": "mac-cyrillic",
}
_CENTRAL, _CYRILLIC = ("cp1250", "iso-8859-2"), ("cp1251", "koi8-u")
_OF_LANGUAGES = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "hr", "sl", "bs", "ro", "sq"), _CENTRAL),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk"), _CYRILLIC),
    **dict.fromkeys(("lt", "lv", "et"), ("cp1257",)),
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256",)),
    **dict.fromkeys(("tr", "az"), ("cp1254",)),
    "ja": ("cp932", "euc-jp"),
    "zh": ("gb18030", "big5hkscs"),
    "ko": ("cp949",),
    "el": ("cp1253",),
    "he": ("cp1255",),
    "th": ("cp874",),
}
# Patterns of frequent letters: at least half of the letters of a text in these charsets are among them.
_FREQUENT = {
    "cp932": "[\u3041-\u30fe]",
    "euc-jp": "[\u3041-\u30fe]",
    "cp949": "[\uac00-\ud7a3]",
    "gb18030": "",
    "big5hkscs": "",
    "cp1251": "[аеинорствлкмдпі]",
    "koi8-u": "[аеинорствлкмдпі]",
    "cp1253": "[αάοόιίεέτσςνρ]",
    "cp1255": "[אבהוילמרשת]",
    "cp1256": "[ابتدرلمنوية]",
    "cp874": "[กงนมยรลอาเ่้]",
}
_MIN_SHARES = {
    **dict.fromkeys(("cp932", "euc-jp"), 0.15),
    **dict.fromkeys(("cp949", "gb18030", "big5hkscs"), 0.85),
    **dict.fromkeys(("cp1251", "koi8-u"), 0.6),
    "cp874": 0.4,
}
_MIN_SHARE = 0.5
_THAI = frozenset(map(chr, range(0xE31, 0xE4F)))  # vowels and tones, which Unicode does not count as letters
_MIN_SCORE = 0.8
_SAMPLE = 20_000
_LANGUAGE = re.compile(rb"""<html[^>]{0,400}?\slang\s*=\s*["']?([\w-]{2,64})""", re.I)
_MARKUP = re.compile(rb"<(?:script|style).*?</(?:script|style)|<[^>]*>", re.I | re.S)
_WORD = re.compile(r"[^\s\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+")
_WITHIN_ASCII = re.compile("[A-Za-z][^\x00-\x7f]{1,2}[A-Za-z]")
_QUOTES = "«»„“”‘’‚–—…·©®°§€№"


def codec_of(label: str) -> str:
    """Return the name of the Python codec for a label, as browsers understand it."""
    return _LABELS.get(label.strip().lower(), label)


def detect_charset(body: bytes) -> str | None:
    """Return the charset in which bytes have the most words, or None if Windows-1252 is as good."""
    sample = _MARKUP.sub(b" ", body[: 5 * _SAMPLE])[:_SAMPLE]
    declared = _LANGUAGE.search(body[:2048])
    tag = normalise_tag(declared[1].decode("ascii")) if declared else None
    own = _OF_LANGUAGES.get(tag.partition("-")[0], ()) if tag else ()
    scores = {charset: _score(sample, charset) for charset in dict.fromkeys((*own, *_FREQUENT))}
    best = max(scores, key=lambda charset: (charset in own and scores[charset] >= _MIN_SCORE, scores[charset]))
    if scores[best] < _MIN_SCORE:
        return None
    western = _score(sample, "cp1252")
    return best if scores[best] > western or (best in own and scores[best] == western) else None


def _score(sample: bytes, charset: str) -> float:
    """Return the share of plausible words among those beyond ASCII; 0 if the letters do not fit the charset."""
    text = sample.decode(charset, "ignore" if _multibyte(charset) else "replace")
    if _multibyte(charset) and not _is_valid(sample, charset):
        return 0.0
    if (pattern := _frequent(charset)) is not None:
        letters = [char for char in text if char > "\x7f" and (char.isalpha() or char in _THAI)]
        frequent = sum(pattern.fullmatch(char) is not None for char in map(str.lower, letters))
        if frequent < _MIN_SHARES.get(charset, _MIN_SHARE) * len(letters) or not letters:
            return 0.0
    words = list(_foreign_words(text))
    return sum(_is_word(word) for word in words) / len(words) if words else 0.0


def _multibyte(charset: str) -> bool:
    return charset in {"cp932", "euc-jp", "cp949", "gb18030", "big5hkscs"}


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
    return re.compile(_FREQUENT[charset]) if charset in _FREQUENT else None


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
