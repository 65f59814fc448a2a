"""config.toml: what five lines give, and the message of every mistake."""

from __future__ import annotations

import glob
from datetime import timedelta
from pathlib import Path

import pytest

from feeds import config
from feeds.config import types
from feeds.errors import ConfigError
from feeds.model import Site
from tests.kit.paths import ROOT

FIVE_LINES = """\
title = "Example newsroom"
base_url = "http://127.0.0.1:8000/"
[[sources]]
name = "newsroom"
path = "sources/*.txt"
"""
TOP = 'title = "T"\nbase_url = "http://h"\n'
SOURCE = '[[sources]]\nname = "press"\npath = "x.txt"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode())
    return path


def problems(folder: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        config.load(written(folder, text))
    return caught.value.problems


def test_five_lines_are_enough(tmp_path):
    loaded = config.load(written(tmp_path, FIVE_LINES))
    assert loaded.folder == tmp_path
    assert loaded.site == Site(title="Example newsroom", base_url="http://127.0.0.1:8000", language="en")
    assert loaded.store == f"sqlite:///{tmp_path}/data/tidings.db"
    assert (loaded.entries, loaded.archive_size, loaded.interval) == (50, 100, timedelta(minutes=15))
    assert (loaded.server.host, loaded.server.port) == ("127.0.0.1", 8000)
    [source] = loaded.sources
    assert source.path == f"{tmp_path}/sources/*.txt"
    assert (source.timezone, source.language, source.day_first) == ("UTC", "en", None)


def test_the_shipped_configuration_is_good():
    loaded = config.load(ROOT / "config.toml")
    assert [source.name for source in loaded.sources] == ["newsroom"]


def test_a_source_inherits_from_the_top_of_the_file(tmp_path):
    loaded = config.load(
        written(
            tmp_path,
            TOP + 'interval = "2h"\ntimezone = "Europe/Rome"\nlanguage = "it"\nday_first = true\n'
            "[limits]\nmax_items = 7\nmax_bytes = 1000\n" + SOURCE + "[sources.limits]\nmax_bytes = 5\n"
            '[[sources]]\nname = "own"\nurl = "https://e.example/n?page=1"\ninterval = "1s"\n'
            'timezone = "Asia/Tokyo"\nlanguage = "ja"\nday_first = false\n',
        )
    )
    first, own = loaded.sources
    assert (first.interval, first.timezone, first.language) == (timedelta(hours=2), "Europe/Rome", "it")
    assert first.day_first is True
    assert (first.limits.max_items, first.limits.max_bytes) == (7, 5)
    assert (own.interval, own.timezone, own.language) == (timedelta(seconds=1), "Asia/Tokyo", "ja")
    assert own.day_first is False
    assert (own.limits.max_items, own.limits.max_bytes) == (7, 1000)


def test_a_source_made_in_code_is_completed_too():
    made = config.Config(title="T", base_url="http://h", interval="30s", sources=[{"name": "a", "path": "/tmp/a.txt"}])
    assert made.sources[0].interval == timedelta(seconds=30)
    assert made.sources[0].path == "/tmp/a.txt"


def test_a_pattern_below_a_folder_with_brackets_finds_its_files(tmp_path):
    folder = tmp_path / "news [old]"
    (folder / "sources").mkdir(parents=True)
    (folder / "sources" / "a.txt").touch()
    [source] = config.load(written(folder, FIVE_LINES)).sources
    assert glob.glob(source.path) == [str(folder / "sources" / "a.txt")]


@pytest.mark.parametrize(
    ("written_as", "length"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("90 m", timedelta(minutes=90)),
    ],
    ids=str,
)
def test_a_duration_has_one_number_and_one_unit(written_as, length):
    assert types.duration(written_as) == length


@pytest.mark.parametrize(
    ("store", "kept"),
    [
        ("sqlite:////var/lib/t.db", "sqlite:////var/lib/t.db"),
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
    ],
    ids=["absolute", "bare driver", "driver named"],
)
def test_a_store_is_an_address_that_does_not_depend_on_the_folder(tmp_path, store, kept):
    assert config.load(written(tmp_path, TOP + f'store = "{store}"\n' + SOURCE)).store == kept


# Each line of the right column was written by hand from what the left one does wrong.
TOP_LEVEL = [
    ('titel = "x"', 'titel: unknown key; did you mean "title"?'),
    ("port = 80", "port: unknown key here; it belongs in a table [server]"),
    ('aliases = ["x"]', "aliases: unknown key here; it belongs in a table [[categories]]"),
    ("entries = 0", "entries: must be at least 1, not 0"),
    ("entries = 1001", "entries: must be at most 1000, not 1001"),
    ('entries = "50"', 'entries: must be a whole number, not "50"'),
    ("entries = true", "entries: must be a whole number, not true"),
    ('gate = {missing = "half"}', 'gate.missing: must be a number, not "half"'),
    ("gate = {missing = 2}", "gate.missing: must be at most 1, not 2"),
    ("limits = {max_bytes = 5000000000}", "limits.max_bytes: must be at most 1073741824, not 5000000000"),
    ("language = 5", "language: must be text in quotes, not 5"),
    (
        'language = "english!"',
        'language: "english!" is not a known language tag; use one such as "en" or "pt-BR"',
    ),
    ('language = ""', 'language: "" is not a known language tag; use one such as "en" or "pt-BR"'),
    (
        'language = "x-harbour"',
        'language: "x-harbour" is not a known language tag; use one such as "en" or "pt-BR"',
    ),
    (
        'language = "de_AT.UTF-8"',
        'language: "de_AT.UTF-8" is not a known language tag; did you mean "de-AT"?',
    ),
    ('language = "English"', 'language: "English" is not a known language tag; did you mean "en"?'),
    ('language = "jp"', 'language: "jp" is not a known language tag; did you mean "ja"?'),
    ('language = "en-xx"', 'language: "en-xx" is not a known language tag; did you mean "en"?'),
    ('interval = "soon"', 'interval: "soon" must be a duration such as "30s", "15m", "2h" or "1d"'),
    ("interval = 15", 'interval: 15 must be a duration such as "30s", "15m", "2h" or "1d"'),
    ('interval = "31d"', 'interval: "31d" must be between 1s and 30d'),
    ('interval = "0s"', 'interval: "0s" must be between 1s and 30d'),
    ('timezone = "Mars"', 'timezone: "Mars" is not a time zone'),
    ('timezone = "../etc"', 'timezone: "../etc" is not a time zone'),
    (
        'timezone = "Berlin"',
        'timezone: "Berlin" is not a time zone; did you mean "Europe/Berlin"?',
    ),
    ('author = ""', "author: must not be empty"),
    ('author = "a\\u0007b"', 'author: "a\\u0007b" must be one line of printable text'),
    ('hubs = "https://h"', 'hubs: must be a list: [ … ], not "https://h"'),
    ('hubs = ["hub"]', 'hubs[0]: "hub" must be an absolute http or https URL of ASCII characters'),
    ("server = 80", "server: must be a table [server], not 80"),
    (
        'store = "sqlite://"',
        'store: "sqlite://" must be "sqlite:///folder/file.db" or "postgresql://user@host/database"',
    ),
]


@pytest.mark.parametrize(("line", "message"), TOP_LEVEL, ids=[line for line, _ in TOP_LEVEL])
def test_a_mistake_at_the_top_is_named(tmp_path, line, message):
    assert problems(tmp_path, TOP + line + "\n" + SOURCE) == (message,)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("example.org", "must be an absolute http or https URL of ASCII characters"),
        ("ftp://example.org", "must be an absolute http or https URL of ASCII characters"),
        ("http://", "must be an absolute http or https URL of ASCII characters"),
        ("http://h:99999", "must be an absolute http or https URL of ASCII characters"),
        ("http://exämple.org", "must be an absolute http or https URL of ASCII characters"),
        ("http://[::1", "must be an absolute http or https URL of ASCII characters"),
        ("http://h/?q=1", "must have no query and no fragment"),
        ("http://h/#top", "must have no query and no fragment"),
        ("http://u:p@h/", "must not hold a user name or password"),
    ],
)
def test_a_base_url_can_be_followed_by_paths(tmp_path, url, why):
    # What may be a secret is not repeated.
    said = "http://h/" if url.startswith(("http://h/", "http://u")) else url
    assert problems(tmp_path, f'title = "T"\nbase_url = "{url}"\n' + SOURCE) == (f'base_url: "{said}" {why}',)


