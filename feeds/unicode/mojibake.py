"""Mojibake: text that was decoded with a wrong charset, or whose letters became question marks or U+FFFD.

To find out whether one text is a damaged copy of another, the other is encoded and decoded with wrong charsets, and
the results are compared. A rewritten title in a script without ASCII is not damage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_QUESTION_MARK_IN_WORD = re.compile(r"[^\W\d_]\?[^\W\d_]|(?<!\S)\?\w")
_LATIN = re.compile("[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]+")
_PLACEHOLDER = re.compile(r"\{\{.*\}\}|\{%.*%\}|\$\{.*\}|<%.*%>|\[object \w+\]|undefined|null|none|nan", re.I | re.S)
_WESTERN = ("ascii", "latin-1", "cp1252")
_LEGACY = ("cp1250", "cp1251", "koi8-r", "cp1253", "cp1256", "mac-roman", "cp437", "cp850", "cp866")
_EASTERN = ("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr")


def is_damaged(text: str) -> bool:
    """Whether letters of a text were lost, or its UTF-8 was decoded as Windows-1252.

    A run of Latin letters and symbols whose bytes in Windows-1252 are valid UTF-8 was UTF-8: no language has such
    runs.
    """
    return "\ufffd" in text or any(_reread(run) for run in _LATIN.findall(text))


def has_only_replaced_letters(text: str) -> bool:
    """Whether letters of a text were replaced by U+FFFD, and the others show no damage."""
    return "\ufffd" in text and not is_damaged(text.replace("\ufffd", ""))


def may_be_damaged(text: str) -> bool:
    """Whether letters or quotes may have become question marks, as in `?Caf? S?l?`."""
    return is_damaged(text) or bool(_QUESTION_MARK_IN_WORD.search(text))


def is_placeholder(text: str) -> bool:
    """Whether a text is the placeholder of a template that was not filled in, or the name of an empty value."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def is_damaged_copy(old: str, new: str) -> bool:
    """Whether `new` is `old` with damaged letters: some are lost, or each became several."""
    if old.isascii() or is_damaged(old):
        return False
    if is_damaged(new):
        return True
    forms = _forms(old)
    # They differ in spaces and question marks only.
    if any(_bare(form) == _bare(new) for form in forms):
        return False
    return any(_lost(form, new) or (not new.isascii() and _misread(form, new)) for form in forms)


def _lost(old: str, new: str) -> bool:
    """Whether `new` is what is left of `old` in an encoding that does not have all of its letters."""
    shows = new.count("?") > old.count("?")
    for codec in _WESTERN:
        kept = old.encode(codec, "ignore").decode(codec)
        if len(kept) == len(old) or _bare(kept) != _bare(new):
            continue
        # An editor may have removed quotation marks and dashes.
        if shows or sum(map(str.isalpha, kept)) < sum(map(str.isalpha, old)):
            return True
    return False


def _misread(old: str, new: str) -> bool:
    """Whether `new` is `old` encoded in one charset and decoded in another."""
    bare = _bare(new)
    return any(_bare(wrong) == bare for wrong in _misreadings(old))


def _misreadings(text: str) -> Iterator[str]:
    written = text.encode()
    for codec in (*_WESTERN[1:], *_LEGACY, *_EASTERN):
        yield written.decode(codec, "replace")
        try:
            yield text.encode(codec).decode("cp1252", "replace")
        except UnicodeEncodeError:
            continue


def _bare(text: str) -> str:
    """Return a text without spaces, question marks and U+FFFD."""
    return "".join(text.replace("?", "").replace("\ufffd", "").split())


def _forms(text: str) -> set[str]:
    # A combining accent can be lost without its letter.
    return {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}


def _reread(run: str) -> bool:
    raw = b"".join(_byte(letter) for letter in run)
    try:
        return len(raw.decode()) < len(run)
    except UnicodeDecodeError:
        return False


def _byte(letter: str) -> bytes:
    # Windows-1252 leaves five bytes undefined, and decoders keep them unchanged.
    return letter.encode("latin-1") if ord(letter) < 0x100 else letter.encode("cp1252", "replace")
