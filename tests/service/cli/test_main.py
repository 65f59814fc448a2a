"""The command line: what each command prints, and the exit code that it ends with."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import brotli
import pytest
from click.testing import CliRunner

from feeds import config
from feeds.model import Document
from feeds.parsers import PARSERS, parse
from feeds.store import Store
from service.cli import preview
from service.cli.main import tidings
from tests.kit.paths import ROOT

CONFIG = """\
title = "T"
base_url = "http://127.0.0.1:8000"
[[sources]]
name = "news"
path = "sources/*.txt"
"""
LISTING = """\
News and events


  1. Press release

    New rules for fishing boats

    12 August 2021

    The rules protect those who work at sea.

  2. Webinars

    A series without a date

    It will say when, once it is known.
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder with a configuration and one listing, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text(LISTING)
    os.utime(tmp_path / "sources" / "a.txt", (1, 1))
    return tmp_path


def run(*arguments, code=0):
    result = CliRunner().invoke(tidings, arguments, prog_name="tidings")
    assert result.exit_code == code, result.output
    return result


def test_the_help_names_every_command():
    text = run("--help").stdout
    for name in tidings.commands:
        assert f"\n  {name} " in text


@pytest.mark.parametrize("name", tidings.commands)
def test_every_command_explains_itself(name):
    assert f"Usage: tidings {name} " in run(name, "--help").stdout


def test_a_mistyped_command_is_answered_with_the_right_one():
    assert "Did you mean 'serve'?" in run("serv", code=2).stderr


def test_help_imports_nothing_heavy():
    code = "import sys, service.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"flask", "sqlalchemy", "alembic", "lxml", "feedgen", "apscheduler", "granian", "pydantic"}
    assert heavy.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("command", [["serve"], ["refresh"], ["export", "out"], ["status"], ["health"]])
