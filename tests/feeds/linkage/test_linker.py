"""Which item is which known entry, whatever else changed."""

from __future__ import annotations

import pytest

from feeds.linkage.positions import Gap, gap_weight, gaps, longest_increasing_subsequence, scrolled_off
from feeds.linkage.record import ComparisonRecord
from feeds.linkage.urls import url_key
from feeds.linkage.weights import similarity
from tests.kit.listings import SUMMARIES, TITLES, Ledger, known, line, reading, stories, story

LINK = "https://example.org/2026/5"


EDITS = {
    "title reworded": {"title": "Buoys that at last call home"},
    "title rewritten": {"title": "Silence in the fairway"},
    "day": {"day": 6},
    "summary reworded": {"summary": SUMMARIES[5].replace("Two", "Three")},
    "summary rewritten": {"summary": "The makers say sorry."},
    "summary gone": {"summary": None},
    "day gone": {"day": None},
    "label": {"label": "Events"},
    "credit": {"credit": "© Ada Finch 2026"},
    "link": {"link": "https://example.org/2026/five"},
    "title and day": {"title": "Silence in the fairway", "day": 4},
    "title and summary": {"title": "Silence in the fairway", "summary": "The makers say sorry."},
    "day and summary": {"day": 4, "summary": "The makers say sorry."},
    "title and link": {"title": "Silence in the fairway", "link": "https://example.org/2026/five"},
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
@pytest.mark.parametrize("place", [0, 2, 4], ids=["first", "middle", "last"])
def test_one_field_or_two_may_change(edit, place):
    others = stories(9, 8, 2, 1)
    was = story(5, label="Harbour", credit="© Tom Okafor 2026", link=LINK)
    ledger = Ledger()
    ledger.read(*others[:place], was, *others[place:])
    id = ledger.ids["Buoys that call home"]
    changes = ledger.read(*others[:place], was(**edit), *others[place:])
    assert changes.added == ()
    assert ledger.ids[edit.get("title", "Buoys that call home")] == id


@pytest.mark.parametrize("edit", ["title", "summary"])
def test_an_item_that_was_edited_is_known_though_another_came_above_it(edit):
    ledger = Ledger()
    ledger.read(*stories(5, 4, 3, 2))
    id = ledger.ids["Buoys that call home"]
    changes = ledger.read(story(9), story(5, **{edit: "Silence in the fairway"}), *stories(4, 3, 2))
    assert [entry.title for entry in changes.added] == [story(9).item.title]
    assert [entry.id for entry in changes.edited] == [id]


def test_swapped_titles_follow_their_texts():
    ledger = Ledger()
    ledger.read(*stories(5, 4, 3, 2))
    by_text = {entry.summary: entry.id for entry in ledger.memory.entries.values()}
    titles = story(4).item.title, story(3).item.title
    ledger.read(story(5), story(4, title=titles[1]), story(3, title=titles[0]), story(2))
    assert {entry.summary: entry.id for entry in ledger.memory.entries.values()} == by_text


def test_a_recurring_title_with_another_date_and_text_is_news():
    def bulletin(number):
        return line("Water levels of the week", day=number, summary=SUMMARIES[number])

    ledger = Ledger()
    ledger.read(bulletin(5), story(4), bulletin(3), story(2))
    changes = ledger.read(bulletin(7), story(6), bulletin(5), story(4), bulletin(3))
    assert [(entry.title, entry.summary) for entry in changes.added] == [
        (story(6).item.title, SUMMARIES[6]),
        ("Water levels of the week", SUMMARIES[7]),
    ]
    assert changes.edited == ()


def test_a_numbered_bulletin_is_not_an_edit_of_the_one_before():
    ledger = Ledger()
    ledger.read(line("Bulletin 34", day=5), *stories(4, 3, 2))
    changes = ledger.read(line("Bulletin 35", day=6), line("Bulletin 34", day=5), *stories(4, 3))
    assert [entry.title for entry in changes.added] == ["Bulletin 35"]


def test_two_items_of_one_title_and_day_stay_two():
    ledger = Ledger()
    twins = [line("Minutes", day=5, summary=text) for text in SUMMARIES[:2]]
    ledger.read(*twins, *stories(4, 3, 2))
    assert sorted(entry.summary for entry in ledger.memory.entries.values() if entry.title == "Minutes") == sorted(
        SUMMARIES[:2]
    )
    assert ledger.read(*reversed(twins), *stories(4, 3, 2)).entries == ()


def test_of_two_bare_notices_that_say_the_same_both_are_kept():
    ledger = Ledger()
    twin = line("Minutes", day=5)
    assert len(ledger.read(twin, twin, *stories(4, 3)).added) == 4
    assert ledger.read(twin, twin, *stories(4, 3)).entries == ()


def test_an_item_in_two_sections_of_a_document_is_one_entry_with_both():
    ledger = Ledger()
    document = reading("a.txt", ("News", stories(5, 4, 3)), ("Events", stories(4, 1)))
    changes = ledger.read_all(document)
    assert len(changes.added) == 4
    assert ledger.entry(story(4).item.title).sections == ("events", "news")
    assert ledger.read_all(document).entries == ()


def test_an_item_in_two_documents_is_one_entry_with_both_sections():
    ledger = Ledger()
    changes = ledger.read_all(reading("a.txt", ("News", stories(5, 4, 3))), reading("b.txt", ("Events", stories(4, 1))))
    assert len(changes.added) == 4
    assert ledger.entry(story(4).item.title).sections == ("events", "news")


def test_an_item_that_moved_to_another_document_was_not_edited_into_its_successor():
    ledger = Ledger()
    bare = [line(title) for title in ("Alpha", "Brackwater", "Cranes", "Dunes", "Eels")]
    ledger.read_all(reading("a.txt", ("News", bare[:3])), reading("b.txt", ("Events", bare[3:])))
    ids = ledger.ids
    for _ in range(3):
        ledger.read_all(
            reading("a.txt", ("News", [bare[0], bare[4], bare[1], bare[2]])),
            reading("b.txt", ("Events", [bare[3], line("Fog")])),
        )
    assert {title: id for title, id in ledger.ids.items() if title != "Fog"} == ids
    assert ledger.ids["Fog"] not in ids.values()


def test_where_titles_are_all_there_is_a_rewritten_one_is_known_by_its_place():
    titles = ["Alpha", "Brackwater", "Cranes", "Dunes", "Eels"]
    for place in range(5):
        ledger = Ledger()
        ledger.read(*map(line, titles))
        renamed = [*titles[:place], "Fog over the roads", *titles[place + 1 :]]
        changes = ledger.read(*map(line, renamed))
        assert (changes.added, len(changes.edited)) == ((), 1), titles[place]


def test_items_with_nothing_in_common_with_those_that_scrolled_off_are_news():
    ledger = Ledger()
    ledger.read(*stories(5, 4, 3, 2))
    changes = ledger.read(*stories(7, 6, 5, 4))
    assert len(changes.added) == 2
    assert changes.edited == changes.retracted == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://www.example.org/a/", "https://example.org/a"),
        ("https://example.org/a?utm_source=list&id=3", "https://example.org/a?id=3"),
        ("https://EXAMPLE.org/a#comments", "https://example.org/a"),
        ("https://example.org/a;jsessionid=3F9?id=3", "https://example.org/a;JSESSIONID=7AB?id=3"),
    ],
    ids=["scheme-and-slash", "tracking", "anchor", "session"],
)
def test_a_tidied_link_leads_to_the_same_place(one, other):
    assert url_key(one) == url_key(other)


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/b",
        "https://example.org/A",
        "https://example.org/a?id=4",
        "https://example.org/a#!/4",
    ],
    ids=["path", "case-of-path", "query", "route"],
)
def test_another_link_leads_elsewhere(other):
    assert url_key("https://example.org/a") != url_key(other)


