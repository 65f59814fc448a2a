"""What was rendered is used again exactly as long as it would be rendered the same."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from feeds.model import Entry, Feed, FeedKind, Term
from feeds.publish.formats import FORMATS, Format, Fragments, atom
from tests.kit.feed_samples import CURRENT, HOUR, SITE, entry, feed

# Another value for every field of a feed; its entries and their names are changed in their own ways.
OTHERWISE = {
    "slug": "other",
    "kind": FeedKind.SOURCE,
    "key": "other",
    "title": "Other",
    "updated": CURRENT.updated + HOUR,
    "ttl": 2 * CURRENT.ttl,
    "language": "fr",
    "tombstones": (),
    "archive": 7,
    "prev_archive": 8,
    "next_archive": 9,
    "change": 10,
}


def test_an_unchanged_entry_is_rendered_once() -> None:
    fragments = Fragments()
    for name, format in FORMATS.items():
        counted = []

        def count(each: Entry, *rest: Any, format: Format = format, counted: list[str] = counted) -> bytes:
            counted.append(each.id)
            return format.fragment(each, *rest)

        later = replace(CURRENT, entries=(entry(9), *CURRENT.entries))
        counting = replace(format, fragment=count)
        counting.render(CURRENT, SITE, fragments)
        assert counting.render(later, SITE, fragments) == format.render(later, SITE), name
        assert counted == [*(each.id for each in CURRENT.entries), entry(9).id]


@pytest.mark.parametrize(
    "change",
    [
        lambda feed, site: (feed, replace(site, base_url="https://moved.example")),
        lambda feed, site: (feed, replace(site, show_credit=False)),
        lambda feed, site: (replace(feed, entries=(replace(feed.entries[0], title="Edited"),)), site),
        lambda feed, site: (replace(feed, categories={"our impact": Term("impact", "Impact")}), site),
        lambda feed, site: (replace(feed, sections={"news and events": Term("news", "News")}), site),
        *(
            lambda feed, site, values={name: value}: (replace(feed, **values), site)
            for name, value in OTHERWISE.items()
        ),
    ],
    ids=["base_url", "show_credit", "an entry", "a category", "a section", *OTHERWISE],
)
@pytest.mark.parametrize("format", FORMATS)
def test_nothing_that_is_kept_is_ever_stale(format: str, change: Any) -> None:
    fragments = Fragments()
    FORMATS[format].render(CURRENT, SITE, fragments)
    changed = change(CURRENT, SITE)
    assert FORMATS[format].render(*changed, fragments) == FORMATS[format].render(*changed)


def test_every_field_of_a_feed_was_changed_above() -> None:
    assert OTHERWISE.keys() | {"entries", "categories", "sections"} == {field.name for field in fields(Feed)}


def test_what_was_not_used_for_longest_is_forgotten() -> None:
    rendered = []

    def count(each: Entry, *rest: Any) -> bytes:
        rendered.append(each.id)
        return atom.fragment(each, *rest)

    fragments, counting = Fragments(limit=2), replace(FORMATS["atom"], fragment=count)
    one, two, three = entry(1), entry(2), entry(3)
    for each in (one, two, one, three, one, two):
        counting.render(feed(each), SITE, fragments)
    assert rendered == [one.id, two.id, three.id, two.id]
    assert len(fragments) == 2
