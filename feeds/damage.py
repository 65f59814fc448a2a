"""Texts that suffered on the way: read with the wrong encoding, or their letters replaced by signs."""

from __future__ import annotations

import re
import unicodedata

_SIGN_IN_WORD = re.compile(r"[^\W\d_]\?[^\W\d_]|(?<!\S)\?\w")
_LATIN = re.compile(
    "[\x80-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]+"
)


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


def spoils(old: str, new: str) -> bool:
    """Whether `new` is `old` with its letters damaged: those outside ASCII lost, or become several."""
    if is_damaged(old):
        return False
    return is_damaged(new) or any(
        _ascii(one) == _ascii(other) and 0 < _foreign(one) != _foreign(other)
        for one, other in zip(_forms(old), _forms(new), strict=True)
    )


def _forms(text: str) -> tuple[str, str]:
    # An accent of its own is lost by itself.
    return unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)


def _reread(run: str) -> bool:
    raw = b"".join(_byte(letter) for letter in run)
    try:
        return len(raw.decode()) < len(run)
    except UnicodeDecodeError:
        return False


def _byte(letter: str) -> bytes:
    # Windows-1252 leaves five bytes undefined, which decoders pass on as they are.
    return letter.encode("latin-1") if ord(letter) < 0x100 else letter.encode("cp1252", "replace")


def _ascii(text: str) -> str:
    kept = (letter for letter in text if letter.isascii() and letter != "?")
    return " ".join("".join(kept).split())


def _foreign(text: str) -> int:
    return sum(not letter.isascii() for letter in text)
