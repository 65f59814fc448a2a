"""The bytes of a document → its text: legal characters only, every line ending `\\n`, no byte order mark.

The charset is the first that applies of: the byte order mark, UTF-8 if there is enough of it, the declared charset
(of the header, or of the document itself if it is HTML or XML), UTF-16 without a mark if NULs alternate, UTF-8, the
charset detected by its words (`charset_detection.py`), Windows-1252. The last two are reported as problems. A text
that is mostly valid UTF-8 is UTF-8: its other bytes are replaced by U+FFFD, and their lines are reported. Bytes that
are not text are refused: an archive would otherwise become one very long title.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress

from feeds.errors import ParseError
from feeds.model import Document, Problem
from feeds.unicode import normalise as texts
from feeds.unicode.charset_detection import codec_of, detect_charset

# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an office document",
    b"%PDF-": "a PDF document",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\x1f\x8b": "gzip data",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x7fELF": "a program",
    b"SQLite format 3\0": "a SQLite database",
}
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
_CHARSET = re.compile(r"[\w.:-]{1,40}", re.A)
_UNUSUAL = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufdcf\ufdf0-\ufefe\uff00-\ufffc\U00010000-\U0010ffff]"
)
_PAGE_BREAK = re.compile("[\x0b\x0c\x1c-\x1e]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b]")
_MAX_BAD_SHARE = 0.01
_NON_ASCII = re.compile("[^\x00-\x7f\ufffd]+")
# Valid letters for each invalid byte: of UTF-8, of UTF-8 that is declared, and of another declared charset.
_VALID_PER_BAD = 4
_VALID_PER_BAD_IF_DECLARED = 2
_VALID_PER_BAD_IN_OTHERS = 20
_LINES_NAMED = 5
_MIN_RUNS = 4


def decode(document: Document) -> tuple[str, tuple[Problem, ...]]:
    """Return the text of a document and its problems; raise ParseError empty, not_text or encoding."""
    body = document.body
    if not body.strip():
        raise ParseError("empty", f"{document.name} is empty")
    for magic, kind in _MAGIC.items():
        if body.startswith(magic):
            raise ParseError("not_text", f"{document.name} is {kind}, not text")
    text, problems = _decode(document)
    if ("\ufffd" in text or not text.replace("\n", " ").isprintable()) and _UNUSUAL.search(text):
        text = _checked(document, text)
    if not text.strip():
        raise ParseError("empty", f"{document.name} is empty")
    return text, problems


def _decode(document: Document) -> tuple[str, tuple[Problem, ...]]:
    body = document.body
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            bad_lines = _bad_lines(body) if encoding == "utf-8" else ()
            return body[len(mark) :].decode(encoding, "replace"), bad_lines
    problems: list[Problem] = []
    for charset in _declared(document):
        try:
            text = body.decode(codec_of(charset))
        except LookupError:
            # Only a possible name is quoted: a response may repeat the request here.
            named = repr(charset) if _CHARSET.fullmatch(charset) else "what is declared"
            problems.append(Problem(1, f"charset: {named} is unknown, so it is ignored"))
        except UnicodeError:
            if _is_utf8_label(charset) and (utf8 := _mostly_utf8(body, _VALID_PER_BAD_IF_DECLARED)) is not None:
                return utf8, (*problems, *_bad_lines(body))
            problems.append(Problem(1, f"charset: the text is not valid {charset}"))
            if (replaced := _replaced(body, codec_of(charset))) is not None:
                return replaced, tuple(problems)
        else:
            if (utf8 := _utf8_despite(body)) is None:
                return text, tuple(problems)
            if text != utf8:
                problems.append(Problem(1, f"charset: the text is UTF-8, and not {charset}"))
            return utf8, (*problems, *_bad_lines(body))
    for charset in filter(None, (_utf_16(body[:4096]), "utf-8")):
        with suppress(UnicodeError):
            return body.decode(charset), tuple(problems)
    if (utf8 := _mostly_utf8(body, _VALID_PER_BAD)) is not None:
        return utf8, (*problems, *_bad_lines(body))
    charset = detect_charset(body, document.language) or "cp1252"
    name = "Windows-1252" if charset == "cp1252" else charset
    fallback = Problem(1, f"encoding_fallback: the text is not valid UTF-8, so it is read as {name}")
    return body.decode(charset, "replace"), (*problems, fallback)


def _replaced(body: bytes, codec: str) -> str | None:
    """Return the text with U+FFFD for a few invalid bytes or a cut last letter; None if it is not in this charset."""
    text = body.decode(codec, "replace")
    bad, valid = _bad_and_valid(text)
    return text if bad * _VALID_PER_BAD_IN_OTHERS <= valid or _ends_within(text, bad, valid) else None


def _mostly_utf8(body: bytes, valid_per_bad: int) -> str | None:
    """Return the text with U+FFFD for invalid bytes, or None if too few of its letters are valid UTF-8.

    A letter of UTF-8 has two to four bytes, and a legacy charset gives valid ones by chance only: in a few words, at
    most as many as there are invalid bytes.
    """
    text = body.decode("utf-8", "replace")
    bad, valid = _bad_and_valid(text)
    return text if bad * valid_per_bad <= valid or _ends_within(text, bad, valid) else None


def _utf8_despite(body: bytes) -> str | None:
    """Return the text if bytes are UTF-8 whatever is declared: other charsets are not valid UTF-8 several times."""
    if body.isascii() or b"\0" in body[:4096]:
        return None
    text = _mostly_utf8(body, _VALID_PER_BAD)
    return text if text is not None and len(_NON_ASCII.findall(text)) >= _MIN_RUNS else None


def _bad_and_valid(text: str) -> tuple[int, int]:
    """Return how many characters of a decoded text are U+FFFD, and how many others are beyond ASCII."""
    return text.count("\ufffd"), sum(map(len, _NON_ASCII.findall(text)))


def _ends_within(text: str, bad: int, valid: int) -> bool:
    """Whether only the last letter of a text is incomplete."""
    return bad == 1 and valid > 0 and text.endswith("\ufffd")


def _bad_lines(body: bytes) -> tuple[Problem, ...]:
    """Return a problem with the lines whose bytes are not UTF-8."""
    bad: list[int] = []
    for number, line in enumerate(body.splitlines(), 1):
        try:
            line.decode()
        except UnicodeError:
            bad.append(number)
    if not bad:
        return ()
    numbers = ", ".join(map(str, bad[:_LINES_NAMED])) + (" …" if len(bad) > _LINES_NAMED else "")
    where = f"lines {numbers}" if len(bad) > 1 else f"line {numbers}"
    return (Problem(bad[0], f"charset: bytes on {where} are not UTF-8, so they are replaced by U+FFFD"),)


def _is_utf8_label(charset: str) -> bool:
    return codecs.lookup(codec_of(charset)).name == "utf-8"


def _declared(document: Document) -> Iterator[str]:
    if document.charset:
        yield document.charset
    if document.body.lstrip()[:1] == b"<" and (declared := _DECLARED.search(document.body[:2048])):
        yield declared[1].decode("ascii", "replace")


def _utf_16(start: bytes) -> str | None:
    """Return the kind of UTF-16 without a mark: nearly all its NULs are on one side of the byte pairs."""
    if 0 not in start:
        return None
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) * 50 < len(start) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _checked(document: Document, text: str) -> str:
    limit = max(len(text) * _MAX_BAD_SHARE, 1)
    if len(_CONTROL.findall(text)) > limit:
        raise ParseError("not_text", f"{document.name} holds binary data, not text")
    if text.count("\ufffd") > limit:
        raise ParseError("encoding", f"{document.name} cannot be decoded: over 1 % of it is unreadable")
    return texts.clean(_PAGE_BREAK.sub("\n", text)).replace("\ufeff", "")
