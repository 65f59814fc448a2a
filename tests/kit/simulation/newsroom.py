"""A newsroom that publishes, edits, relabels, reorders and retracts, and whose pages break; with known truth.

It does nothing whose truth its pages do not show. Where items are bare titles, no title is rewritten, and
nothing goes or comes back, in the very reading in which other items come.
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

# Without dates nothing tells them from a normal page, or lines that stand there twice read as labels.
UNDATED = ("no dates", "notice", "same titles", "twice")


@dataclass(frozen=True, slots=True)
class Page:
    """What the newsroom shows at one reading; `broken` names the fault, None for a good page."""

    documents: dict[str, str]
    broken: str | None


@dataclass
class Newsroom:
    """One year of one newsroom, a day a step; everything follows from the seed."""

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
        self.touched: set[int] = set()
        self.read: set[int] = set()
        self.turned = False
        self.counter: int | None = None
        self.noticed = False
        for age in range(3 * max(self.style.windows.values()), 0, -1):
            self.publish(self.today - dt.timedelta(days=age))

    def live(self, days: int) -> Iterator[Page]:
        """The pages of one reading a day."""
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
        self.touched = set()
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
            (0.01, self.count),
        ):
            if chance.random() < likely:
                happen()
        if self.counter is not None:
            self.tick()
        self.printer.tidied |= chance.random() < 0.005

    def broken(self) -> Page:
        """The day's pages, one of them broken in a way that its readers could notice."""
        documents = self.render()
        name = self.chance.choice(sorted(documents))
        possible = sorted(FAULTS) + ["cut", "cut"] + ["another's"] * (len(documents) > 1)
        if self.style.marks == "bullets":
            possible.remove("hole")
        if "day" not in self.style.fields:
            possible = [fault for fault in possible if fault not in UNDATED]
        elif not all(self.regular(name) for name in self.listings):
            possible.remove("notice")
        if self.noticed and "notice" in possible:
            # What stands there for days, in the shape of an item, is one as far as anyone can tell.
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
        """Whether its articles are so much alike that a notice among them stands out."""
        shown = [self.articles[number] for number in self.windows()[listing]]
        wanted = self.style.fields & {"day", "label"}
        return all(sum(getattr(a, name) is not None for a in shown) >= 0.7 * len(shown) for name in wanted)

    def outage(self) -> None:
        """Nobody read for so long that every article shown is new."""
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
            # Two paragraphs without a date may be a label and a title, or a title and a summary: no one can
            # say, unless the label is known already.
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
            # Two articles of one title and one day, as newsrooms have them: "Minutes", and "Minutes".
            article = replace(self.articles[newest[0]], number=number, summary=self.summary(), link=article.link)
            chosen = chosen[:1]
            self.touched.add(newest[0])
        self.articles[number] = article
        self.versions[number] = [article]
        self.touched.add(number)
        for name in chosen:
            self.listings[name].insert(0, number)

    def chosen(self) -> list[str]:
        names = sorted(self.listings)
        return names if self.chance.random() < 0.2 else [self.chance.choice(names)]

    def edit(self) -> None:
        free = [number for number in self.shown() if number in self.read and number not in self.touched]
        if not free:
            return
        number = self.chance.choice(free)
        article = self.articles[number]
        names = self.chance.sample(("title", "day", "summary", "label", "credit"), self.chance.choice((1, 1, 2)))
        for name in names:
            article = self.edited(article, name, names)
        self.say(article)

    def say(self, article: Article) -> None:
        self.articles[article.number] = article
        self.versions[article.number].append(article)
        self.touched.add(article.number)

    def edited(self, article: Article, name: str, names: Collection[str]) -> Article:
        """The article with one field edited, of those that are edited today."""
        chance, fields = self.chance, self.style.fields
        rewrite = chance.random() < 0.3 and self.decidable(article, names)
        if name == "title":
            return replace(article, title=self.title() if rewrite else self.reword(article.title))
        if name == "summary" and (article.summary or ({"summary", "day"} <= fields and article.day)):
            text = self.summary() if rewrite or not article.summary else self.reword(article.summary)
            return replace(article, summary=text)
        if name == "day" and article.day:
            moved = min(article.day + dt.timedelta(days=chance.choice((-3, -1, 1, 2))), self.today)
            # Minutes of one day are one thing to whoever reads of them in two listings.
            taken = any((a.title, a.day) == (article.title, moved) for a in self.articles.values())
            return article if taken else replace(article, day=moved)
        if name == "label" and article.label:
            return replace(article, label=chance.choice(LABELS))
        if name == "credit" and "credit" in fields:
            return replace(article, credit=self.credit())
        return article

    def decidable(self, article: Article, names: Collection[str]) -> bool:
        """Whether anyone could tell a text rewritten from another article.

        Where a title is all there is, only its place outlives a new one, and it must have just one. Else
        a summary, a link or the day has to stay beside what is rewritten.
        """
        if self.style.bare:
            return sum(article.number in shown for shown in self.windows().values()) == 1
        before = self.articles[article.number]
        if (article.title, article.summary) == (before.title, before.summary):
            return "day" not in names or bool(article.summary or article.link)
        return bool(article.link or (article.day and "day" not in names))

    def is_remade(self, number: int) -> bool:
        """Whether nothing of an article's texts is what it was: then its place has to stay."""
        before, now = (self.versions[number][:1] + self.versions[number])[-2:]
        other = self.style.bare or before.summary != now.summary
        return number in self.touched and before.title != now.title and other

    def reorder(self) -> None:
        name = self.chance.choice(sorted(self.listings))
        listing = self.listings[name]
        place = self.chance.randrange(min(self.style.windows[name] - 1, 7))
        pair = listing[place : place + 2]
        if (self.style.bare and not self.read.issuperset(pair)) or any(map(self.is_remade, pair)):
            return
        listing[place : place + 2] = reversed(listing[place : place + 2])

    def retract(self) -> None:
        if self.style.bare and self.touched:
            return
        number = self.chance.choice(self.shown())
        if number not in self.touched and all(
            number in shown[1:-1] for shown in self.windows().values() if number in shown
        ):
            self.retracted.add(number)
            self.touched.add(number)
            for listing in self.listings.values():
                if number in listing:
                    listing.remove(number)

    def restore(self) -> None:
        if self.style.bare and self.touched:
            return
        free = sorted(self.retracted - self.touched)
        if free:
            number = self.chance.choice(free)
            self.retracted.remove(number)
            self.touched.add(number)
            self.listings[sorted(self.listings)[number % 2]].insert(self.chance.randrange(1, 4), number)

    def move(self) -> None:
        """An article goes over to the other listing."""
        if self.style.bare and self.touched:
            return
        one, other = self.chance.sample(sorted(self.listings), 2)
        number = self.chance.choice(self.windows()[one])
        if number not in self.touched and number not in self.listings[other]:
            self.listings[one].remove(number)
            self.listings[other].insert(self.chance.randrange(4), number)
            self.touched.add(number)

    def rename(self) -> None:
        """A listing gets another heading, or the listings of a document change places."""
        if self.chance.random() < 0.5:
            self.turned = not self.turned
            return
        name = self.chance.choice(sorted(self.listings))
        self.printer.headings[name] = f"{name} {self.chance.choice(('from the river', 'of the estuary'))}"

    def count(self) -> None:
        """A summary starts to say how many have read it, or stops."""
        free = [number for number in self.shown() if self.articles[number].summary]
        self.counter = self.chance.choice(free) if self.counter is None and free else None

    def tick(self) -> None:
        assert self.counter is not None
        if self.counter not in self.touched:
            article = self.articles[self.counter]
            text = (article.summary or "").partition(" Read by ")[0]
            self.say(replace(article, summary=f"{text} Read by {self.chance.randrange(10, 9999)} people."))

    def reword(self, text: str) -> str:
        words = text.split()
        words[self.chance.randrange(len(words))] = self.chance.choice(ADVERBS)
        return " ".join(words)

    def title(self) -> str:
        """A title that no article has had: what repeats by chance would have no truth."""
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
        """What each listing shows, newest first."""
        return {name: listing[: self.style.windows[name]] for name, listing in self.listings.items()}

    def pages(self) -> dict[str, list[int]]:
        """What each document shows, in order; what stands in it twice counts where it stands first."""
        windows = {name: shown[::-1] if self.style.ascending else shown for name, shown in self.windows().items()}
        return {
            document: list(dict.fromkeys(number for name in names for number in windows[name]))
            for document, names in self.documents().items()
        }

    def documents(self) -> dict[str, tuple[str, ...]]:
        """Which listings each document shows, in order."""
        turn = -1 if self.turned else 1
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