def test_without_a_configuration_a_command_says_how_to_make_one(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    result = run(*command, code=78)
    assert result.stdout == ""
    assert result.stderr.startswith("tidings: config.toml: there is no such file; these five lines make one: ")
    assert result.stderr.count("\n") == 1


def test_check_counts_what_is_there(site):
    assert run("check").stdout == "configuration is good: 1 source\n"
    with (site / "config.toml").open("a") as file:
        file.write('[[sources]]\nname = "b"\npath = "sources/a.txt"\n[[categories]]\nname = "Press"\n')
    assert run("check").stdout == "configuration is good: 2 sources, 1 category rule\n"


def test_check_prints_every_problem_on_its_line(site):
    (site / "config.toml").write_text('title = "T"\nprot = 1\n[[sources]]\nname = "N"\npath = "x"\n')
    result = run("check", code=1)
    assert result.stderr.splitlines() == [
        "config.toml: base_url: is missing",
        'config.toml: sources[0].name: "N" must be of a-z, 0-9 and single hyphens, at most 64 characters',
        'config.toml: prot: unknown key; did you mean "port", in a table [server]?',
    ]


@pytest.mark.parametrize(
    ("path", "missing"),
    [("gone.txt", "gone.txt"), ("gone/*.txt", "gone"), ("sources/gone/**/x.txt", "sources/gone")],
)
def test_check_misses_a_file_or_the_folder_of_a_pattern(site, path, missing):
    (site / "config.toml").write_text(CONFIG.replace("sources/*.txt", path))
    result = run("check", code=1)
    assert result.stderr == f'config.toml: sources[0].path: there is no {site / missing} (in "news")\n'


def test_check_lets_a_pattern_match_nothing_yet(site):
    (site / "sources" / "a.txt").unlink()
    assert run("check").stdout == "configuration is good: 1 source\n"


def test_version_is_that_of_the_package():
    assert run("version").stdout == run("--version").stdout == "0.1.0\n"


def test_preview_is_json_of_exactly_the_agreed_shape(site):
    [document] = json.loads(run("preview", "--json", "sources/a.txt").stdout)
    assert document == {
        "document": "sources/a.txt",
        "sections": [
            {
                "heading": "News and events",
                "items": [
                    {
                        "number": 1,
                        "credit": None,
                        "label": "Press release",
                        "title": "New rules for fishing boats",
                        "date": "2021-08-12",
                        "summary": "The rules protect those who work at sea.",
                        "link": None,
                    },
                    {
                        "number": 2,
                        "credit": None,
                        "label": "Webinars",
                        "title": "A series without a date",
                        "date": None,
                        "summary": "It will say when, once it is known.",
                        "link": None,
                    },
                ],
            }
        ],
        "problems": document["problems"],
    }
    assert not (site / "data").exists()


def test_preview_shows_each_field_with_its_line_and_wraps_it_below_itself(site):
    (site / "sources" / "a.txt").write_text(LISTING.replace("at sea.", "at sea, " + "far out " * 12 + "too."))
    lines = run("preview", "sources/a.txt").stdout.splitlines()
    assert lines[:11] == [
        "sources/a.txt",
        "",
        "     1  News and events",
        "",
        "     4  number   1",
        "     4  label    Press release",
        "     6  title    New rules for fishing boats",
        "     8  date     2021-08-12, written '12 August 2021'",
        "    10  summary  The rules protect those who work at sea, far out far out far",
        "                 " + "out far " * 7 + "out far",
        "                 out far out too.",
    ]
    assert "    12  date     (none)" in lines
    text = "\n".join(lines)
    assert "2 items under 1 heading: 2 with a title, 1 dated (2021-08-12 to 2021-08-12), 2" in text
    assert "2 labels: Press release (1), Webinars (1)" in text


def test_preview_of_a_folder_shows_every_document(site):
    (site / "sources" / "b.txt").write_text(LISTING)
    documents = json.loads(run("preview", "--json", "sources").stdout)
    assert [document["document"] for document in documents] == ["sources/a.txt", "sources/b.txt"]


def test_preview_says_what_could_not_be_read_and_shows_the_rest(site):
    result = run("preview", "--json", "gone.txt", "sources/a.txt", code=1)
    gone, there = json.loads(result.stdout)
    assert (gone["document"], gone["sections"]) == ("gone.txt", [])
    assert len(there["sections"]) == 1
    assert result.stderr.startswith("tidings: ")
    assert result.stderr.count("\n") == 1


@pytest.fixture
def broken(monkeypatch):
    """A parser for texts with a fault that nobody expected, over documents of one name."""
    whole = PARSERS["text"]

    def read(document, source):
        if document.name.endswith("broken.txt"):
            raise IndexError("list index out of range")
        return whole(document, source)

    monkeypatch.setitem(PARSERS, "text", read)


def test_preview_goes_on_after_an_unexpected_fault_in_one_document(site, broken):
    (site / "sources" / "broken.txt").write_text(LISTING)
    (site / "sources" / "c.txt").write_text(LISTING)
    told = "sources/broken.txt: unexpected IndexError: list index out of range; this is an error in Tidings"
    for places in (["sources"], ["sources/a.txt", "sources/broken.txt", "sources/c.txt"]):
        result = run("preview", "--json", *places, code=1)
        first, faulty, last = json.loads(result.stdout)
        assert len(first["sections"]) == len(last["sections"]) == 1
        assert (faulty["document"], faulty["sections"]) == ("sources/broken.txt", [])
        assert faulty["problems"][0]["message"].startswith(told)
        assert result.stderr.startswith(f"tidings: {told}")
        assert result.stderr.count("\n") == 1
        shown = run("preview", *places, code=1)
        assert shown.stdout.count("New rules for fishing boats") == 2
        assert shown.stderr == result.stderr


def test_preview_goes_on_after_an_unexpected_fault_in_fetching_one_place(site, monkeypatch):
    whole = preview.make_fetcher()

    def fetch(source, remembered, now):
        if source.path == "broken.txt":
            raise IndexError("list index out of range")
        return whole(source, remembered, now)

    monkeypatch.setattr(preview, "make_fetcher", lambda: fetch)
    result = run("preview", "--json", "broken.txt", "sources/a.txt", code=1)
    faulty, there = json.loads(result.stdout)
    assert (faulty["document"], faulty["sections"]) == ("broken.txt", [])
    assert result.stderr.startswith("tidings: broken.txt: unexpected IndexError: ")
    assert len(there["sections"]) == 1


@pytest.mark.parametrize("tag", ["en-us", "EN_US", "en"])
def test_preview_takes_a_language_in_any_spelling(site, tag):
    [document] = json.loads(run("preview", "--json", "--language", tag, "sources/a.txt").stdout)
    assert document["sections"][0]["items"][0]["date"] == "2021-08-12"


def test_preview_refuses_a_language_that_is_not_there(site):
    result = run("preview", "--language", "de_xx.utf8", "sources/a.txt", code=2)
    assert result.stdout == ""
    assert "Invalid value for --language: 'de_xx.utf8' is not a known language tag" in result.stderr
    assert 'did you mean "de"?' in result.stderr


PAGE = """\
<html lang="de"><body><ul>
<li class="meldung"><h3><a href="/1">Die Brücke am Markt ist wieder offen</a></h3>
<time>4. März 2026</time></li>
<li class="meldung"><h3><a href="/2">Neue Öffnungszeiten im "Alten Bad"</a></h3>
<time>27. Februar 2026</time></li>
<li class="meldung"><h3><a href="/3">Der Stadtrat tagt am Donnerstag</a></h3>
<time>12. Februar 2026</time></li>
</ul></body></html>
"""


def test_preview_of_a_page_ends_with_a_source_that_reads_it_by_selectors(site):
    (site / "sources" / "Neues vom Amt.html").write_text(PAGE)
    shown = run("preview", "sources/Neues vom Amt.html").stdout
    assert shown.count("[[sources]]") == 1
    ready = shown[shown.index("[[sources]]") :]
    (site / "config.toml").write_text(CONFIG + ready)
    _, source = config.load(site / "config.toml").sources
    assert source.name == "neues-vom-amt"
    assert (source.select.item, source.select.date) == ("li.meldung", "time")
    listing = parse(Document("https://amt.example/", PAGE.encode(), "text/html"), source)
    assert [(item.title, item.date, item.link) for item in listing.items] == [
        ("Die Brücke am Markt ist wieder offen", "4. März 2026", "https://amt.example/1"),
        ('Neue Öffnungszeiten im "Alten Bad"', "27. Februar 2026", "https://amt.example/2"),
        ("Der Stadtrat tagt am Donnerstag", "12. Februar 2026", "https://amt.example/3"),
    ]


def test_preview_shows_relative_links_as_written_and_resolves_them_with_base(site):
    (site / "page.html").write_text(PAGE)
    [document] = json.loads(run("preview", "--json", "page.html").stdout)
    assert [item["link"] for item in document["sections"][0]["items"]] == ["/1", "/2", "/3"]
    assert "3 links are relative, such as /1" in document["problems"][0]["message"]
    assert "3 with a link; 1 problem" in " ".join(run("preview", "page.html").stdout.split())
    [document] = json.loads(run("preview", "--json", "--base", "https://bad.example/a/", "page.html").stdout)
    assert document["sections"][0]["items"][0]["link"] == "https://bad.example/1"
    assert document["problems"] == []
    assert "Invalid value for --base" in run("preview", "--base", "a/b", "page.html", code=2).stderr


def test_preview_says_what_selectors_cannot(site):
    days = "<h2>4 March 2026</h2><p><a href=/1>Bridge open again</a></p>"
    days += "<p><a href=/2>Council meets on Monday</a></p><h2>2 March 2026</h2>"
    days += "<p><a href=/3>New hours at the old baths</a></p>"
    (site / "sources" / "days.html").write_text(f"<html lang=en><body>{days}</body></html>")
    shown = run("preview", "sources/days.html").stdout
    assert "3 dated (2026-03-02 to 2026-03-04)" in " ".join(shown.split())
    assert shown.rstrip().endswith("# Not what is read above: date (3 items)")


def test_preview_of_what_is_no_page_speaks_of_no_selectors(site):
    assert "[[sources]]" not in run("preview", "sources/a.txt").stdout


def test_preview_refuses_a_parser_that_is_not_there(site):
    result = run("preview", "--parser", "txet", "sources/a.txt", code=2)
    assert 'did you mean "text"?' in result.stderr


def test_refresh_prints_a_line_a_source_and_fails_if_one_failed(site):
    with (site / "config.toml").open("a") as file:
        file.write('[[sources]]\nname = "gone"\npath = "gone.txt"\n')
    first = run("refresh", code=1).stdout.splitlines()
    assert first[0].startswith("gone: failed (missing): ")
    assert first[1] == "news: changed, 1 document; 2 added, 0 edited, 0 retracted"
    assert run("refresh", "--source", "news").stdout == "news: unchanged, 1 document\n"


def test_refresh_of_an_unknown_source_names_the_one_that_was_meant(site):
    result = run("refresh", "--source", "newz", code=1)
    assert result.stderr == 'tidings: there is no source "newz"; did you mean "news"?\n'


def test_before_the_first_refresh_status_says_how_to_begin(site):
    result = run("status", code=1)
    assert result.stderr.startswith("tidings: ")
    assert "there is no store yet; run `tidings refresh` or `tidings serve`" in result.stderr


def test_status_says_how_each_source_stands(site):
    run("refresh")
    lines = run("status").stdout.splitlines()
    assert lines[1] == "news: ok, it was read as expected"
    assert lines[3].endswith("news: changed, 1 document; 2 added, 0 edited, 0 retracted")
    [source] = json.loads(run("status", "--json").stdout)["sources"]
    assert (source["name"], source["state"]) == ("news", "ok")


def test_export_writes_every_representation_and_what_did_not_change_only_once(site):
    run("refresh")
    said = run("export", "out").stdout
    files = {path.relative_to("out"): path for path in Path("out").rglob("*") if path.is_file()}
    assert said == f"out: {len(files)} of {len(files)} files written, the others are as they were\n"
    body = files[Path("feeds/all.atom")].read_bytes()
    assert b"New rules for fishing boats" in body
    assert gzip.decompress(files[Path("feeds/all.atom.gz")].read_bytes()) == body
    assert brotli.decompress(files[Path("feeds/all.atom.br")].read_bytes()) == body
    for page in ("index.html", "feeds/all.html", "feeds/press-release.html"):
        assert b"New rules for fishing boats" in files[Path(page)].read_bytes()
    assert len(list(Path("out/entries").glob("*.html"))) == 2
    before = {path: path.stat() for path in files.values()}
    [published] = {int(before[path].st_mtime) for path in files.values() if path.parts[1:2] == ("feeds.opml",)}
    assert {int(stat.st_mtime) for path, stat in before.items() if ".atom" in path.name} == {published}

    files[Path("feeds/all.rss")].write_bytes(b"damaged")
    files[Path("feeds/all.json.gz")].unlink()
    assert run("export", "out").stdout.startswith(f"out: 2 of {len(files)} files written")
    assert {path: path.stat().st_mtime for path in files.values()} == {
        path: stat.st_mtime for path, stat in before.items()
    }
    assert sorted(Path("out").rglob(".*")) == []


def test_an_export_has_nothing_left_of_a_feed_that_ended(site):
    run("refresh")
    run("export", "out")
    own = Path("out/robots.txt")
    own.write_text("not ours\n")
    rule = '\n[[categories]]\nname = "Press release"\nretired = true\n'
    (site / "config.toml").write_text(CONFIG + rule)
    run("refresh")
    assert " removed, " in run("export", "out").stdout
    assert sorted(Path("out").rglob("press-release*")) == []
    assert own.exists()


def test_an_export_has_no_feed_of_faults_and_removes_one_that_was_exported_before(site):
    with (site / "config.toml").open("a") as file:
        file.write('[[sources]]\nname = "gone"\npath = "gone.txt"\n')
    run("refresh", code=1)
    store = Store(f"sqlite:///{site}/data/tidings.db", read_only=True)
    with store.read() as view:
        assert view.representation("status.atom") is not None
    store.close()
    run("export", "out")
    assert list(Path("out").glob("status*")) == []
    for suffix in ("", ".gz", ".br"):
        Path(f"out/status.atom{suffix}").write_bytes(b"<feed/>")
    assert ", 3 removed, " in run("export", "out").stdout
    assert list(Path("out").glob("status*")) == []


def test_an_export_clears_away_what_one_that_was_killed_left_half_written(site):
    run("refresh")
    run("export", "out")
    left = [Path("out", folder, ".tidings-x7") for folder in (".", "static", "feeds", "entries")]
    for file in left:
        file.write_bytes(b"<feed")
    assert " 0 of " in run("export", "out").stdout
    assert [file for file in left if file.exists()] == []


def test_a_store_in_which_nothing_is_published_takes_no_feed_from_an_export(site):
    run("refresh")
    run("export", "out")
    (site / "config.toml").write_text('store = "sqlite:///rebuilt.db"\n' + CONFIG)
    (site / "sources" / "a.txt").unlink()
    run("refresh", code=1)
    assert "nothing is published yet" in run("export", "out", code=1).stderr
    assert Path("out/feeds/all.atom").exists()


def test_a_backup_is_a_store_that_can_be_read(site):
    run("refresh")
    (site / "copy").mkdir()
    assert run("backup", "copy/tidings.db").stdout.startswith("copy/tidings.db: ")
    (site / "config.toml").write_text('store = "sqlite:///copy/tidings.db"\n' + CONFIG)
    assert run("status").stdout.splitlines()[0].endswith(" feeds with 2 entries")


def test_a_new_title_is_published_at_the_next_refresh_and_nothing_else_is_read_again(site):
    run("refresh")
    (site / "config.toml").write_text(CONFIG.replace('"T"', '"Another title"'))
    assert run("refresh").stdout == "news: unchanged, 1 document\n"
    run("export", "out")
    assert b"Another title" in Path("out/feeds/all.atom").read_bytes()
