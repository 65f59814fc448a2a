"""Reading HTML pages by selectors, and deriving selectors from an automatic reading."""

from __future__ import annotations

import dataclasses

import pytest

from feeds.config import Source
from feeds.config.types import check_selector
from feeds.dates.parsing import resolve
from feeds.errors import ParseError
from feeds.model import Document, Item, Listing
from feeds.parsers.html.by_selectors import read_html, read_selected
from feeds.parsers.html.parser import read_auto, selectors
from feeds.parsers.html.wrapper_induction import Selectors
from tests.kit.paths import DATA

BASE = "https://news.example/list/"
PAGES = DATA / "html"
CARDS = """<!doctype html><html lang="de"><body>
<div class="card"><b class="kind">Hafen</b><h3><a href="eins">Erste <i>Meldung</i></a></h3>
<time datetime="2024-05-06">vorgestern</time><div class="text"><p>Ein Absatz.</p><p>Noch einer.</p></div>
<small>Foto: A. Berg</small></div>
<div class="card"><h3><a href="/zwei">Zweite<br>Meldung</a></h3><time>2. Mai 2024</time></div>
<div class="card"><p>Anzeige</p></div>
</body></html>"""


def fields(listing: Listing) -> list[tuple[object, ...]]:
    whens = resolve(listing, language=listing.language or "en", day_first=None)
    return [(item.title, item.link, item.label, when) for item, when in zip(listing.items, whens, strict=True)]


def read(html: str, **fields: str) -> tuple[Item, ...]:
    chosen = Selectors(**{"item": "div.card", **fields})
    return read_selected(Document(BASE, html.encode(), "text/html"), chosen).items


def test_every_field_is_read_by_its_selector() -> None:
    first, _ = read(CARDS, title="h3", link="h3 a", date="time", label=".kind", summary=".text", credit="small")
    assert first == Item(
        line=2,
        credit="Foto: A. Berg",
        label="Hafen",
        title="Erste Meldung",
        date="2024-05-06",
        summary="Ein Absatz.\n\nNoch einer.",
        link="https://news.example/list/eins",
    )


def test_a_source_is_read_by_its_selectors() -> None:
    source = Source.model_validate({"name": "n", "url": BASE, "select": {"item": ".card", "date": "time"}})
    items = read_html(Document(BASE, CARDS.encode(), "text/html"), source).items
    assert [(item.title, item.date) for item in items] == [
        ("Erste Meldung", "2024-05-06"),
        ("Zweite Meldung", "2. Mai 2024"),
    ]


def test_a_source_without_selectors_is_refused() -> None:
    with pytest.raises(ParseError) as caught:
        read_html(Document(BASE, CARDS.encode(), "text/html"), Source(name="n", url=BASE))
    assert caught.value.reason == "selectors"


def test_a_missing_field_is_unknown() -> None:
    _, second = read(CARDS, title="h3", date="time", label=".kind", summary=".text", credit="small")
    assert (second.label, second.summary, second.credit) == (None, None, None)


def test_a_printed_date_is_used_without_a_machine_readable_one() -> None:
    _, second = read(CARDS, date="time")
    assert second.date == "2. Mai 2024"


def test_without_further_selectors_the_first_heading_and_its_link_are_used() -> None:
    assert [(item.title, item.link) for item in read(CARDS)] == [
        ("Erste Meldung", "https://news.example/list/eins"),
        ("Zweite Meldung", "https://news.example/zwei"),
    ]


def test_an_element_without_a_title_is_left_out() -> None:
    assert all(item.title != "Anzeige" for item in read(CARDS, title="h3"))


def test_a_card_that_is_a_link_gives_its_own_address() -> None:
    html = '<a class="card" href="/x"><h3>Titel</h3></a>'
    assert read(html, item="a.card")[0].link == "https://news.example/x"


def test_a_heading_within_a_link_gives_the_address_of_that_link() -> None:
    html = '<div class="card"><a href="/bild"><img></a><a href="/x"><h3>Titel</h3></a></div>'
    assert read(html)[0].link == "https://news.example/x"


def test_a_link_to_a_script_is_unknown() -> None:
    assert read('<div class="card"><h3><a href="javascript:open(1)">Titel</a></h3></div>')[0].link is None


@pytest.mark.parametrize("text", ["article", "div.card > h3 a", "li:not(.ad)", "tr:nth-child(2n)", "a[href^='/n']"])
def test_a_valid_selector_has_no_problem(text: str) -> None:
    assert check_selector(text) is None


@pytest.mark.parametrize("text", ["", "  ", "div..card", "a[", "h3::text", "> a", ":contains(x)"])
def test_an_invalid_selector_has_a_problem(text: str) -> None:
    assert check_selector(text)


