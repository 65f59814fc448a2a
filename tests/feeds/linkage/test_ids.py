from __future__ import annotations

import uuid
from itertools import permutations

import pytest

from feeds.linkage.blocking import stored_keys
from feeds.linkage.ids import mint
from feeds.linkage.record import ComparisonRecord
from tests.kit.listings import line, story


def record(each):
    return ComparisonRecord.of(each.item, each.when)


def test_an_id_depends_on_title_and_day_alone():
    plain = line("Buoys that call home", day=3)
    (id,) = mint([record(plain)], {})
    for other in (
        plain(label="Harbour life", credit="© Ada 2026", summary="Long ago.", link="https://example.org/1"),
        plain(title="  BUOYS that  call home"),
        plain(number=9),
    ):
        assert mint([record(other)], {}) == [id]
    assert mint([record(plain(day=4))], {}) != [id]
    assert uuid.UUID(id.removeprefix("urn:uuid:")).version == 5


def test_an_id_is_the_same_in_every_version_of_tidings():
    # Ids in stores never change, so this value may never change.
    (id,) = mint([record(line("Buoys that call home", day=3))], {})
    assert id == "urn:uuid:" + str(
        uuid.uuid5(uuid.UUID("0f6c1f5e-3b43-5d2a-9e0b-6d1f6b1a7c54"), "buoys that call home\x1f2026-01-04")
    )


def test_items_of_one_title_and_day_have_ids_of_their_own_in_any_order():
    twins = [line("Minutes", day=1, summary=text) for text in ("Of the council.", "Of the board.", "Of the ferry.")]
    ids = dict(zip([twin.item.summary for twin in twins], mint([record(twin) for twin in twins], {}), strict=True))
    assert len(set(ids.values())) == 3
    for order in permutations(twins):
        assert mint([record(twin) for twin in order], {}) == [ids[twin.item.summary] for twin in order]


def test_identical_items_are_told_apart_by_an_ordinal():
    twin = record(line("Minutes", day=1))
    first, second = mint([twin, twin], {})
    assert first != second
    assert mint([twin], {first, second}) not in ([first], [second])


def test_an_id_that_is_taken_is_never_given_again():
    (id,) = mint([record(story(1))], {})
    assert mint([record(story(1))], {id}) != [id]


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({}, ["title"]),
        ({"link": "https://example.org/a"}, ["title", "link"]),
        ({"summary": "Closed."}, ["title"]),
        ({"summary": "The slipway below the old mill is closed."}, ["title", "summary"]),
    ],
    ids=["title", "link", "short-summary", "long-summary"],
)
def test_an_entry_has_a_stored_key_for_each_field_that_identifies_it(fields, kinds):
    found = stored_keys(record(line("Slipway", **fields)))
    assert [key.partition(":")[0] for key in found] == kinds
