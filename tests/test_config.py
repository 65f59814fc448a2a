"""config.toml: what five lines give, and every message that a mistake can get."""

from __future__ import annotations

import glob
from datetime import timedelta
from pathlib import Path

import pytest

from feeds import config, values
from feeds.errors import ConfigError
from feeds.model import Site

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
    loaded = config.load(Path(__file__).parents[1] / "config.toml")
    assert [source.name for source in loaded.sources] == ["newsroom"]


def test_what_a_source_leaves_out_the_top_of_the_file_says(tmp_path):
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
    made = config.Config(
        title="T", base_url="http://h", interval="30s", sources=[{"name": "a", "path": "/tmp/a.txt"}]
    )
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
    assert values.duration(written_as) == length


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
    ('language = "english!"', 'language: "english!" must be a language tag such as "en" or "pt-BR"'),
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
def test_a_base_url_is_one_that_paths_can_be_put_behind(tmp_path, url, why):
    assert problems(tmp_path, f'title = "T"\nbase_url = "{url}"\n' + SOURCE) == (f'base_url: "{url}" {why}',)


IN_A_SOURCE = [
    ('intervall = "1h"', 'sources[0].intervall: unknown key; did you mean "interval"? (in "press")'),
    (
        'base_url = "http://h"',
        "sources[0].base_url: unknown key here; it belongs at the top of the file, above the first table"
        ' (in "press")',
    ),
    ('url = "http://h/"', 'sources[0].url: "http://h/" cannot stand beside path (in "press")'),
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
        "sources[0].url",
        "sources[0].interval",
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


def test_a_byte_order_mark_is_no_mistake(tmp_path):
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