def test_a_link_that_cannot_be_parsed_is_compared_as_it_is():
    assert url_key("http://[broken") == "http://[broken"


def test_texts_are_alike_in_any_script():
    assert similarity("die Schleuse ist zu", "die Schleuse ist zu") == 1.0
    assert similarity("Die Schleuse von Halm ist zu", "Die Schleuse von Halm bleibt zu") > 0.7
    assert similarity("हेलम का जलद्वार बंद है", "हेलम का जलद्वार बंद रहेगा") > 0.6
    assert similarity("the eastern quay", "a school visit") < 0.4


def test_a_comparison_record_does_not_depend_on_spelling():
    record = ComparisonRecord.of(line("Café  Söl", label="News Room").item, None)
    assert record == ComparisonRecord.of(line("CAFE\u0301 SO\u0308L", label="news-room").item, None)


def test_a_gap_is_known_by_the_neighbours_that_stayed():
    sections = ["a", "a", "a", "a", "b", "b"]
    found = gaps(sections, {0: 10, 3: 13, 5: 15}, ())
    assert found == {1: Gap(10, 13, 0, 2), 2: Gap(10, 13, 1, 2), 4: Gap(None, 15, 0, 1)}


def test_the_place_says_most_in_the_middle_and_nothing_without_a_neighbour():
    middle, head, alone = Gap(1, 2, 0, 1), Gap(None, 2, 0, 1), Gap(None, None, 0, 1)
    assert gap_weight(middle, middle) > gap_weight(head, head) > gap_weight(alone, alone) == 0
    assert gap_weight(Gap(None, 2, 0, 2), head) < gap_weight(Gap(None, 2, 1, 2), head)


