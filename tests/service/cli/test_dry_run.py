"""What would be published is told before it is done; what the gate held back passes on an operator's word."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from feeds.model import Scope
from feeds.parsers import PARSERS
from feeds.store import Store
from service.cli.main import tidings

CONFIG = """\
title = "T"
base_url = "http://127.0.0.1:8000"
[[sources]]
name = "news"
path = "a.txt"
"""
STORIES = (
    ("Press release", "A bridge is closed", "13 August 2021", "Its cables are being replaced."),
    ("Press release", "New rules for boats", "12 August 2021", "They protect those who work at sea."),
    ("Webinars", "A series on soil", "11 August 2021", "Four evenings with those who till it."),
    ("Tenders", "Paint for two lighthouses", "2 July 2021", "Offers are taken until autumn."),
    ("Webinars", "How tides are told", "1 July 2021", "With a model of the bay."),
    ("Press release", "A museum of salt opens", "30 June 2021", "Entry is free on Sundays."),
)


def listing(*stories):
    items = (f"  {number}. " + "\n\n    ".join(story) for number, story in enumerate(stories, 1))
    return "News\n\n" + "\n\n".join(items) + "\n"


def write(*stories, name="a.txt"):
    with open(name, "w", encoding="utf-8") as file:
        file.write(listing(*stories))
    os.utime(name, (1, 1))


def run(*arguments, code=0):
    result = CliRunner().invoke(tidings, arguments, prog_name="tidings")
    assert result.exit_code == code, result.output
    return result.stdout.splitlines()


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder with a source whose last five stories are published, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    write(*STORIES[1:])
    run("refresh")
    return tmp_path


def published(site):
    store = Store(f"sqlite:///{site}/data/tidings.db", read_only=True)
    with store.read() as view:
        found = view.generation(), {entry.title for entry in view.entries(Scope(), limit=50)}
    store.close()
    return found


def test_nothing_new_is_said_to_be_nothing(site):
    assert run("refresh", "--dry-run") == ["news: would publish 0 new, 0 edited, 0 retracted, 5 unchanged; 5 ids kept"]


def test_a_dry_run_tells_each_change_and_makes_none(site):
    before = published(site)
    edited = (*STORIES[2][:3], "Five evenings with those who till it.")
    write(STORIES[0], STORIES[1], edited, *STORIES[3:])
    first, *others = run("refresh", "--dry-run")
    assert first == "news: would publish 1 new, 1 edited, 0 retracted, 4 unchanged; 5 ids kept"
    assert others[0] == "  new        A bridge is closed"
    assert others[1].startswith("  edited     A series on soil: summary: Four evenings with")
    assert "→ Five evenings with those who till it." in others[1]
    assert len(others) == 2
    assert published(site) == before
    assert run("refresh") == ["news: changed, 1 document; 1 added, 1 edited, 0 retracted"]


def test_a_dry_run_sees_what_an_editor_has_only_just_saved(site):
    write(*STORIES)
    os.utime("a.txt")
    assert run("refresh", "--dry-run")[0].startswith("news: would publish 1 new, ")


def test_what_cannot_be_read_is_told_and_fails(site):
    os.unlink("a.txt")
    first, failed = run("refresh", "--dry-run", code=1)
    assert first == "news: would publish 0 new, 0 edited, 0 retracted, 0 unchanged; 0 ids kept"
    assert failed.startswith("  failed     ")
    assert "a.txt" in failed


def test_a_dry_run_of_one_source_reads_no_other(site):
    with open("config.toml", "a") as file:
        file.write('[[sources]]\nname = "gone"\npath = "gone.txt"\n')
    assert len(run("refresh", "--dry-run", "--source", "news")) == 1
    lines = run("refresh", "--dry-run", code=1)
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == ["news", "gone"]


def test_a_preview_as_a_source_tells_what_another_document_would_change(site):
    before = published(site)
    write(*STORIES, name="tomorrow.txt")
    first, *others = run("preview", "--source", "news", "tomorrow.txt")
    assert first == "news: would publish 1 new, 0 edited, 0 retracted, 5 unchanged; 5 ids kept"
    assert others == ["  new        A bridge is closed"]
    assert published(site) == before


def test_a_preview_as_a_source_goes_on_after_an_unexpected_fault_in_one_document(site, monkeypatch):
    whole = PARSERS["text"]

    def read(document, source):
        if document.name == "broken.txt":
            raise IndexError("list index out of range")
        return whole(document, source)

    monkeypatch.setitem(PARSERS, "text", read)
    write(*STORIES, name="broken.txt")
    write(*STORIES, name="tomorrow.txt")
    _, failed, second, new = run("preview", "--source", "news", "broken.txt", "tomorrow.txt", code=1)
    assert failed.startswith("  failed     broken.txt: unexpected IndexError: list index out of range; ")
    assert second.startswith("news: would publish 1 new, ")
    assert new == "  new        A bridge is closed"


def test_a_preview_as_a_source_that_is_not_configured_names_the_right_one(site):
    result = CliRunner().invoke(tidings, ["preview", "--source", "newz", "a.txt"], prog_name="tidings")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'tidings: there is no source "newz"; did you mean "news"?\n'


OTHERS = tuple(
    ("Notices", f"Another matter, the {word}", f"{day} May 2021", f"It is the {word} of its kind.")
    for day, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)
)


def test_what_the_gate_holds_back_is_told_beforehand(site):
    write(*OTHERS)
    lines = run("refresh", "--dry-run")
    assert lines[0].startswith("news: would publish 0 new, 0 edited, 0 retracted, ")
    assert [line for line in lines if line.startswith("  held back  ")]


def test_what_the_gate_holds_back_passes_once_it_is_accepted(site):
    before = published(site)
    write(*OTHERS)
    [held] = run("refresh")
    assert held.startswith("news: held (")
    assert "run `tidings accept news` if this is right" in held
    assert published(site)[1] == before[1]

    assert run("accept", "news") == ["news: its next reading passes"]
    [changed] = run("refresh")
    assert changed.startswith("news: changed, 1 document; 6 added, ")
    assert {story[1] for story in OTHERS} <= published(site)[1]


def test_what_was_accepted_is_accepted_once(site):
    write(*OTHERS)
    run("refresh")
    run("accept", "news")
    assert run("refresh")[0].startswith("news: changed, ")
    write()
    assert run("refresh")[0].startswith("news: held (zero_items)")


def test_where_nothing_is_held_back_nothing_can_be_accepted(site):
    result = CliRunner().invoke(tidings, ["accept", "news"], prog_name="tidings")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "tidings: news: nothing of it is held back; see tidings status\n"


def test_a_source_that_is_not_configured_cannot_be_accepted(site):
    result = CliRunner().invoke(tidings, ["accept", "newz"], prog_name="tidings")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'tidings: there is no source "newz"; did you mean "news"?\n'


def test_before_the_first_reading_a_dry_run_tells_of_everything(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    write(*STORIES)
    first, *others = run("refresh", "--dry-run")
    assert first == "news: would publish 6 new, 0 edited, 0 retracted, 0 unchanged; 0 ids kept"
    assert sorted(others) == sorted(f"  new        {story[1]}" for story in STORIES)
    assert published(tmp_path) == (0, set())
