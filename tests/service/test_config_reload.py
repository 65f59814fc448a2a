"""A configuration that changes while it is in use: taken up whole, or not at all, and by every process."""

from __future__ import annotations

import logging
import multiprocessing
import os
import time

import pytest
from werkzeug.test import Client

from feeds.config import load
from feeds.store import migrate
from service.config_reload import Settings
from service.heartbeat import LIMIT, Heartbeat
from service.processes.worker import ReloadingApp
from tests.kit.published_site import documents, fill, publish, registered

GOOD = """\
title = "{title}"
base_url = "http://127.0.0.1:8000"
[[sources]]
name = "news"
path = "s.txt"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "config.toml"
    write(path, GOOD.format(title="First"))
    return path


@pytest.fixture
def settings(file, caplog):
    caplog.set_level(logging.INFO)
    return Settings(file, load(file))


def write(path, text):
    """Write it as editors do, as a new file; the clock of the disk may be coarser than this test."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def look(settings):
    """Look until the file has had the time to rest."""
    return [settings.poll(), settings.poll()]


def events(caplog):
    return [record.message for record in caplog.records]


def test_a_file_that_stays_is_not_read_again(settings, caplog):
    assert look(settings) == [False, False]
    assert events(caplog) == []


def test_a_good_file_is_taken_up_once_it_rests(settings, file, caplog):
    write(file, GOOD.format(title="Second"))
    assert look(settings) == [False, True]
    assert (settings.config.title, settings.ok, settings.changed) == ("Second", True, True)
    assert look(settings) == [False, False]
    assert events(caplog) == ["config_taken_up"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('title = "Half', "line 1"),
        (GOOD.format(title="Second") + "intervall = 5\n", "sources[0].intervall: unknown key"),
        (GOOD.replace("news", "Two words"), "sources[0].name"),
        (None, "there is no such file"),
    ],
    ids=["cut", "unknown", "wrong", "gone"],
)
def test_a_broken_file_is_refused_in_one_line_and_the_old_one_goes_on(settings, file, text, problem, caplog):
    file.unlink() if text is None else write(file, text)
    assert look(settings) == [False, True]
    assert (settings.config.title, settings.ok, settings.changed) == ("First", False, False)
    assert look(settings) == [False, False]
    [record] = caplog.records
    assert (record.message, record.levelname) == ("config_rejected", "ERROR")
    assert problem in record.problems
    write(file, GOOD.format(title="First"))
    assert look(settings) == [False, True]
    assert (settings.ok, settings.changed) == (True, False)


def test_every_problem_is_named(settings, file, caplog):
    write(file, GOOD.format(title="T") + 'path = "x"\ninterval = "never"\n')
    write(file, 'prot = 1\nlanguage = 5\n[[sources]]\nname = "n"\npath = "p"\n')
    look(settings)
    [record] = caplog.records
    for key in ("title", "base_url", "prot", "language"):
        assert f"{key}: " in record.problems


def test_while_it_is_still_being_written_it_is_left_alone(settings, file):
    for length in range(len(GOOD)):
        write(file, GOOD[:length])
        assert not settings.poll()
    assert settings.config.title == "First"


def test_asked_to_look_at_once_it_does(settings, file):
    write(file, GOOD.format(title="Second"))
    assert settings.poll(at_once=True)
    assert settings.config.title == "Second"


def test_where_it_listens_and_what_it_keeps_stays_until_a_restart(settings, file, caplog):
    before = settings.config
    write(file, 'store = "sqlite:///other.db"\n' + GOOD.format(title="Second") + "[server]\nport = 9\n")
    look(settings)
    assert (settings.config.server, settings.config.store) == (before.server, before.store)
    assert settings.config.title == "Second"
    needing = [record.key for record in caplog.records if record.message == "config_needs_restart"]
    assert needing == ["server", "store"]
    write(file, GOOD.format(title="Third") + "[server]\nport = 9\n")
    look(settings)
    assert "server" not in [record.key for record in caplog.records[4:] if hasattr(record, "key")]


def test_what_the_command_line_says_of_the_port_is_no_change(file, caplog):
    written = load(file)
    server = written.server.model_copy(update={"port": 9000})
    settings = Settings(file, written, written.model_copy(update={"server": server}))
    write(file, GOOD.format(title="Second"))
    look(settings)
    assert (settings.config.server.port, settings.config.title) == (9000, "Second")
    assert "config_needs_restart" not in events(caplog)


@pytest.fixture
def site(file, tmp_path):
    url = f"sqlite:///{tmp_path}/t.db"
    fill(url)
    write(file, f'store = "{url}"\n' + GOOD.format(title="First"))
    return ReloadingApp(Settings(file, load(file)), Heartbeat())


def test_a_worker_serves_the_new_configuration_and_the_same_documents(site, file, tmp_path):
    client = Client(site)
    before = client.get("/feeds/all.atom")
    assert b"First" in client.get("/").data
    write(file, f'store = "sqlite:///{tmp_path}/t.db"\ndeltas = false\n' + GOOD.format(title="Second"))
    site.poll(at_once=True)
    assert b"Second" in client.get("/").data
    after = client.get("/feeds/all.atom")
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])
    assert "tidings_config_ok 1.0" in client.get("/metrics").text


def test_a_worker_says_that_a_configuration_was_refused(site, file):
    client = Client(site)
    write(file, "title =")
    site.poll(at_once=True)
    assert b"First" in client.get("/").data
    assert "tidings_config_ok 0.0" in client.get("/metrics").text


def test_a_worker_notices_that_another_store_has_taken_the_place_of_its_own(site, tmp_path):
    client = Client(site)
    path = tmp_path / "t.db"
    path.rename(tmp_path / "aside.db")
    site.poll()
    assert client.get("/feeds/all.atom").status_code == 200
    path.write_bytes(b"not yet")
    site.poll()
    assert client.get("/feeds/all.atom").status_code == 200
    path.unlink()
    migrate(f"sqlite:///{path}")
    site.poll()
    assert client.get("/feeds/all.atom").status_code == 200
    fill(f"sqlite:///{path}")
    publish(f"sqlite:///{path}", registered("new"), representations=documents("new", b"restored "))
    site.poll()
    assert client.get("/feeds/new.rss").data == b"restored rss"


def test_a_heart_is_silent_only_long_after_its_last_beat(monkeypatch):
    heartbeat = Heartbeat()
    assert not heartbeat.expired
    heartbeat.beat()
    assert not heartbeat.expired
    later = time.monotonic() + LIMIT + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert heartbeat.expired
    heartbeat.suspend()
    assert not heartbeat.expired


def test_a_heart_is_heard_in_another_process():
    heartbeat = Heartbeat()
    child = multiprocessing.get_context("fork").Process(target=heartbeat.beat)
    child.start()
    child.join()
    later = time.monotonic() + LIMIT + 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", lambda: later)
        assert heartbeat.expired


def test_alive_is_who_answers_unless_its_refresher_is_known_to_hang(site, monkeypatch):
    client = Client(site)
    assert client.get("/livez").status_code == 200
    site._heartbeat.beat()
    later = time.monotonic() + LIMIT + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    answer = client.get("/livez")
    assert (answer.status_code, answer.data) == (503, b"the refresher hangs\n")


def test_readiness_says_whether_the_store_could_be_written(site, monkeypatch):
    client = Client(site)
    assert client.get("/readyz").json["writable"] is True
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["writable"]) == (200, False)
