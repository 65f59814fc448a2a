"""One JSON object a line, and no secret in it."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from feeds.redaction import redact
from service.logs import JSONFormatter, LineFormatter


def record(message: str, **fields: object) -> logging.LogRecord:
    return logging.makeLogRecord({"msg": message, "levelname": "INFO", "created": 0.0} | fields)


def test_an_event_is_one_json_object_with_its_fields():
    line = JSONFormatter().format(record("refreshed", source="newsroom", added=3, reason=None))
    assert json.loads(line) == {
        "at": "1970-01-01T00:00:00Z",
        "level": "info",
        "event": "refreshed",
        "source": "newsroom",
        "added": 3,
    }


def test_text_from_outside_cannot_forge_a_second_line():
    line = JSONFormatter().format(record("failed", message_='a\r\n{"event": "ok"}\u2028b'))
    assert "\n" not in line
    assert "\r" not in line
    assert json.loads(line)["message_"] == 'a\r\n{"event": "ok"}\u2028b'


@pytest.mark.parametrize("formatter", [JSONFormatter(), LineFormatter()], ids=["json", "line"])
def test_nothing_from_outside_reaches_a_terminal_that_would_obey_it(formatter):
    said = "a\r\n\x1b[31m\x7f\x9b2J\u2028\u202eb\u2066"
    line = formatter.format(record("failed", explanation=said, path="/a\nforged"))
    assert line.isprintable()
    assert "forged" in line


def test_a_traceback_stays_on_the_line_of_its_event():
    try:
        raise ValueError("boom")
    except ValueError:
        line = JSONFormatter().format(record("internal", exc_info=sys.exc_info()))
    assert "\n" not in line
    assert json.loads(line)["traceback"].endswith("ValueError: boom")


def test_a_line_for_people_names_an_exception_and_its_place():
    try:
        raise ValueError("https://u:p@h.example/a?key=1\nboom")
    except ValueError:
        line = LineFormatter().format(record("internal", exc_info=sys.exc_info()))
    assert line.isprintable()
    assert "exception='ValueError: https://h.example/a\\nboom'" in line
    assert f"raised_at={__file__}:" in line


@pytest.mark.parametrize(
    ("url", "logged"),
    [
        ("https://u:p@h.example/a?key=1", "https://h.example/a"),
        ("GET https://h.example/a?key=1#x failed", "GET https://h.example/a failed"),
        ("https://u:p@ss@h/a", "https://h/a"),
        ("postgresql+psycopg://me:secret@db/tidings", "postgresql+psycopg://db/tidings"),
        ("https://h.example/a b", "https://h.example/a b"),
        ("'https://h.example/a?key=\"1\"' failed", "'https://h.example/a\"' failed"),
        ("https://h.example/a'b<c>?key=1", "https://h.example/a'b<c>"),
        ("(see https://h.example/?to=https://i.example/key).", "(see https://h.example/)."),
        ("<https://h.example/>,<https://u:p@i.example/>", "<https://h.example/>,<https://i.example/>"),
        ("https://h.example/a?key=(1),", "https://h.example/a"),
        ("https://u:pass/word@h.example/", "https://…"),
        ("https://u:pass@h.example/@news", "https://…"),
        ("https://h.example/@news", "https://h.example/@news"),
        ("https://[::1]:8000/a?key=1", "https://[::1]:8000/a"),
        ("what? a@b", "what? a@b"),
    ],
)
def test_a_url_is_logged_without_user_and_query(url, logged):
    assert redact(url) == logged
    assert json.loads(JSONFormatter().format(record(url, url=url))) == {
        "at": "1970-01-01T00:00:00Z",
        "level": "info",
        "event": logged,
        "url": logged,
    }


def test_a_url_that_is_not_text_is_logged_without_its_secrets_too():
    line = JSONFormatter().format(record("failed", tried=("https://u:p@h/a?key=1",), times=2))
    assert (json.loads(line)["tried"], json.loads(line)["times"]) == ("('https://h/a',)", 2)


def test_a_very_long_text_is_searched_in_time_that_grows_with_its_length():
    """Each of these would take hours, if every character were looked at anew from every other."""
    size = 300_000
    for text in (
        "a" * size,
        "a://" * size,
        "a://x?" + ":" * size + "x",
        "a://u@" * size,
        "a" * size + "://x",
    ):
        assert redact(text)


def test_a_line_for_people_quotes_what_has_spaces():
    line = LineFormatter().format(record("refreshed", source="newsroom", message_="no such file"))
    assert line.partition(" ")[2] == "refreshed source=newsroom message_='no such file'"
