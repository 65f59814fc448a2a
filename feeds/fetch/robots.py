"""robots.txt, as RFC 9309 has it: the longest rule that matches decides, and a draw allows.

`urllib.robotparser` knows neither `*` nor `$` inside a path and lets the first rule win.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

DAY = 86_400
ORIGINS = 1_000
MOST = 500 << 10

_FIELD = re.compile(r"\s*([a-z-]+)\s*:\s*([^#]*)", re.I)
_TOKEN = re.compile(r"[a-z_-]+", re.I)
_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.I)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """What one origin asks of one robot: patterns, each with whether it allows."""

    patterns: tuple[tuple[str, bool], ...] = ()

    def allows(self, path: str) -> bool:
        path = _normal(path)
        if path == "/robots.txt":
            return True
        matching = [(len(pattern), allow) for pattern, allow in self.patterns if _matches(pattern, path)]
        return max(matching, default=(0, True))[1]


EVERYTHING = RobotsRules()


def parse(body: bytes, agent: str) -> RobotsRules:
    """Read the rules for the robot whose name `agent` starts with; where there are none, those for `*`."""
    name = _TOKEN.match(agent)
    token = name[0].lower() if name else "*"
    rules: dict[str, list[tuple[str, bool]]] = {}
    group: set[str] = set()
    heading = False
    for field, value in _fields(body):
        if field == "user-agent":
            group = (group if heading else set()) | {_agent(value)}
            heading = True
            for each in group:
                rules.setdefault(each, [])
        elif field in ("allow", "disallow"):
            heading = False
            for each in group if value else ():
                rules[each].append((_normal(value), field == "allow"))
    return RobotsRules(tuple(rules.get(token, rules.get("*", ()))))


def _fields(body: bytes) -> Iterator[tuple[str, str]]:
    text = body[:MOST].decode("utf-8-sig", "replace")
    for line in re.split(r"[\r\n]+", text):
        if match := _FIELD.match(line):
            yield match[1].lower(), match[2].strip()


def _agent(value: str) -> str:
    match = _TOKEN.match(value)
    return match[0].lower() if match else value[:1]


def _normal(path: str) -> str:
    """Spell a path or pattern in one way: what need not be escaped is not, escapes are in upper case."""

    def respell(escape: re.Match[str]) -> str:
        character = chr(int(escape[1], 16))
        return character if _UNRESERVED.match(character) else escape[0].upper()

    return _ESCAPE.sub(respell, quote(path, safe=_PRINTABLE))


def _matches(pattern: str, path: str) -> bool:
    """Match from the start; `*` is anything, a last `$` the end. Linear, which a regex would not be."""
    pieces = pattern.removesuffix("$").split("*")
    if not pattern.endswith("$"):
        pieces.append("")  # what is not anchored ends in an unwritten star
    elif len(pieces) == 1:
        return path == pieces[0]
    first, *middle, last = pieces
    if not (path.startswith(first) and path.endswith(last)):
        return False
    place, end = len(first), len(path) - len(last)
    for piece in middle:
        found = path.find(piece, place, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= end


class RobotsCache:
    """The rules of origins that were asked within a day, by the monotonic clock."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._rules: dict[str, tuple[float, RobotsRules]] = {}

    def recall(self, origin: str) -> RobotsRules | None:
        until, rules = self._rules.get(origin, (float("-inf"), None))
        return rules if self._monotonic() < until else None

    def keep(self, origin: str, rules: RobotsRules) -> None:
        if len(self._rules) >= ORIGINS:
            self._rules.clear()
        self._rules[origin] = (self._monotonic() + DAY, rules)