IN_A_SOURCE = [
    ('intervall = "1h"', 'sources[0].intervall: unknown key; did you mean "interval"? (in "press")'),
    (
        'base_url = "http://h"',
        'sources[0].base_url: unknown key here; it belongs at the top of the file, above the first table (in "press")',
    ),
    ('url = "http://h/"', 'sources[0].url: "http://h/" cannot be used together with path (in "press")'),
    ("allow_empty = 1", 'sources[0].allow_empty: must be true or false, not 1 (in "press")'),
    ('name = "twice"', "line 6, column 15: cannot overwrite a value"),
    (
        "limits = {max_byte = 1}",
        'sources[0].limits.max_byte: unknown key; did you mean "max_bytes"? (in "press")',
    ),
]


@pytest.mark.parametrize(("line", "message"), IN_A_SOURCE, ids=[line for line, _ in IN_A_SOURCE])
def test_a_mistake_in_a_source_is_named_with_the_source(tmp_path, line, message):
    assert problems(tmp_path, TOP + SOURCE + line + "\n") == (message,)


@pytest.mark.parametrize("name", ["Press Room", "press--room", "-press", "pressé", "a" * 65])
def test_a_name_is_fit_for_an_address(tmp_path, name):
    shown = f'"{name}"' if len(name) < 60 else '"' + "a" * 56 + "…"
    assert problems(tmp_path, TOP + f'[[sources]]\nname = "{name}"\npath = "x"\n') == (
        f"sources[0].name: {shown} must be of a-z, 0-9 and single hyphens, at most 64 characters",
    )


