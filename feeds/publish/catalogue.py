"""Catalogue of the feeds: which exist, at which slugs, and which entries each holds.

A registered slug is registered for ever: it is the address of its feed, or redirects to that address, or says
that the feed has ended. If two feeds want the same slug, the one that was registered earlier keeps it; among new
ones the order is: named by the operator, category, section, source.
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
    """The feeds of a site as they have to be from now on.

    `changed` are the registrations that differ from what is registered. `only_new` is False if one of them changes
    the title or address of a registered feed: entries of other feeds name it too. `scopes` are by slug,
    `categories` and `sections` by key.
    """

    config: Config
    feeds: tuple[RegisteredFeed, ...]
    changed: tuple[RegisteredFeed, ...]
    only_new: bool
    scopes: Mapping[str, Scope]
    categories: Mapping[str, Term]
    sections: Mapping[str, Term]

    def affected_by(self, entries: Iterable[Entry]) -> tuple[RegisteredFeed, ...]:
        """Return the feeds that hold, or held, one of these entries, and those that are new.

        An entry that moved from one feed to another must be given twice: as it was and as it is.
        """
        new = set(self.changed)
        entries = tuple(entries)
        return tuple(
            feed for feed in self.feeds if feed in new or any(holds(self.scopes[feed.slug], entry) for entry in entries)
        )


@dataclass(frozen=True, slots=True)
class _WantedFeed:
    """A feed that should exist. `slug` is the one that it gets if it is free; with `fixed`, no other will do."""

    kind: FeedKind
    key: str
    title: str
    slug: str
    fixed: bool = False


def scope(feed: RegisteredFeed, config: Config) -> Scope:
    """Return the scope of a feed. A selection that is no longer configured holds nothing."""
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
    """Return the catalogue for the stored entries and the configuration; new feeds exist since `now`."""
    registered = {row.slug: row for row in view.feeds()}
    renamed = {old for rule in config.categories for old in rule.renamed_from} - {_ALL}
    wanted = _wanted_feeds(view, config, registered.values())
    live = {(row.kind, row.key): row for row in _assign_slugs(wanted, registered, renamed=renamed, now=now)}
    ended = _ended(live, registered, config=config, now=now)
    changed = [row for row in (*live.values(), *ended) if row != registered.get(row.slug)]
    feeds = sorted(live.values(), key=lambda row: (_ORDER.index(row.kind), row.title.casefold(), row.slug))
    spellings = _spellings(config)
    return Catalogue(
        config=config,
        feeds=tuple(feeds),
        changed=tuple(changed),
        only_new=all(row.slug not in registered for row in changed),
        scopes={row.slug: _scope(row, config, spellings) for row in feeds},
        categories=_terms(FeedKind.CATEGORY, live, config),
        sections=_terms(FeedKind.SECTION, live, config),
    )


def _assign_slugs(
    wanted: Iterable[_WantedFeed],
    registered: Mapping[str, RegisteredFeed],
    *,
    renamed: set[str],
    now: dt.datetime,
) -> Iterator[RegisteredFeed]:
    """Yield every feed at the slug that it has, or at the first of its slugs that is free."""
    own: defaultdict[_Key, list[RegisteredFeed]] = defaultdict(list)
    for row in registered.values():
        if row.slug not in renamed:
            own[row.kind, row.key].append(row)
    taken = registered.keys() | renamed
    for feed in wanted:
        known = _registration(feed, own[feed.kind, feed.key])
        slug = known.slug if known else next(slug for slug in _slugs(feed) if slug not in taken)
        taken.add(slug)
        yield RegisteredFeed(slug, feed.kind, feed.key, feed.title, known.since if known else now)


def _wanted_feeds(view: View, config: Config, registered: Iterable[RegisteredFeed]) -> Iterator[_WantedFeed]:
    """Yield every feed that should exist, in the order in which they get their slugs."""
    titles = {(row.kind, row.key): row.title for row in registered}
    known = {kind: {key for other, key in titles if other is kind} for kind in FeedKind}
    yield _WantedFeed(FeedKind.ALL, "", config.title, _ALL)
    for selection in config.selections:
        yield _WantedFeed(FeedKind.SELECTION, selection.slug, selection.title, selection.slug, fixed=True)
    rules = [rule for rule in config.categories if not rule.retired]
    for rule in sorted(rules, key=lambda rule: rule.slug is None):
        slug = rule.slug or normalise.slug(rule.name)
        title = rule.title or rule.name
        yield _WantedFeed(FeedKind.CATEGORY, normalise.key(rule.name), title, slug, fixed=rule.slug is not None)
    ruled = {key for rule in config.categories for key in _keys(rule)}
    labels = view.labels()
    unpublished = _unpublished(view, config, labels, registered)
    for key in sorted((labels.keys() | known[FeedKind.CATEGORY]) - ruled - unpublished):
        title = _title(labels.get(key, {}), titles.get((FeedKind.CATEGORY, key)))
        yield _WantedFeed(FeedKind.CATEGORY, key, title, normalise.slug(key))
    headings = view.headings()
    for key in sorted(headings.keys() | known[FeedKind.SECTION]):
        if key in known[FeedKind.SECTION] or view.count(Scope(sections=(key,))):
            title = titles.get((FeedKind.SECTION, key)) or headings[key]
            yield _WantedFeed(FeedKind.SECTION, key, title, normalise.slug(key))
    sources = {source.name: source.title or source.name for source in config.sources}
    for key in sorted(sources.keys() | known[FeedKind.SOURCE]):
        if key in known[FeedKind.SOURCE] or view.count(Scope(sources=(key,))):
            title = sources.get(key) or titles[FeedKind.SOURCE, key]
            yield _WantedFeed(FeedKind.SOURCE, key, title, normalise.slug(key))


def _unpublished(view: View, config: Config, labels: Iterable[str], registered: Iterable[RegisteredFeed]) -> set[str]:
    """Return the categories that get no feed without a rule: only sources with `only_configured_labels` use them.

    A category whose feed has ended that way and that no entry has any more stays ended.
    """
    sources = [source.name for source in config.sources if source.only_configured_labels]
    if not sources:
        return set()
    ended = {row.key for row in registered if row.kind is FeedKind.CATEGORY and row.retired}
    return {*labels, *ended} - view.categories_outside(sources)


def _title(spellings: Mapping[str, int], current: str | None) -> str:
    """Return the spelling that most entries have; in a tie the current title stays, so that it does not alternate."""
    counts = Counter(spellings)
    if current is not None:
        counts[current] += 0
    return min(counts, key=lambda title: (-counts[title], title != current, title))


def _registration(feed: _WantedFeed, own: Iterable[RegisteredFeed]) -> RegisteredFeed | None:
    """Return the registration that the feed keeps: the oldest that is its address; None if it needs a new slug."""
    usable = [row for row in own if not feed.fixed or row.slug in _slugs(feed)]
    return min(usable, key=lambda row: (row.moved is not None, row.since, row.slug), default=None)


def _slugs(feed: _WantedFeed) -> tuple[str, ...]:
    """Return the slugs to try, the best first; the last is free unless two hashes collide."""
    digest = normalise.short_hash(f"{feed.kind}:{feed.key}")
    return feed.slug, f"{feed.slug}-{feed.kind}", f"{feed.slug}-{digest}"


def _ended(
    live: Mapping[_Key, RegisteredFeed],
    registered: Mapping[str, RegisteredFeed],
    *,
    config: Config,
    now: dt.datetime,
) -> list[RegisteredFeed]:
    """Return the slugs that are not the address of a feed, each as moved to another slug or as retired."""
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
        current = live.get((row.kind, key))
        ended.append(replace(row, moved=current.slug if current else None, retired=current is None))
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
    """Return, for the key of each label that a rule names, the keys of all labels of the same category."""
    groups = (_keys(rule) for rule in config.categories)
    return {key: keys for keys in groups for key in keys}
