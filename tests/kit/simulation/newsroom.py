"""A newsroom with known truth that publishes, edits, relabels, reorders and retracts, and whose pages break.

Everything it does can be known from its pages. If items have titles only, no title is rewritten and nothing
is retracted or restored in a reading in which other items appear.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from tests.kit.simulation.faults import FAULTS
from tests.kit.simulation.pages import Article, Printer, Style, draw_style
from tests.kit.simulation.words import (
    ACTORS,
    ADVERBS,
    CLAUSES,
    ENDS,
    LABELS,
    OBJECTS,
    PHOTOS,
    RECURRING,
    VERBS,
)

# Without dates these look like a normal page, or lines that are listed twice read as labels.
UNDATED = ("no dates", "notice", "same titles", "twice")


@dataclass(frozen=True, slots=True)
class Page:
    """The documents at one reading; `broken` names the fault, None for a good page."""

    documents: dict[str, str]
    broken: str | None


@dataclass
class Newsroom:
    """One newsroom that moves on day by day; everything follows from the seed."""

    seed: int
    style: Style | None = None
    articles: dict[int, Article] = field(default_factory=dict)
    versions: dict[int, list[Article]] = field(default_factory=dict)
    retracted: set[int] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.style = self.style or draw_style(self.chance)
        self.printer = Printer(self.style, self.chance)
        self.today = dt.date(2025, 6, 1)
        self.listings: dict[str, list[int]] = {name: [] for name in self.style.listings}
        self.changed_today: set[int] = set()
        self.read: set[int] = set()
        self.sections_reversed = False
        self.counter: int | None = None
        self.noticed = False
        for age in range(3 * max(self.style.windows.values()), 0, -1):
            self.publish(self.today - dt.timedelta(days=age))

    def live(self, days: int) -> Iterator[Page]:
        """Yield one page a day."""
        yield Page(self.render(), None)
        for _ in range(days - 1):
            self.today += dt.timedelta(days=1)
            self.read = set(self.shown())
            self.step()
            if self.chance.random() < 0.06:
                yield self.broken()
            else:
                self.noticed = False
                yield Page(self.render(), None)

    def step(self) -> None:
        chance = self.chance
        self.changed_today = set()
        if chance.random() < 0.01:
            self.outage()
            return
        for _ in range(chance.choice(self.style.per_day)):
            self.publish(self.today)
        for likely, happen in (
            (0.03, self.restore),
            (0.3, self.edit),
            (0.15, self.reorder),
            (0.05, self.retract),
            (0.03, self.move),
            (0.01, self.rename),
            (0.01, self.toggle_counter),
        ):
            if chance.random() < likely:
                happen()
        if self.counter is not None:
            self.update_counter()
        self.printer.tidied |= chance.random() < 0.005

    def broken(self) -> Page:
        """Return the day's documents, one of them broken in a way that can be detected."""
        documents = self.render()
        name = self.chance.choice(sorted(documents))
        possible = sorted(FAULTS) + ["cut", "cut"] + ["another's"] * (len(documents) > 1)
        if self.style.marks == "bullets":
            possible.remove("gap")
        if "day" not in self.style.fields:
            possible = [fault for fault in possible if fault not in UNDATED]
        elif not all(self.regular(name) for name in self.listings):
            possible.remove("notice")
        if self.noticed and "notice" in possible:
            # A notice that stays for days cannot be told from an item.
            possible.remove("notice")
        fault = self.chance.choice(possible)
        self.noticed = fault == "notice"
        if fault == "another's":
            other = self.chance.choice(sorted(documents.keys() - {name}))
            documents[name] = documents[other]
        else:
            documents[name] = FAULTS[fault](documents[name], self.chance)
        return Page(documents, fault)

    def regular(self, listing: str) -> bool:
        """Whether the fields of its articles are so regular that a notice among them is conspicuous."""
        shown = [self.articles[number] for number in self.windows()[listing]]
        wanted = self.style.fields & {"day", "label"}
        return all(sum(getattr(a, name) is not None for a in shown) >= 0.7 * len(shown) for name in wanted)

    def outage(self) -> None:
        """Skip so many days that every listed article is new."""
        for name, window in self.style.windows.items():
            for ago in range(window, 0, -1):
                self.publish(self.today + dt.timedelta(days=window - ago), name)
        self.today += dt.timedelta(days=max(self.style.windows.values()))

    def publish(self, day: dt.date, listing: str | None = None) -> None:
        chance, number, fields = self.chance, len(self.articles), self.style.fields
        recurring = "day" in fields and chance.random() < 0.05
        article = Article(
            number,
            chance.choice(RECURRING) if recurring else self.title(),
            day if "day" in fields and chance.random() < 0.92 else None,
            self.summary() if "summary" in fields and (chance.random() < 0.93 or "day" not in fields) else None,
            chance.choice(LABELS) if {"label", "day"} <= fields and chance.random() < 0.8 else None,
            self.credit() if "credit" in fields and chance.random() < 0.3 else None,
            f"http://www.example.org/{day.year}/{number}" if self.style.links else None,
        )
        if article.day is None and article.title in RECURRING:
            article = replace(article, day=day)
        if article.day is None and fields >= {"day", "label", "summary"}:
            # Two paragraphs without a date are a label and a title, or a title and a summary: that can be
            # known only if the label is.
            known = sorted({a.label for a in self.articles.values() if a.label and a.day and a.day < day})
            shown = bool(known) and day > dt.date(2025, 6, 10)
            article = (
                replace(article, label=chance.choice(known), summary=self.summary())
                if shown
                else replace(article, day=day)
            )
        chosen = [listing] if listing else self.chosen()
        newest = self.listings[chosen[0]][:1]
        if (
            chance.random() < 0.01
            and newest
            and listing is None
            and {"day", "summary"} <= fields
            and self.articles[newest[0]].summary
        ):
            # Two articles with the same title and day, for example "Minutes".
            article = replace(self.articles[newest[0]], number=number, summary=self.summary(), link=article.link)
            chosen = chosen[:1]
            self.changed_today.add(newest[0])
        self.articles[number] = article
        self.versions[number] = [article]
        self.changed_today.add(number)
        for name in chosen:
            self.listings[name].insert(0, number)

    def chosen(self) -> list[str]:
        names = sorted(self.listings)
        return names if self.chance.random() < 0.2 else [self.chance.choice(names)]

    def edit(self) -> None:
        free = [number for number in self.shown() if number in self.read and number not in self.changed_today]
        if not free:
            return
        number = self.chance.choice(free)
        article = self.articles[number]
        names = self.chance.sample(("title", "day", "summary", "label", "credit"), self.chance.choice((1, 1, 2)))
        for name in names:
            article = self.edited(article, name, names)
        self.record_version(article)

    def record_version(self, article: Article) -> None:
        self.articles[article.number] = article
        self.versions[article.number].append(article)
        self.changed_today.add(article.number)

    def edited(self, article: Article, name: str, names: Collection[str]) -> Article:
        """Return the article with the field edited; `names` are all fields edited today."""
        chance, fields = self.chance, self.style.fields
        rewrite = chance.random() < 0.3 and self.decidable(article, names)
        if name == "title":
            return replace(article, title=self.title() if rewrite else self.reword(article.title))
        if name == "summary" and (article.summary or ({"summary", "day"} <= fields and article.day)):
            text = self.summary() if rewrite or not article.summary else self.reword(article.summary)
            return replace(article, summary=text)
        if name == "day" and article.day:
            moved = min(article.day + dt.timedelta(days=chance.choice((-3, -1, 1, 2))), self.today)
            # Two articles of one title and day in two listings could not be told apart.
            taken = any((a.title, a.day) == (article.title, moved) for a in self.articles.values())
            return article if taken else replace(article, day=moved)
        if name == "label" and article.label:
            return replace(article, label=chance.choice(LABELS))
        if name == "credit" and "credit" in fields:
            return replace(article, credit=self.credit())
        return article

    def decidable(self, article: Article, names: Collection[str]) -> bool:
        """Whether a rewritten text can be told from another article.

        If an article is its title alone, only its position stays, and there must be one. Otherwise a summary,
        a link or the day has to stay.
        """
        if self.style.bare:
            return sum(article.number in shown for shown in self.windows().values()) == 1
        before = self.articles[article.number]
        if (article.title, article.summary) == (before.title, before.summary):
            return "day" not in names or bool(article.summary or article.link)
        return bool(article.link or (article.day and "day" not in names))

    def is_rewritten(self, number: int) -> bool:
        """Whether all texts of an article were rewritten: then its position has to stay."""
        before, now = (self.versions[number][:1] + self.versions[number])[-2:]
        other = self.style.bare or before.summary != now.summary
        return number in self.changed_today and before.title != now.title and other

    def reorder(self) -> None:
        name = self.chance.choice(sorted(self.listings))
        listing = self.listings[name]
        place = self.chance.randrange(min(self.style.windows[name] - 1, 7))
        pair = listing[place : place + 2]
        if (self.style.bare and not self.read.issuperset(pair)) or any(map(self.is_rewritten, pair)):
            return
        listing[place : place + 2] = reversed(listing[place : place + 2])

    def retract(self) -> None:
        if self.style.bare and self.changed_today:
            return
        number = self.chance.choice(self.shown())
        if number not in self.changed_today and all(
            number in shown[1:-1] for shown in self.windows().values() if number in shown
        ):
            self.retracted.add(number)
            self.changed_today.add(number)
            for listing in self.listings.values():
                if number in listing:
                    listing.remove(number)

    def restore(self) -> None:
        if self.style.bare and self.changed_today:
            return
        free = sorted(self.retracted - self.changed_today)
        if free:
            number = self.chance.choice(free)
            self.retracted.remove(number)
            self.changed_today.add(number)
            self.listings[sorted(self.listings)[number % 2]].insert(self.chance.randrange(1, 4), number)

    def move(self) -> None:
        """Move an article to the other listing."""
        if self.style.bare and self.changed_today:
            return
        one, other = self.chance.sample(sorted(self.listings), 2)
        number = self.chance.choice(self.windows()[one])
        if number not in self.changed_today and number not in self.listings[other]:
            self.listings[one].remove(number)
            self.listings[other].insert(self.chance.randrange(4), number)
            self.changed_today.add(number)

    def rename(self) -> None:
        """Give a listing another heading, or reverse the listings of a document."""
        if self.chance.random() < 0.5:
            self.sections_reversed = not self.sections_reversed
            return
        name = self.chance.choice(sorted(self.listings))
        self.printer.headings[name] = f"{name} {self.chance.choice(('from the river', 'of the estuary'))}"

    def toggle_counter(self) -> None:
        """Start or stop printing a counter of readers in one summary."""
        free = [number for number in self.shown() if self.articles[number].summary]
        self.counter = self.chance.choice(free) if self.counter is None and free else None

    def update_counter(self) -> None:
        assert self.counter is not None
        if self.counter not in self.changed_today:
            article = self.articles[self.counter]
            text = (article.summary or "").partition(" Read by ")[0]
            self.record_version(replace(article, summary=f"{text} Read by {self.chance.randrange(10, 9999)} people."))

    def reword(self, text: str) -> str:
        words = text.split()
        words[self.chance.randrange(len(words))] = self.chance.choice(ADVERBS)
        return " ".join(words)

    def title(self) -> str:
        """Return a title that no article has had, so that truth is unambiguous."""
        chance = self.chance
        title = ""
        while not title or title in self.used:
            title = " ".join(map(chance.choice, (ACTORS, VERBS, OBJECTS, ENDS)))
        self.used.add(title)
        return title

    def summary(self) -> str:
        chosen = self.chance.sample(CLAUSES, self.chance.choice((2, 3)))
        return " ".join(clause.format(n=self.chance.randrange(2, 60)) for clause in chosen)

    def credit(self) -> str:
        return f"© {self.chance.choice(PHOTOS)} {self.today.year}"

    def windows(self) -> dict[str, list[int]]:
        """Return the articles that each listing shows, newest first."""
        return {name: listing[: self.style.windows[name]] for name, listing in self.listings.items()}

    def pages(self) -> dict[str, list[int]]:
        """Return the articles of each document in order; a repeated one counts at its first position."""
        windows = {name: shown[::-1] if self.style.ascending else shown for name, shown in self.windows().items()}
        return {
            document: list(dict.fromkeys(number for name in names for number in windows[name]))
            for document, names in self.documents().items()
        }

    def documents(self) -> dict[str, tuple[str, ...]]:
        """Which listings each document shows, in order."""
        turn = -1 if self.sections_reversed else 1
        return {document: names[::turn] for document, names in self.style.documents.items()}

    def shown(self) -> list[int]:
        return sorted({number for listing in self.windows().values() for number in listing})

    def render(self) -> dict[str, str]:
        turn = -1 if self.style.ascending else 1
        windows = {name: [self.articles[number] for number in shown[::turn]] for name, shown in self.windows().items()}
        return {
            document: self.printer.page({name: windows[name] for name in names})
            for document, names in self.documents().items()
        }