def test_everything_wrong_is_said_at_once(tmp_path):
    text = (
        'base_url = "h"\nprot = 1\n[server]\nhots = "x"\n'
        '[[sources]]\nname = "a"\ninterval = "x"\n'
        '[[sources]]\nname = "a"\npath = "y"\nparser = "no such"\n'
        '[[categories]]\nname = "Press release"\naliases = ["Webinars"]\n'
        '[[categories]]\nname = "PRESS-RELEASE"\nslug = "all"\n'
        '[[selections]]\nslug = "x"\ntitle = "X"\nsources = ["aa", 5]\n'
    )
    found = problems(tmp_path, text)
    assert [each.split(":")[0] for each in found] == [
        "title",
        "base_url",
        "server.hots",
        "sources[0].interval",
        "sources[0].url",
        "sources[1].parser",
        "categories[1].slug",
        "selections[0].sources[1]",
        "prot",
        "sources[1].name",
        "categories[1].name",
        "selections[0].sources[0]",
    ]
    assert 'sources[0].url: is missing; give path or url (in "a")' in found
    assert 'sources[1].name: "a" is already the name of sources[0].name' in found
    assert 'categories[1].slug: "all" is taken by the feed of all entries (in "PRESS-RELEASE")' in found
    assert 'selections[0].sources[0]: there is no source "aa"; did you mean "a"?' in found


def test_a_parser_that_is_not_there_is_answered_with_those_that_are(tmp_path):
    [problem] = problems(tmp_path, TOP + SOURCE + 'parser = "txet"\n')
    assert problem.startswith('sources[0].parser: "txet" is not a parser; there are ')
    assert problem.endswith('; did you mean "text"? (in "press")')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TOP + "entries == 5\n", "line 3, column 10: invalid value"),
        (TOP + 'hubs = ["https://h"', "line 3, at the end: unclosed array"),
        (TOP + "[sources]\nname = 'x'\n", "sources: must be written [[sources]], in double brackets"),
        (TOP + "sources = []\n", "sources: is empty; at least one is needed"),
        (TOP, "sources: is missing"),
    ],
    ids=["broken", "cut off", "single brackets", "no source", "no sources"],
)
def test_a_file_that_does_not_hold_is_answered_with_the_place(tmp_path, text, message):
    assert problems(tmp_path, text) == (message,)


def test_a_byte_order_mark_is_allowed(tmp_path):
    assert config.load(written(tmp_path, "\ufeff" + FIVE_LINES)).title == "Example newsroom"


def test_bytes_that_are_not_utf8_are_named(tmp_path):
    (tmp_path / "config.toml").write_bytes(b'title = "caf\xe9"')
    with pytest.raises(ConfigError, match=r"is not UTF-8 at byte 13$"):
        config.load(tmp_path / "config.toml")


def test_a_missing_file_is_answered_with_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError) as caught:
        config.load(tmp_path / "config.toml")
    assert str(caught.value) == (
        f"{tmp_path}/config.toml: there is no such file; these five lines make one: "
        'title = "…", base_url = "http://127.0.0.1:8000", '
        '[[sources]], name = "newsroom", path = "sources/*.txt"'
    )


