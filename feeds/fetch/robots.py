"""robots.txt (RFC 9309): the longest rule that matches decides; if two are equally long, the one that allows.

`urllib.robotparser` does not know `*` and `$` inside a path, and lets the first rule win.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

DAY = 86_400
MAX_ORIGINS = 1_000
MAX_BYTES = 500 << 10

_FIELD = re.compile(r"\s*([a-z-]+)\s*:\s*([^#]*)", re.I)
_TOKEN = re.compile(r"[a-z_-]+", re.I)
_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.I)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one origin for one robot: patterns, each with whether it allows."""

    patterns: tuple[tuple[str, bool], ...] = ()

    def allows(self, path: str) -> bool:
        path = _normal(path)
        if path == "/robots.txt":
            return True
        matching = [(len(pattern), allow) for pattern, allow in self.patterns if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


ALLOW_ALL = RobotsRules()


def parse(body: bytes, agent: str) -> RobotsRules:
    """Return the rules for the robot whose name `agent` starts with, or else those for `*`."""
    name = _TOKEN.match(agent)
    token = name[0].lower() if name else "*"
    rules: dict[str, list[tuple[str, bool]]] = {}
    agents: set[str] = set()
    in_heading = False
    for field, value in _fields(body):
        if field == "user-agent":
            agents = (agents if in_heading else set()) | {_agent(value)}
            in_heading = True
            for each in agents:
                rules.setdefault(each, [])
        elif field in ("allow", "disallow"):
            in_heading = False
            for each in agents if value else ():
                rules[each].append((_normal(value), field == "allow"))
    return RobotsRules(tuple(rules.get(token, rules.get("*", ()))))


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    for line in re.split(r"[\r\n]+", text):
        if match := _FIELD.match(line):
            yield match[1].lower(), match[2].strip()


def _agent(value: str) -> str:
    match = _TOKEN.match(value)
    return match[0].lower() if match else value[:1]


def _normal(path: str) -> str:
    """Return a path or pattern in its normal form: escaped only where needed, escapes in upper case."""

    def normalised(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.match(character) else escape[0].upper()

    return _ESCAPE.sub(normalised, quote(path, safe=_PRINTABLE))


def _matches(pattern: str, path: str) -> bool:
    """Whether a pattern matches a path: `*` is anything, a last `$` the end. Linear, which a regex would not be."""
    pieces = pattern.removesuffix("$").split("*")
    if not pattern.endswith("$"):
        pieces.append("")  # a pattern without `$` ends in an implied star
    elif len(pieces) == 1:
        return path == pieces[0]
    first, *middle, last = pieces
    if not (path.startswith(first) and path.endswith(last)):
        return False
    offset, end = len(first), len(path) - len(last)
    for piece in middle:
        found = path.find(piece, offset, end)
        if found < 0:
            return False
        offset = found + len(piece)
    return offset <= end


class RobotsCache:
    """Rules of the origins that were read within a day, on the monotonic clock."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._rules: dict[str, tuple[float, RobotsRules]] = {}

    def get(self, origin: str) -> RobotsRules | None:
        until, rules = self._rules.get(origin, (float("-inf"), None))
        return rules if self._monotonic() < until else None

    def put(self, origin: str, rules: RobotsRules) -> None:
        if len(self._rules) >= MAX_ORIGINS:
            self._rules.clear()
        self._rules[origin] = (self._monotonic() + DAY, rules)
