"""The command line: what each command prints, and the exit code that it ends with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from service.cli import tidings

ROOT = Path(__file__).parents[1]
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
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder with a configuration and one listing, to stand in."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text(LISTING)
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
    code = "import sys, service.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {"flask", "sqlalchemy", "alembic", "lxml", "feedgen", "apscheduler", "granian", "pydantic"}
    assert heavy.isdisjoint(done.stdout.split())


@pytest.mark.parametrize("command", [["serve"], ["refresh"], ["export", "out"], ["status"], ["health"]])
def test_without_a_configuration_a_command_says_how_to_make_one(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    result = run(*command, code=78)
    assert result.stdout == ""
    assert result.stderr.startswith(
        "tidings: config.toml: there is no such file; these five lines make one: "
    )
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
    assert run("version").stdout == "0.1.0\n"