GROUPS = """\
interval = "1h"
[limits]
max_items = 7
max_bytes = 1000
[[groups]]
name = "councils"
timezone = "Europe/Vienna"
language = "de"
next = "rel=next"
pages = 2
allow_empty = true
[groups.select]
item = "li.news"
date = "time"
[groups.limits]
max_bytes = 500
[[sources]]
name = "graz"
group = "councils"
url = "https://graz.example/news"
[[sources]]
name = "linz"
group = "councils"
urls = ["https://linz.example/a", "https://linz.example/b"]
language = "en"
pages = 3
allow_empty = false
[sources.select]
item = "article"
[sources.limits]
max_items = 9
[[sources]]
name = "wien"
path = "wien.txt"
"""


def test_a_source_inherits_from_its_group_before_the_top_of_the_file(tmp_path):
    graz, linz, wien = config.load(written(tmp_path, TOP + GROUPS)).sources
    assert (graz.timezone, graz.language, graz.interval) == ("Europe/Vienna", "de", timedelta(hours=1))
    assert (graz.next, graz.pages, graz.allow_empty) == ('[rel~="next"]', 2, True)
    assert (graz.select.item, graz.select.date, graz.select.title) == ("li.news", "time", None)
    assert (graz.limits.max_items, graz.limits.max_bytes) == (7, 500)
    assert (linz.timezone, linz.language, linz.pages, linz.allow_empty) == ("Europe/Vienna", "en", 3, False)
    assert (linz.select.item, linz.select.date) == ("article", None)
    assert (linz.limits.max_items, linz.limits.max_bytes) == (9, 500)
    assert (wien.timezone, wien.language, wien.next, wien.select) == ("UTC", "en", None, None)


@pytest.mark.parametrize("key", ["path", "paths"])
def test_a_source_can_have_several_patterns(tmp_path, key):
    several = f'[[sources]]\nname = "a"\n{key} = ["x/*.txt", "/tmp/y.txt"]\n'
    [source] = config.load(written(tmp_path, TOP + several)).sources
    assert (source.path, source.addresses) == (None, ())
    assert source.patterns == (f"{tmp_path}/x/*.txt", "/tmp/y.txt")


@pytest.mark.parametrize("key", ["url", "urls"])
def test_a_source_can_have_several_addresses(tmp_path, key):
    several = f'[[sources]]\nname = "a"\n{key} = ["https://h.example/1", "https://h.example/2"]\n'
    [source] = config.load(written(tmp_path, TOP + several)).sources
    assert (source.url, source.patterns) == (None, ())
    assert source.addresses == ("https://h.example/1", "https://h.example/2")


def test_one_place_is_a_list_of_one():
    one, other = config.Source(name="a", path="a.txt"), config.Source(name="b", url="https://h.example/")
    assert (one.patterns, one.addresses) == (("a.txt",), ())
    assert (other.patterns, other.addresses) == ((), ("https://h.example/",))


GROUP = '[[groups]]\nname = "g"\n'
OF_GROUPS = [
    (GROUP + SOURCE + 'group = "gg"', 'sources[0].group: there is no group "gg"; did you mean "g"?'),
    (GROUP + GROUP + SOURCE, 'groups[1].name: "g" is already the name of groups[0].name'),
    (
        GROUP + 'intervall = "1h"\n' + SOURCE,
        'groups[0].intervall: unknown key; did you mean "interval"? (in "g")',
    ),
    (
        GROUP + 'title = "x"\n' + SOURCE,
        'groups[0].title: unknown key here; it belongs at the top of the file, above the first table (in "g")',
    ),
    (
        GROUP + '[groups.select]\nitem = "li"\ntitel = "a"\n' + SOURCE,
        'groups[0].select.titel: unknown key; did you mean "title"? (in "g")',
    ),
    (GROUP + '[groups.select]\ntitle = "a"\n' + SOURCE, 'groups[0].select.item: is missing (in "g")'),
    (
        SOURCE + 'select = "li"',
        'sources[0].select: must be a table [sources[0].select], not "li" (in "press")',
    ),
    (SOURCE + 'select = {item = "  "}', 'sources[0].select.item: "  " is empty (in "press")'),
    (SOURCE + 'parser = "html"', 'sources[0].select: is missing; parser = "html" needs it (in "press")'),
    (
        SOURCE + 'parser = "auto"\nselect = {item = "li"}',
        'sources[0].parser: "auto" does not use select (in "press")',
    ),
    (SOURCE + 'next = "a.next"', 'sources[0].next: is for pages that have a url (in "press")'),
    (SOURCE + "pages = 0", 'sources[0].pages: must be at least 1, not 0 (in "press")'),
    (SOURCE + 'urls = ["https://h"]', 'sources[0].urls: ["https://h"] cannot be used together with path (in "press")'),
    (SOURCE + 'paths = ["y"]', 'sources[0].paths: ["y"] cannot be used together with path (in "press")'),
    ('[[sources]]\nname = "press"\nurls = []', 'sources[0].url: is missing; give path or url (in "press")'),
    (
        '[[sources]]\nname = "press"\nurls = ["https://h", "h"]',
        'sources[0].urls[1]: "h" must be an absolute http or https URL of ASCII characters (in "press")',
    ),
    (
        '[[sources]]\nname = "press"\npaths = ["a", 5]',
        'sources[0].paths[1]: must be text in quotes, not 5 (in "press")',
    ),
]


