"""Which feeds exist, at which slugs, and which entries each is about.

A slug that was given out stays so: it is the address of its feed, or it has moved to that address, or it
says that the feed has ended. Of two things of one name, what the operator named has the plain slug, then a
category, a section, a source; among those of different days, who came first.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from feeds.config import CategoryRule, Config
from feeds.model import Entry, FeedKind, Scope, Term
from feeds.store import RegisteredFeed, View
from feeds.store.membership import holds
from feeds.unicode import normalise

_ALL = "all"
_Key = tuple[FeedKind, str]
_ORDER = (FeedKind.ALL, FeedKind.SELECTION, FeedKind.CATEGORY, FeedKind.SECTION, FeedKind.SOURCE)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The feeds of a site as they are to be from now on.

    `news` are the registrations that differ from what is registered. `settled` is False if one of them
    changes the name or address of a feed that was there before: that name stands in other feeds too.
    `scopes` are by slug, `categories` and `sections` by key.
    """

    config: Config
    feeds: tuple[RegisteredFeed, ...]
    news: tuple[RegisteredFeed, ...]
    settled: bool
    scopes: Mapping[str, Scope]
    categories: Mapping[str, Term]
    sections: Mapping[str, Term]

    def touched(self, entries: Iterable[Entry]) -> tuple[RegisteredFeed, ...]:
        """The feeds that hold, or held, one of these entries, and those that are new.

        An entry that has moved from one feed to another is given twice, as it was and as it is.
        """
        new = set(self.news)
        entries = tuple(entries)
        return tuple(
            feed for feed in self.feeds if feed in new or any(holds(self.scopes[feed.slug], entry) for entry in entries)
        )


@dataclass(frozen=True, slots=True)
class _Name:
    """A feed that should exist. `slug` is what it would like to be found at."""

    kind: FeedKind
    key: str
    title: str
    slug: str
    fixed: bool = False


def scope(feed: RegisteredFeed, config: Config) -> Scope:
    """Which entries the feed holds: none, if it is a selection that is configured no longer."""
    return _scope(feed, config, _spellings(config))


def _scope(feed: RegisteredFeed, config: Config, spellings: Mapping[str, tuple[str, ...]]) -> Scope:
    match feed.kind:
        case FeedKind.ALL:
            return Scope()
        case FeedKind.CATEGORY:
            return Scope(categories=spellings.get(feed.key, (feed.key,)))
        case FeedKind.SECTION:
            return Scope(sections=(feed.key,))
        case FeedKind.SOURCE:
            return Scope(sources=(feed.key,))
    for selection in config.selections:
        if selection.slug == feed.key:
            categories = map(normalise.key, selection.categories)
            keys = dict.fromkeys(each for key in categories for each in spellings.get(key, (key,)))
            sections = tuple(map(normalise.key, selection.sections))
            return Scope(tuple(keys), sections, selection.sources)
    return Scope(sources=("",))


def build_catalogue(view: View, config: Config, *, now: dt.datetime) -> Catalogue:
    """Take stock of the feeds; a new one came to exist `now`."""
    registered = {row.slug: row for row in view.feeds()}
    renamed = {old for rule in config.categories for old in rule.renamed_from} - {_ALL}
    names = _names(view, config, registered.values())
    live = {(row.kind, row.key): row for row in _settle(names, registered, renamed=renamed, now=now)}
    ended = _ended(live, registered, config=config, now=now)
    news = [row for row in (*live.values(), *ended) if row != registered.get(row.slug)]
    feeds = sorted(live.values(), key=lambda row: (_ORDER.index(row.kind), row.title.casefold(), row.slug))
    spellings = _spellings(config)
    return Catalogue(
        config=config,
        feeds=tuple(feeds),
        news=tuple(news),
        settled=all(row.slug not in registered for row in news),
        scopes={row.slug: _scope(row, config, spellings) for row in feeds},
        categories=_terms(FeedKind.CATEGORY, live, config),
        sections=_terms(FeedKind.SECTION, live, config),
    )


def _settle(
    names: Iterable[_Name],
    registered: Mapping[str, RegisteredFeed],
    *,
    renamed: set[str],
    now: dt.datetime,
) -> Iterator[RegisteredFeed]:
    """Give every feed the slug that it has, or the best that is free."""
    own: defaultdict[_Key, list[RegisteredFeed]] = defaultdict(list)
    for row in registered.values():
        if row.slug not in renamed:
            own[row.kind, row.key].append(row)
    taken = registered.keys() | renamed
    for name in names:
        known = _registration(name, own[name.kind, name.key])
        slug = known.slug if known else next(slug for slug in _slugs(name) if slug not in taken)
        taken.add(slug)
        yield RegisteredFeed(slug, name.kind, name.key, name.title, known.since if known else now)


