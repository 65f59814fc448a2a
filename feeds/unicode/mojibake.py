"""Texts that suffered on the way: read with the wrong encoding, or their letters replaced by signs.

Whether one text is another one damaged is asked of the encodings themselves: what would have come out, had
the first been written or read in a wrong one? A rewritten title in a script without ASCII is no damage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_SIGN_IN_WORD = re.compile(r"[^\W\d_]\?[^\W\d_]|(?<!\S)\?\w")
_LATIN = re.compile("[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]+")
_PLACEHOLDER = re.compile(r"\{\{.*\}\}|\{%.*%\}|\$\{.*\}|<%.*%>|\[object \w+\]|undefined|null|none|nan", re.I | re.S)
_WESTERN = ("ascii", "latin-1", "cp1252")
_LEGACY = ("cp1250", "cp1251", "koi8-r", "cp1253", "cp1256", "mac-roman", "cp437", "cp850", "cp866")
_EASTERN = ("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr")


def is_damaged(text: str) -> bool:
    """Whether a text shows by itself that letters were lost, or that its UTF-8 was read as Latin.

    Every run of Latin letters and signs that is valid UTF-8 in the bytes of Windows-1252 was meant so:
    no language writes such runs.
    """
    return "\ufffd" in text or any(_reread(run) for run in _LATIN.findall(text))


def is_doubtful(text: str) -> bool:
    """Whether letters or quotes seem to have become question marks, as in `?Caf? S?l?`.

    There may be another reason.
    """
    return is_damaged(text) or bool(_SIGN_IN_WORD.search(text))


def is_placeholder(text: str) -> bool:
    """Whether a text is what a template prints that was not filled in, or filled in with nothing."""
    return _PLACEHOLDER.fullmatch(text.strip()) is not None


def spoils(old: str, new: str) -> bool:
    """Whether `new` is `old` with its letters damaged: those of some kind lost, or become several."""
    if old.isascii() or is_damaged(old):
        return False
    if is_damaged(new):
        return True
    forms = _forms(old)
    # Nothing but a space or a question mark came or went.
    if any(_bare(form) == _bare(new) for form in forms):
        return False
    return any(_lost(form, new) or (not new.isascii() and _misread(form, new)) for form in forms)


def _lost(old: str, new: str) -> bool:
    """Whether `new` is what an encoding keeps of `old` that cannot write all of its letters."""
    shows = new.count("?") > old.count("?")
    for codec in _WESTERN:
        kept = old.encode(codec, "ignore").decode(codec)
        if len(kept) == len(old) or _bare(kept) != _bare(new):
            continue
        # Quotation marks and dashes without a trace may have been taken out by an editor.
        if shows or sum(map(str.isalpha, kept)) < sum(map(str.isalpha, old)):
            return True
    return False


def _misread(old: str, new: str) -> bool:
    """Whether `new` is what one encoding makes of the bytes that another wrote of `old`."""
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
    """A text without spaces and the signs that stand for what could not be read."""
    return "".join(text.replace("?", "").replace("\ufffd", "").split())


def _forms(text: str) -> set[str]:
    # An accent of its own is lost by itself.
    return {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}


def _reread(run: str) -> bool:
    raw = b"".join(_byte(letter) for letter in run)
    try:
        return len(raw.decode()) < len(run)
    except UnicodeDecodeError:
        return False


def _byte(letter: str) -> bytes:
    # Windows-1252 leaves five bytes undefined, which decoders pass on as they are.
    return letter.encode("latin-1") if ord(letter) < 0x100 else letter.encode("cp1252", "replace")