def test_of_a_reordered_listing_a_longest_increasing_subsequence_stays():
    assert longest_increasing_subsequence([(0, 1), (1, 0), (2, 2), (3, 3)]) in ({0, 2, 3}, {1, 2, 3})
    assert len(longest_increasing_subsequence([(0, 3), (1, 2), (2, 1), (3, 0)])) == 1
    assert longest_increasing_subsequence([]) == set()


def standing(sections, days):
    lines = [(section, line("Item", day=day)) for section, day in zip(sections, days, strict=True)]
    return [ComparisonRecord.of(each.item, each.when, section) for section, each in lines]


def test_each_section_scrolls_off_at_its_own_old_end():
    spots = standing("aaabb", [9, 8, 7, 9, 8])
    assert scrolled_off(spots, {0, 3}, ascending=False) == {1, 2, 4}
    assert scrolled_off(standing("aaabb", [7, 8, 9, 8, 9]), {2, 4}, ascending=None) == {0, 1, 3}
    assert scrolled_off(spots, {0, 2, 4}, ascending=False) == set()


def test_a_listing_sorted_by_something_else_loses_its_oldest_items_wherever_they_are():
    spots = standing("aaaaaa", [4, 9, 2, 7, 3, 8])
    assert scrolled_off(spots, {0, 1, 3, 4, 5}, ascending=False) == {2}
    assert scrolled_off(spots, {0, 1, 2, 4, 5}, ascending=False) == set()
    assert scrolled_off(spots, {1, 2, 3, 4, 5}, ascending=None) == set()


def test_one_old_item_that_is_pinned_to_the_top_does_not_unsort_a_listing():
    spots = standing("aaaaaa", [1, 9, 8, 7, 6, 5])
    assert scrolled_off(spots, {0, 1, 2, 4, 5}, ascending=False) == set()
    assert scrolled_off(spots, {0, 1, 2, 3, 4}, ascending=False) == {5}