def _names(view: View, config: Config, registered: Iterable[RegisteredFeed]) -> Iterator[_Name]:
    """Every feed that should exist, in the order in which they choose their slugs."""
    titles = {(row.kind, row.key): row.title for row in registered}
    known = {kind: {key for other, key in titles if other is kind} for kind in FeedKind}
    yield _Name(FeedKind.ALL, "", config.title, _ALL)
    for selection in config.selections:
        yield _Name(FeedKind.SELECTION, selection.slug, selection.title, selection.slug, fixed=True)
    rules = [rule for rule in config.categories if not rule.retired]
    for rule in sorted(rules, key=lambda rule: rule.slug is None):
        slug = rule.slug or normalise.slug(rule.name)
        title = rule.title or rule.name
        yield _Name(FeedKind.CATEGORY, normalise.key(rule.name), title, slug, fixed=rule.slug is not None)
    ruled = {key for rule in config.categories for key in _keys(rule)}
    labels = view.labels()
    for key in sorted((labels.keys() | known[FeedKind.CATEGORY]) - ruled):
        title = _title(labels.get(key, {}), titles.get((FeedKind.CATEGORY, key)))
        yield _Name(FeedKind.CATEGORY, key, title, normalise.slug(key))
    headings = view.headings()
    for key in sorted(headings.keys() | known[FeedKind.SECTION]):
        if key in known[FeedKind.SECTION] or view.count(Scope(sections=(key,))):
            title = titles.get((FeedKind.SECTION, key)) or headings[key]
            yield _Name(FeedKind.SECTION, key, title, normalise.slug(key))
    sources = {source.name: source.title or source.name for source in config.sources}
    for key in sorted(sources.keys() | known[FeedKind.SOURCE]):
        if key in known[FeedKind.SOURCE] or view.count(Scope(sources=(key,))):
            title = sources.get(key) or titles[FeedKind.SOURCE, key]
            yield _Name(FeedKind.SOURCE, key, title, normalise.slug(key))


def _title(spellings: Mapping[str, int], incumbent: str | None) -> str:
    """The spelling that most entries have. Between equals it stays what it was, so that it does not waver."""
    counts = Counter(spellings)
    if incumbent is not None:
        counts[incumbent] += 0
    return min(counts, key=lambda title: (-counts[title], title != incumbent, title))


def _registration(name: _Name, own: Iterable[RegisteredFeed]) -> RegisteredFeed | None:
    """Which of its registrations the feed goes on with; a configured slug is the only one that will do."""
    good = [row for row in own if not name.fixed or row.slug in _slugs(name)]
    return min(good, key=lambda row: (row.moved is not None, row.since, row.slug), default=None)


def _slugs(name: _Name) -> tuple[str, ...]:
    """What the feed would be found at, the best first; the last is free unless a hash has a twin."""
    digest = normalise.short_hash(f"{name.kind}:{name.key}")
    return name.slug, f"{name.slug}-{name.kind}", f"{name.slug}-{digest}"


def _ended(
    live: Mapping[_Key, RegisteredFeed],
    registered: Mapping[str, RegisteredFeed],
    *,
    config: Config,
    now: dt.datetime,
) -> list[RegisteredFeed]:
    """The slugs that are no feed's address: where each has moved to, or that its feed has ended."""
    canonical = {key: normalise.key(rule.name) for rule in config.categories for key in _keys(rule)}
    former = dict(registered)
    for rule in config.categories:
        key = normalise.key(rule.name)
        gone = {rule.slug or normalise.slug(rule.name)} if rule.retired else set()
        for slug in sorted(gone.union(rule.renamed_from)):
            since = registered[slug].since if slug in registered else now
            former[slug] = RegisteredFeed(slug, FeedKind.CATEGORY, key, rule.title or rule.name, since)
    addresses = {row.slug for row in live.values()}
    ended = []
    for slug in sorted(former.keys() - addresses):
        row = former[slug]
        key = canonical.get(row.key, row.key) if row.kind is FeedKind.CATEGORY else row.key
        today = live.get((row.kind, key))
        ended.append(replace(row, moved=today.slug if today else None, retired=today is None))
    return ended


def _terms(kind: FeedKind, live: Mapping[_Key, RegisteredFeed], config: Config) -> Mapping[str, Term]:
    terms = {key: Term(row.slug, row.title) for (other, key), row in live.items() if other is kind}
    if kind is FeedKind.CATEGORY:
        for rule in config.categories:
            term = terms.get(normalise.key(rule.name))
            terms |= {key: term for key in _keys(rule) if term is not None}
    return terms


def _keys(rule: CategoryRule) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise.key(label) for label in (rule.name, *rule.aliases)))


def _spellings(config: Config) -> Mapping[str, tuple[str, ...]]:
    """For each label that a rule names, the keys of all labels that mean the same category."""
    several = (_keys(rule) for rule in config.categories)
    return {key: keys for keys in several for key in keys}
