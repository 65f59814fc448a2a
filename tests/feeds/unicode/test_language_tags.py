"""Language tags as documents and people write them: their normal form, and the dates read by them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable

import pytest
from babel.localedata import locale_identifiers
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds import config
from feeds.config import Source
from feeds.dates.names import short_order, words
from feeds.dates.parsing import parse_date, resolve
from feeds.model import Document, When
from feeds.parsers import parse
from feeds.unicode.charset_detection import detect_charset
from feeds.unicode.language_tags import checked_tag, locale_of, normalise_tag

LOCALES = frozenset(locale_identifiers())
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")

# What a text says, the tag that it becomes, and the locale with the words of its dates.
READ = [
    ("en-us", "en-US", "en_US"),
    ("de-at", "de-AT", "de_AT"),
    ("pt-br", "pt-BR", "pt_BR"),
    ("sr-latn", "sr-Latn", "sr_Latn"),
    ("SR-LATN-RS", "sr-Latn-RS", "sr_Latn_RS"),
    ("NL", "nl", "nl"),
    ("DE_at", "de-AT", "de_AT"),
    ("zh_TW", "zh-TW", "zh_Hant_TW"),
    ("zh-Hant-TW", "zh-Hant-TW", "zh_Hant_TW"),
    ("zh-cn", "zh-CN", "zh"),
    ("sr-me", "sr-ME", "sr_Latn_ME"),
    ("es-419", "es-419", "es_419"),
    ("sr-latn-de", "sr-Latn-DE", "sr_Latn"),
    (" fr-ca\n", "fr-CA", "fr_CA"),
    ("de-DE-1996", "de-DE", "de_DE"),
    ("de-1996", "de", "de"),
    ("de-latn-at", "de-Latn-AT", "de_AT"),
    ("th-TH-u-ca-buddhist", "th-TH", "th_TH"),
    ("en-x-harbour", "en", "en"),
    ("en-XX", "en", "en"),
    ("de-qxyz-at", "de-AT", "de_AT"),
    ("de-DE.UTF-8", "de-DE", "de_DE"),
    ("fr, en", "fr", "fr"),
    ("it/", "it", "it"),
    ("sv-ö", "sv", "sv"),
    ("en-" + "a" * 100_000, "en", "en"),
    ("en-uk", "en-GB", "en_GB"),
    ("iw", "he", "he"),
    ("in-ID", "id-ID", "id_ID"),
    ("ger", "de", "de"),
    ("sh", "sr-Latn", "sr_Latn"),
    ("no", "no", "no"),
]
UNKNOWN = [
    None, "", " ", "-", "_", "e", "english", "x-private", "i-klingon", "tlh", "mul", "und", "zxx", "root",
    "xx", "xx-US", "qaa", "*", "../en", "en0", "日本語", "ｅｎ", "ſv", "é", "\0", "\ud800", "0", "-en",
    "a" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize(("text", "tag", "locale"), READ, ids=[text[:20] for text, _, _ in READ])
def test_a_tag_has_one_spelling_and_a_locale(text: str, tag: str, locale: str) -> None:
    assert normalise_tag(text) == tag
    assert locale_of(tag) == locale


def test_the_locales_of_the_table_are_those_of_cldr() -> None:
    assert {locale for _, _, locale in READ} <= LOCALES


@pytest.mark.parametrize("text", UNKNOWN, ids=[ascii(text)[:20] for text in UNKNOWN])
def test_what_names_no_language_is_none(text: str | None) -> None:
    assert normalise_tag(text) is None


SUBTAGS = st.sampled_from(
    [
        "de",
        "DE",
        "zh",
        "sr",
        "sh",
        "iw",
        "xx",
        "Latn",
        "HANT",
        "at",
        "TW",
        "uk",
        "419",
        "1996",
        "x",
        "u",
        "ca",
        "",
    ]
)
SPELT = st.lists(SUBTAGS | st.text(max_size=9), max_size=6).flatmap(
    lambda parts: st.sampled_from(["-", "_", "--", " "]).map(lambda joint: joint.join(parts))
)


# The first text in a language loads its data, which takes long.
@settings(deadline=None)
@given(text=st.text() | SPELT)
@example("\ud800-de")
def test_no_text_raises_and_what_it_gives_is_a_tag_that_dates_are_read_by(text: str) -> None:
    tag = normalise_tag(text)
    if tag is not None:
        assert TAG.fullmatch(tag)
        assert normalise_tag(tag) == tag
        assert normalise_tag(tag.upper()) == normalise_tag(tag.lower().replace("-", "_")) == tag
        assert locale_of(tag) in LOCALES
        assert short_order(tag) in {"dmy", "mdy", "ymd", "ydm"}
    # Also what was not normalised before has words: those of English, if it names no language.
    assert words((text,)).months.keys() >= words(("en",)).months.keys()
    assert parse_date("12 August 2021", languages=(text,)) == When(dt.date(2021, 8, 12))


# The first text in a language loads its data, which takes long.
@settings(deadline=None)
@given(text=st.text() | SPELT)
def test_a_configured_tag_is_in_bcp_47_form_or_refused_with_a_remedy(text: str) -> None:
    try:
        tag = checked_tag(text)
    except ValueError as refused:
        told = str(refused)
    else:
        assert re.fullmatch(TAG.pattern + "(-[a-z0-9]{1,8})*", tag)
        assert checked_tag(tag) == checked_tag(tag.upper()) == tag
        return
    assert re.search(r'; (did you mean "[a-zA-Z0-9-]+"\?|use one such as "en" or "pt-BR")$', told)


def test_every_locale_of_a_language_script_and_region_is_found_in_any_spelling() -> None:
    plain = [locale for locale in LOCALES if TAG.fullmatch(locale.replace("_", "-"))]
    assert len(plain) > 1000
    for locale in plain:
        for spelling in (locale, locale.lower(), locale.upper(), locale.replace("_", "-").lower()):
            assert locale_of(normalise_tag(spelling) or "") == locale


ROWS = [
    ("Sluis weer open voor schepen", "13 november 2026"),
    ("Markt verhuist naar de kade", "2 oktober 2026"),
]


def rss(tag: str) -> Document:
    items = "".join(f"<item><title>{title}</title><pubDate>{date}</pubDate></item>" for title, date in ROWS)
    text = f'<rss version="2.0"><channel><title>T</title><language>{tag}</language>{items}</channel></rss>'
    return Document("https://h.example/feed", text.encode(), "application/rss+xml")


def atom(tag: str) -> Document:
    entries = "".join(f"<entry><title>{title}</title><updated>{date}</updated></entry>" for title, date in ROWS)
    text = f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{tag}"><title>T</title>{entries}</feed>'
    return Document("https://h.example/feed", text.encode(), "application/atom+xml")


def json_feed(tag: str) -> Document:
    items = [{"id": title, "title": title, "date_published": date} for title, date in ROWS]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "language": tag, "items": items}
    return Document("https://h.example/feed", json.dumps(feed).encode(), "application/feed+json")


def page(head: str, attribute: str = "") -> Document:
    rows = "".join(f"<li><h3><a href=/{n}>{title}</a></h3><p>{date}</p></li>" for n, (title, date) in enumerate(ROWS))
    text = f"<html{attribute}><head>{head}</head><body><ul>{rows}</ul></body></html>"
    return Document("https://h.example/news", text.encode(), "text/html")


DOCUMENTS: dict[str, Callable[[str], Document]] = {
    "rss": rss,
    "atom": atom,
    "json feed": json_feed,
    "lang": lambda tag: page("", f' lang="{tag}"'),
    "xml:lang": lambda tag: page("", f' xml:lang="{tag}"'),
    "content-language": lambda tag: page(f'<meta http-equiv="Content-Language" content="{tag}">'),
    "og:locale": lambda tag: page(f'<meta property="og:locale" content="{tag}">'),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("tag", ["nl-be", "NL_be", "nl-BE-x-harbour", "nl-be, fr-be"])
def test_a_document_says_its_language_in_any_spelling(kind: str, tag: str) -> None:
    listing = parse(DOCUMENTS[kind](tag), Source(name="news", url="https://h.example/news"))
    assert listing.language == "nl-BE"
    whens = resolve(listing, language="en", day_first=None)
    assert whens == (When(dt.date(2026, 11, 13)), When(dt.date(2026, 10, 2)))


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("tag", ["x-private", "i-klingon", "mul", "und", "xx", "日本", "q" * 5000])
def test_a_document_in_no_known_language_is_read_by_what_the_source_says(kind: str, tag: str) -> None:
    source = Source(name="news", url="https://h.example/news", language="nl")
    listing = parse(DOCUMENTS[kind](tag), source)
    assert listing.language in {None, "nl"}
    whens = resolve(listing, language=source.language, day_first=None)
    assert whens == (When(dt.date(2026, 11, 13)), When(dt.date(2026, 10, 2)))


def test_a_page_whose_first_tag_names_no_language_is_in_that_of_its_next() -> None:
    document = page('<meta http-equiv="content-language" content="nl">', ' lang="und" xml:lang=""')
    assert parse(document, Source(name="news", url="https://h.example/news")).language == "nl"


@pytest.mark.parametrize("tag", ["tr", "TR", "tr-tr", "TR_tr", "tur", "tr_TR.ISO8859-9"])
def test_the_charsets_of_a_language_do_not_depend_on_how_its_tag_is_written(tag: str) -> None:
    text = "<body><p>Yeni köprü açıldı, şehirde trafik rahatladı ve ışıklar değişti</p></body></html>"
    assert detect_charset(f"<html>{text}".encode("cp1254")) is None
    assert detect_charset(f'<html lang="{tag}">{text}'.encode("cp1254")) == "cp1254"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("de-at", "de-AT"),
        ("PT_br", "pt-BR"),
        ("zh-tw", "zh-TW"),
        ("DE-de-1996", "de-DE-1996"),
        ("en-US-U-CA-gregory", "en-US-u-ca-gregory"),
        ("de-x-Hafen", "de-x-hafen"),
        ("eng", "en"),
        ("en-UK", "en-GB"),
        (" fr ", "fr"),
        ("mul", "mul"),
        ("tlh", "tlh"),
    ],
)
def test_a_configured_tag_is_published_in_its_usual_spelling(tmp_path, written: str, published: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        f'title = "T"\nbase_url = "https://h.example"\nlanguage = "{written}"\n'
        f'[[sources]]\nname = "a"\npath = "a.txt"\n[[sources]]\nname = "b"\npath = "b.txt"\nlanguage = "fr"\n'
    )
    loaded = config.load(path)
    assert loaded.site.language == published
    assert [source.language for source in loaded.sources] == [published, "fr"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None),
        ("und", None),
        ("zxx", None),
        ("xx", None),
        ("i-klingon", None),
        ("x-harbour", None),
        ("de-qxyz", "de"),
        ("de-qxyz-AT", "de-AT"),
        ("de-AT-", "de-AT"),
        ("de-x-ſa", "de"),
        ("de-١٩٩٦", "de"),
        ("de-at" + "-abcdefgh" * 8, "de-AT"),
        ("de_at.utf8", "de-AT"),
        ("en-EN", "en"),
        ("GR", "el"),
        ("german", "de"),
        ("American English", "en-US"),
    ],
)
def test_a_tag_that_cannot_be_used_is_refused_with_what_was_meant(written: str, meant: str | None) -> None:
    remedy = f'did you mean "{meant}"?' if meant else 'use one such as "en" or "pt-BR"'
    with pytest.raises(ValueError, match=re.escape(f"is not a known language tag; {remedy}") + "$"):
        checked_tag(written)


def test_a_text_of_a_source_whose_tag_is_written_in_small_letters_has_its_dates() -> None:
    text = "1. Neue Brücke\n\n27. Jänner 2026\n\n2. Alter Markt\n\n3. Jänner 2026\n"
    source = Source(name="news", url="https://h.example/news", language="de-at")
    listing = parse(Document("https://h.example/news", text.encode(), "text/plain"), source)
    whens = resolve(listing, language=source.language, day_first=None)
    assert whens == (When(dt.date(2026, 1, 27)), When(dt.date(2026, 1, 3)))
