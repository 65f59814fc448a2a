"""Print one line each, and the sentences that several commands print."""

from __future__ import annotations

import re

import click

# Control characters, line and paragraph separators, bidirectional overrides, and bytes of a file name that are not
# UTF-8: a terminal or a program that reads lines would take them for something else than text.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    r"""Return the text with everything escaped that would end its line or steer a terminal: `a\nb`."""
    return _UNPRINTABLE.sub(lambda found: _escape(found[0]), text)


def _escape(character: str) -> str:
    code = ord(character)
    # Python stands U+DC80 to U+DCFF for the bytes of a name that it could not decode (PEP 383).
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else ascii(character)[1:-1]


def print_line(text: str, *, err: bool = False) -> None:
    """Print the text as exactly one line."""
    click.echo(one_line(text), err=err)


def unexpected(error: Exception) -> str:
    """Return the message for an exception that a document should not have caused."""
    return f"unexpected {type(error).__name__}: {error}; this is an error in Tidings, please report it"