def test_elements_that_nest_too_deep_are_refused() -> None:
    with pytest.raises(ParseError) as caught:
        read("<div>" * 201 + CARDS)
    assert caught.value.reason == "too_deep"


def test_a_page_that_was_cut_off_is_not_complete() -> None:
    cut = Document(BASE, CARDS[:400].encode(), "text/html")
    assert not read_selected(cut, Selectors("div.card")).complete


def test_selectors_are_derived_from_an_automatic_reading() -> None:
    body = (PAGES / "popular_ru.html").read_bytes()
    found = selectors(Document(BASE, body, "text/html"))
    assert found == Selectors(
        item="div.news-item",
        title="a.news-title",
        link="a.news-title",
        date="span.news-date",
        label="a.news-rubric",
    )


WITH_SELECTORS = [
    "arabic",
    "base_el",
    "cards_time_de",
    "data_attributes_en",
    "date_parts_en",
    "field_names_es",
    "menus_tr",
    "named_columns_nl",
    "one_line_cards_ja",
    "slider_cs",
    "table_pt",
    "utility_classes_en",
    "whole_cards_de",
]


@pytest.mark.parametrize("name", WITH_SELECTORS)
def test_derived_selectors_read_the_same_items(name: str) -> None:
    document = Document(BASE, (PAGES / f"{name}.html").read_bytes(), "text/html")
    chosen = selectors(document)
    assert chosen is not None
    by_selectors = read_selected(document, chosen)
    automatic = read_auto(document, Source(name="newsroom", url=BASE))
    assert fields(by_selectors) == fields(automatic)


TWO_KINDS = """<html lang="en"><body>
<div class="lead"><h2><a href="/1">Harbour wall repaired before the storms</a></h2>
<time>4 May 2024</time></div>
<div class="row"><div class="small"><h2><a href="/2">Night bus runs until two in the morning</a></h2>
<time>3 May 2024</time></div>
<div class="small"><h2><a href="/3">Reading room opens on Sundays again</a></h2>
<time>2 May 2024</time></div></div>
</body></html>"""
COLUMNS = """<html lang="en"><body><table><tr><th>No.</th><th>Title</th><th>By</th><th>Date</th></tr>
<tr><td>2</td><td><a href="/2">Night bus runs until two</a></td><td>A.</td><td>3 May 2024</td></tr>
<tr><td>1</td><td><a href="/1">Reading room opens on Sundays</a></td><td>B.</td><td>2 May 2024</td></tr>
</table></body></html>"""


@pytest.mark.parametrize(
    ("html", "item", "date"),
    [(TWO_KINDS, "div.lead, div.small", "time"), (COLUMNS, "tr:has(td)", "td:nth-of-type(4)")],
    ids=["records of two kinds", "columns without names"],
)
def test_without_a_shared_class_selectors_list_kinds_or_use_positions(html: str, item: str, date: str) -> None:
    document = Document(BASE, html.encode(), "text/html")
    chosen = selectors(document)
    assert chosen is not None
    assert (chosen.item, chosen.date) == (item, date)
    automatic = read_auto(document, Source(name="newsroom", url=BASE))
    assert fields(read_selected(document, chosen)) == fields(automatic)


def test_elements_whose_tag_needs_escaping_are_selected_by_class() -> None:
    items = "".join(
        f'<o:p class="n"><h3><a href="/{n}">{title}</a></h3><st1:date>{n} May 2024</st1:date></o:p>'
        for n, title in ((1, "Ferry captain honoured"), (2, "Crab season opens"), (3, "Night bus runs again"))
    )
    chosen = selectors(Document(BASE, f'<html lang="en"><body>{items}</body></html>'.encode(), "text/html"))
    assert chosen == Selectors(".n", title="a", link="a")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ('<span data-published="2024-05-06">2 days ago</span>', "2024-05-06"),
        ('<abbr title="2024-05-06">Monday</abbr>', "2024-05-06"),
        ("<p><b>May</b><i>6</i><u>2024</u></p>", "May 6 2024"),
        ("<p>6 <i>May</i> 2024, <b>page 1</b></p>", "6 May 2024, page 1"),
    ],
    ids=["an attribute for scripts", "a title", "parts", "no date as a whole"],
)
def test_a_date_is_machine_readable_or_printed(written: str, date: str) -> None:
    card = f'<html lang="en"><div class="card"><h3>Ferry captain honoured</h3>{written}</div></html>'
    [item] = read(card, date="h3 + *")
    assert item.date == date


@pytest.mark.parametrize("name", ["article_en", "flat_ko", "jsonld_list_en"])
def test_a_reading_without_equivalent_selectors_gives_none(name: str) -> None:
    document = Document(BASE, (PAGES / f"{name}.html").read_bytes(), "text/html")
    assert selectors(document) is None


def test_selectors_are_plain_data() -> None:
    assert dataclasses.asdict(Selectors("li"))["item"] == "li"
