"""The layout of a newsroom's listings: the fields of an item, their order, and how items begin."""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EVERYTHING = frozenset({"credit", "label", "day", "summary"})


@dataclass(frozen=True, slots=True)
class Article:
    """The truth of an item; `number` identifies it whatever is edited."""

    number: int
    title: str
    day: dt.date | None
    summary: str | None
    label: str | None
    credit: str | None
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Style:
    """The style of one newsroom. `documents` maps a document's name to the listings that it shows, in order.

    `marks` is how items begin: "from 1", "from 11", "running" on through the listings, or "bullets".
    `per_day` is how many articles it publishes in a day, drawn from these numbers.
    """

    documents: Mapping[str, tuple[str, ...]]
    windows: Mapping[str, int]
    fields: frozenset[str] = EVERYTHING
    links: bool = False
    ascending: bool = False
    marks: str = "from 1"
    per_day: tuple[int, ...] = (0, 0, 1, 1, 1, 2, 3)

    @property
    def listings(self) -> tuple[str, ...]:
        return tuple(self.windows)

    @property
    def bare(self) -> bool:
        """Whether an item is its title alone: then only its position stays when the title is rewritten."""
        return not self.links and not self.fields & {"day", "summary"}


TWO_FILES = {"news.txt": ("News",), "stories.txt": ("Stories",)}
ONE_FILE = {"index.txt": ("News", "Stories")}
PLAIN = Style(TWO_FILES, {"News": 10, "Stories": 8})


def draw_style(chance: random.Random) -> Style:
    """Draw a style: a third of the newsrooms are plain, each other one is unusual in some ways."""
    if chance.random() < 0.34:
        return PLAIN
    large = chance.random() < 0.25
    fields = chance.choice((EVERYTHING,) * 4 + (frozenset({"day"}), frozenset({"summary"}), frozenset[str]()))
    return Style(
        # Where nothing is dated, lines that stand in a file twice read as labels.
        documents=TWO_FILES if "day" not in fields else chance.choice((TWO_FILES, ONE_FILE)),
        windows={"News": 30, "Stories": 20} if large else {"News": 10, "Stories": chance.choice((5, 8, 12))},
        fields=fields,
        links=bool(fields) and chance.random() < 0.4,
        ascending=chance.random() < 0.2,
        marks=chance.choice(("from 1", "from 1", "from 1", "from 11", "running", "bullets")),
        per_day=chance.choice(((0, 0, 1, 1, 1, 2, 3), (0, 0, 0, 0, 0, 1), (1, 2, 3, 4))),
    )


@dataclass(slots=True)
class Printer:
    """Renders pages, and varies what is not an edit: spelling of labels, links, line ends, Unicode form."""

    style: Style
    chance: random.Random
    tidied: bool = False
    headings: dict[str, str] = field(default_factory=dict)

    def page(self, shown: Mapping[str, Sequence[Article]]) -> str:
        """Return one document: its listings under their headings."""
        parts, number = ["Contact\n\n"], 10 if self.style.marks == "from 11" else 0
        for listing, articles in shown.items():
            parts.append(self.headings.get(listing, listing) + "\n\n")
            if self.style.marks == "from 1":
                number = 0
            for article in articles:
                number += 1
                mark = "- " if self.style.marks == "bullets" else f"{number}. "
                parts.append(f"  {mark}" + "\n\n    ".join(self._lines(article)) + "\n")
        return self._spell("\n".join(parts))

    def _lines(self, article: Article) -> list[str]:
        label = self._respell(article.label) if article.label else None
        day = f"{article.day:%d %B %Y}" if article.day else None
        link = self._readdress(article.link) if article.link else None
        fields = (article.credit, label, article.title, day, article.summary, link)
        return [line for line in fields if line]

    def _respell(self, label: str) -> str:
        return self.chance.choice((label, label, label, label.title(), label.lower()))

    def _readdress(self, link: str) -> str:
        if self.tidied:
            link = link.replace("http://www.", "https://") + "/"
        return link + self.chance.choice(("", "", "", "?utm_source=list", "#top"))

    def _spell(self, text: str) -> str:
        if self.chance.random() < 0.05:
            text = text.replace("\n", "\r\n")
        if self.chance.random() < 0.05:
            text = unicodedata.normalize("NFD", text)
        return text.rstrip() if self.chance.random() < 0.3 else text
