"""What commands print stays on its line, whatever a file is called."""

from __future__ import annotations

import os

import pytest
from click.testing import CliRunner

from service.cli import messages
from service.cli.main import tidings


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Möwe über ナ 🐦.txt", "Möwe über ナ 🐦.txt"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("red \x1b[31m \x9b31m", r"red \x1b[31m \x9b31m"),
        ("one\u2028two\u2029three\x85four", r"one\u2028two\u2029three\x85four"),
        ("gnp\u202etxt.", r"gnp\u202etxt."),
        (os.fsdecode(b"caf\xe9.txt"), r"caf\xe9.txt"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_would_break_a_line_is_escaped_and_other_text_is_not(text, shown):
    assert messages.one_line(text) == shown


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder with one source, whose only document has a line break in its name and cannot be read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text(
        'title = "T"\nbase_url = "http://127.0.0.1:8000"\n[[sources]]\nname = "news"\npath = "sources/*.txt"\n'
    )
    (tmp_path / "sources").mkdir()
    file = tmp_path / "sources" / "a\nnews: changed, 9 documents\x1b[2J.txt"
    file.write_bytes(b"")
    os.utime(file, (1, 1))


@pytest.mark.parametrize(
    ("command", "number"),
    [(["refresh"], 1), (["refresh", "--dry-run"], 2), (["status"], 4), (["preview", "sources"], 1)],
)
def test_a_name_with_a_line_break_does_not_begin_a_line(site, command, number):
    if command == ["status"]:
        CliRunner().invoke(tidings, ["refresh"])
    result = CliRunner().invoke(tidings, command)
    output = result.stdout or result.stderr
    assert r"a\nnews: changed, 9 documents\x1b[2J.txt" in output
    assert len(output.splitlines()) == number
    assert not any(line.startswith("news: changed") for line in output.splitlines())
