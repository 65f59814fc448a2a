"""Ways in which pages break: each function takes a good page of text and returns a broken one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import count

_ITEM = re.compile(r"(?m)^(?=  (?:\d+\. |- ))")


def _cut(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) - 1)]


def _gap(text: str, chance: random.Random) -> str:
    items = _ITEM.split(text)
    del items[chance.randrange(1, len(items) - 1)]
    return "".join(items)


def _half(text: str, chance: random.Random) -> str:
    """Remove more than half of the items and number the others again."""
    head, *items = _ITEM.split(text)
    kept = sorted(chance.sample(range(len(items)), max(1, len(items) * 2 // 5)))
    numbers = count(_first(text))
    return head + "".join(
        re.sub(r"^  \d+\.", lambda _: f"  {next(numbers)}.", items[index].rstrip("\n") + "\n\n") for index in kept
    )


def _first(text: str) -> int:
    found = re.search(r"(?m)^  (\d+)\.", text)
    return int(found[1]) if found else 1


def _dateless(text: str, chance: random.Random) -> str:
    return re.sub(r"(?m)^ *\d\d [A-Z][a-z]+ \d{4}\r?\n", "", text)


def _same_titles(text: str, chance: random.Random) -> str:
    head = _ITEM.split(text)[0]
    items = (f"  {n}. Our newsroom\n\n    {n:02} March 2025\n\n    Read more.\n" for n in range(1, 10))
    return head + "\n".join(items)


def _mojibake(text: str, chance: random.Random) -> str:
    return text.encode().decode("cp1252", "replace")


def _question_marks(text: str, chance: random.Random) -> str:
    return text.encode("ascii", "replace").decode()


def _twice(text: str, chance: random.Random) -> str:
    """List all items twice, as a template does that runs twice."""
    head, *items = _ITEM.split(text.rstrip("\r\n") + "\n\n")
    return head + "".join(items) + head.splitlines()[-2] + "\n\n" + "".join(items)


def _notice(text: str, chance: random.Random) -> str:
    head, *items = _ITEM.split(text)
    notice = f"  {_first(text)}. Something went wrong\n\n    This part of the page could not be loaded.\n\n"
    numbers = count(_first(text) + 1)
    rest = [re.sub(r"^  \d+\.", lambda _: f"  {next(numbers)}.", item) for item in items]
    return head + notice + "".join(rest)


FAULTS: dict[str, Callable[[str, random.Random], str]] = {
    "empty": lambda text, chance: "",
    "error page": lambda text, chance: "503 Service Unavailable\n\nThe server cannot answer. Please try again later.\n",
    "cut": _cut,
    "gap": _gap,
    "half": _half,
    "no dates": _dateless,
    "same titles": _same_titles,
    "mojibake": _mojibake,
    "question marks": _question_marks,
    "twice": _twice,
    "notice": _notice,
}