@pytest.mark.parametrize(("text", "message"), OF_GROUPS, ids=[message.split(":")[0] for _, message in OF_GROUPS])
def test_a_mistake_in_what_many_sources_need_is_named(tmp_path, text, message):
    assert problems(tmp_path, TOP + text + "\n") == (message,)


@pytest.mark.parametrize("selector", ["li[", "a::text", "", "p >", "li:contains('x')"])
def test_a_selector_that_cannot_be_read_is_refused_at_once(tmp_path, selector):
    [problem] = problems(tmp_path, TOP + SOURCE + f'select = {{item = "{selector}"}}\n')
    assert problem.startswith(f'sources[0].select.item: "{selector}" is ')


def test_a_group_with_pages_may_hold_files_too(tmp_path):
    text = GROUP + 'next = "a.next"\n' + SOURCE + 'group = "g"\n'
    assert config.load(written(tmp_path, TOP + text)).sources[0].path == f"{tmp_path}/x.txt"


CATEGORIES = """
[[categories]]
name = "Press release"
slug = "press"
renamed_from = ["{old}"]
[[categories]]
name = "Events"
renamed_from = ["dates"]
[[selections]]
slug = "partner"
title = "Partner"
"""
IS_TAKEN = "remove it here, or give that feed another slug"


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("press", f'"press" is the slug of categories[0].slug; {IS_TAKEN}'),
        ("events", f'"events" is the slug of categories[1].name; {IS_TAKEN}'),
        ("partner", f'"partner" is the slug of selections[0].slug; {IS_TAKEN}'),
        ("all", '"all" is taken by the feed of all entries'),
    ],
)
def test_a_former_slug_that_a_feed_has_now_is_refused(tmp_path, old, message):
    assert problems(tmp_path, TOP + SOURCE + CATEGORIES.format(old=old)) == (
        f"categories[0].renamed_from[0]: {message}",
    )


def test_two_categories_cannot_have_one_former_slug(tmp_path):
    assert problems(tmp_path, TOP + SOURCE + CATEGORIES.format(old="dates")) == (
        'categories[1].renamed_from[0]: "dates" is already the former slug of categories[0].renamed_from[0]',
    )


@pytest.mark.parametrize("old", ["press-release", "releases"])
def test_a_former_slug_that_no_feed_has_is_allowed(tmp_path, old):
    """The slug of a category's name is free once it has a slug of its own."""
    loaded = config.load(written(tmp_path, TOP + SOURCE + CATEGORIES.format(old=old)))
    assert loaded.categories[0].renamed_from == (old,)


@pytest.mark.parametrize(
    "line",
    [
        "hubs = " + "[" * 2_000 + "]" * 2_000,
        "server = " + "{a = " * 2_000 + "1" + "}" * 2_000,
        "author = [{" + "a." * 2_000 + "a = 1}]",
    ],
    ids=["arrays", "tables", "dotted keys"],
)
def test_a_file_that_is_nested_too_deep_gets_a_sentence(tmp_path, line):
    assert problems(tmp_path, TOP + line + "\n" + SOURCE) == (
        "arrays or tables are nested too deep to be read; no key needs more than three levels",
    )


@pytest.mark.parametrize("line", ["hubs = " + "[" * 150 + "]" * 150, "author" + ".a" * 2_000 + " = 1"])
def test_a_file_that_is_nested_less_deep_is_answered_with_the_key(tmp_path, line):
    [problem] = problems(tmp_path, TOP + line + "\n" + SOURCE)
    assert problem.startswith(("hubs[0]: must be text in quotes, not [[", "author: must be text in quotes"))
    assert len(problem) < 200