def test_a_recurring_title_under_another_address_and_another_day_is_another_article():
    ledger = Ledger()
    minutes = line("Minutes of the council", day=9, link="https://example.org/minutes/17")
    ledger.read(minutes, *stories(8, 7, 6, 5))
    changes = ledger.read(minutes(day=12, link="https://example.org/minutes/18"), *stories(8, 7, 6, 5))
    assert (len(changes.added), len(changes.edited)) == (1, 0)


def test_another_title_under_another_address_on_the_same_day_is_another_article():
    ledger = Ledger()
    first = line("Crane driver wanted", day=9, link="https://example.org/31")
    ledger.read(first, *stories(8, 7, 6, 5))
    other = line("Sluice closed at night", day=9, link="https://example.org/32")
    changes = ledger.read(other, *stories(8, 7, 6, 5))
    assert (len(changes.added), len(changes.edited)) == (1, 0)


def test_an_item_whose_title_alone_stayed_is_another_article():
    ledger = Ledger()
    was = story(6, title="Open day", link="https://example.org/open/1")
    ledger.read(*stories(8, 7), was, *stories(5, 4))
    now = was(day=5, summary=SUMMARIES[2], link="https://example.org/open/2")
    assert len(ledger.read(*stories(8, 7), now, *stories(5, 4)).added) == 1


def test_an_earlier_day_under_the_same_title_is_a_correction_though_the_item_could_have_scrolled_off():
    listed = [line(title, day=day) for title, day in (("Crane driver wanted", 3), ("Weir is measured", 9))]
    news = line("Ferry sings again", day=12)
    for day, is_new in ((8, False), (10, True)):
        ledger = Ledger()
        ledger.read_all(reading("a.txt", ("News", stories(8, 7)), ("Stories", listed)))
        shown = [listed[1](day=day), news]
        changes = ledger.read_all(reading("a.txt", ("News", stories(8, 7)), ("Stories", shown)))
        assert ("Weir is measured" in [entry.title for entry in changes.added]) is is_new


def test_all_items_are_known_again_when_each_of_them_says_more():
    ledger = Ledger()
    bare = [line(title, day=n // 3) for n, title in enumerate(TITLES)]
    ledger.read(*bare, *(each(day=9) for each in bare[:2]))
    ids = {entry.id for entry in ledger.memory.entries.values()}
    full = [each(summary=SUMMARIES[n]) for n, each in enumerate(bare)]
    again = [each(day=9, summary=f"Anew. {SUMMARIES[n]}") for n, each in enumerate(bare[:2])]
    changes = ledger.read(*full, *again)
    assert (changes.added, len(changes.edited)) == ((), 14)
    assert {entry.id for entry in ledger.memory.entries.values()} == ids


def test_a_counter_in_every_title_does_not_make_other_items_of_them():
    titles = ("Fähre", "Kräne", "Boote", "Fische", "Netze")
    ledger = known(*(line(title, day=9 - n) for n, title in enumerate(titles)))
    for at in (17, 42, 63):
        changes = ledger.read(*(line(f"{title} ({at + n})", day=9 - n) for n, title in enumerate(titles)))
        assert (changes.added, changes.retracted) == ((), ())
        assert not any(held.whole for held in changes.held)


def test_numbered_bulletins_that_follow_each_other_are_not_taken_for_a_counter():
    ledger = known(line("Bulletin 35", day=8), line("Herons", day=6), line("Seals", day=5))
    assert len(ledger.read(line("Bulletin 36", day=9), line("Herons", day=6), line("Seals", day=5)).added) == 1


def test_an_address_and_a_day_are_enough_where_every_text_is_another():
    was = [story(n, day=n // 2, link=f"https://harbour.example/{n}") for n in (5, 4, 3, 2)]
    now = [each(title=TITLES[n], summary=SUMMARIES[n]) for n, each in zip((11, 10, 9, 8), was, strict=True)]
    ledger = known(*was)
    before = set(ledger.ids.values())
    changes = ledger.read(*now, accepted=True)
    assert (len(changes.edited), changes.added) == (4, ())
    assert set(ledger.ids.values()) == before
