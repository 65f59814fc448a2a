"""The processes of `tidings serve`, started for real: what they say, and that they end together."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from service.config_reload import POLL_INTERVAL
from tests.kit.paths import ROOT

PATIENCE = 60
CONFIG = """\
title = "T"
base_url = "http://127.0.0.1:8000"
interval = "1s"
[[sources]]
name = "news"
path = "sources"
"""
LISTING = """\
News and events

  1. Press release

    New rules for fishing boats

    12 August 2021

    The rules protect those who work at sea.
"""


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.txt").write_text(LISTING)
    os.utime(tmp_path / "sources" / "a.txt", (1, 1))
    return tmp_path


def command(folder, *arguments):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "service", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(folder, *arguments):
    process = command(folder, *arguments)
    output, errors = process.communicate(timeout=PATIENCE)
    return process.returncode, output, errors


@contextmanager
def serving(folder, port):
    """A server that has said what it serves; nothing of it is left afterwards."""
    process = command(folder, "serve", "--port", str(port))
    try:
        said = [process.stdout.readline(), process.stdout.readline()]
        yield process, "".join(said)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def children(pid):
    """The refresher, the web server and its workers, in the order in which they were started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    below = [Path(f"/proc/{child}/task/{child}/children").read_text().split() for child in found]
    return [int(child) for child in itertools.chain(found, *below)]


def gone(pid):
    """Whether a process has ended; one that nobody has waited for yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def fetched(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def test_it_says_what_it_serves_keeps_it_up_to_date_and_ends_in_order(folder):
    port = free_port()
    with serving(folder, port) as (process, said):
        first, second = said.splitlines()
        assert first == f"Tidings serves http://127.0.0.1:{port}/ (Ctrl-C ends it)"
        assert re.fullmatch(r"\d+ feeds with 1 entry from 1 source; next reading at \d\d:\d\d:\d\d", second)
        assert "New rules for fishing boats" in fetched(port, "/feeds/all.atom")

        code, output, _ = run(folder, "health", "--port", str(port))
        assert (code, output) == (0, "200 OK\n")
        code, output, errors = run(folder, "serve", "--port", str(port))
        assert (code, output) == (1, "")
        assert errors == (
            f"tidings: cannot listen on 127.0.0.1:{port}: Address already in use; --port names another port\n"
        )
        code, output, errors = run(folder, "refresh")
        assert (code, output) == (1, "")
        assert re.fullmatch(r"tidings: \S+/data: process \d+ already refreshes this store, .*\n", errors)

        family = children(process.pid)
        (folder / "sources" / "b.txt").write_text(LISTING.replace("New rules", "Old rules"))
        wait_until(lambda: "Old rules for fishing boats" in fetched(port, "/feeds/all.atom"))

        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert '"traceback"' not in errors
        assert all(map(gone, family))


@contextmanager
def asking(port, path):
    """Ask again and again meanwhile; every answer has to be there, and good."""
    answers, over = [], threading.Event()

    def ask():
        while not over.is_set():
            try:
                answers.append(fetched(port, path))
            except OSError as error:
                answers.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        over.set()
        thread.join()
    assert [answer for answer in answers if isinstance(answer, OSError)] == []


def test_a_new_configuration_is_taken_up_on_sighup_by_both_halves_and_no_request_is_lost(folder):
    port = free_port()
    with serving(folder, port) as (process, _):
        family = children(process.pid)
        with asking(port, "/feeds/all.rss") as answers:
            (folder / "config.toml").write_text(CONFIG.replace('"T"', '"Another"'))
            process.send_signal(signal.SIGHUP)
            wait_until(lambda: "Another" in fetched(port, "/feeds/all.atom"))
            wait_until(lambda: "Another" in fetched(port, "/"))
            (folder / "sources" / "b.txt").write_text(LISTING.replace("New rules", "Old rules"))
            wait_until(lambda: "Old rules" in fetched(port, "/feeds/all.atom"))
        assert len(answers) > 10
        assert children(process.pid) == family
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert errors.count('"event": "config_taken_up"') == 1


def test_a_broken_configuration_is_refused_once_and_the_old_one_goes_on(folder):
    port = free_port()
    with serving(folder, port) as (process, _):
        (folder / "config.toml").write_text(CONFIG.replace("title", "titel"))
        wait_until(lambda: "tidings_config_ok 0.0" in fetched(port, "/metrics"))
        (folder / "sources" / "b.txt").write_text(LISTING.replace("New rules", "Old rules"))
        wait_until(lambda: "Old rules" in fetched(port, "/feeds/all.atom"))
        (folder / "config.toml").write_text(CONFIG)
        wait_until(lambda: "tidings_config_ok 1.0" in fetched(port, "/metrics"))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert errors.count('"event": "config_rejected"') == 1
        assert 'titel: unknown key; did you mean \\"title\\"?' in errors


def test_a_store_that_is_damaged_under_a_running_server_is_put_right_and_keeps_its_ids(folder):
    port = free_port()
    with serving(folder, port) as (process, _):
        [before] = re.findall("urn:uuid:[^<]+", fetched(port, "/feeds/all.atom").partition("<entry>")[2])
        time.sleep(2 * POLL_INTERVAL)  # until each worker, asked or not, holds what is published
        for name in ("tidings.db", "tidings.db-wal"):
            with (folder / "data" / name).open("r+b") as file:
                length = file.seek(0, os.SEEK_END)
                file.seek(0)
                file.write(b"\xa5" * length)
        wait_until(lambda: list(folder.glob("data/*.corrupt-*Z")))
        (folder / "sources" / "b.txt").write_text(LISTING.replace("New rules", "Old rules"))
        wait_until(lambda: "Old rules" in fetched(port, "/feeds/all.atom"))
        assert before in fetched(port, "/feeds/all.atom")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, errors
        assert errors.count('"event": "store_recovered"') == 1


@pytest.mark.parametrize("command", [["serve"], ["serve", "--web-only"], ["refresh"], ["refresh", "--loop"]])
def test_a_store_of_a_newer_version_is_refused_for_good_and_left_as_it_is(folder, command):
    assert run(folder, "refresh")[0] == 0
    file = folder / "data" / "tidings.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE tidings_version SET version_num = '9999'")
        connection.commit()
    before = file.read_bytes()
    port = ["--port", str(free_port())] if command[0] == "serve" else []
    code, _, errors = run(folder, *command, *port)
    assert code == 78
    assert "schema 9999" in errors
    assert file.read_bytes() == before


def test_without_a_server_health_says_so(folder):
    code, output, errors = run(folder, "health", "--port", str(free_port()))
    assert (code, output) == (1, "")
    assert errors.startswith("tidings: the server does not answer: ")


@pytest.mark.parametrize(
    ("victim", "name"),
    [(0, "refresher"), (1, "web server"), (2, "web server")],
    ids=["refresher", "web", "worker"],
)
def test_if_one_process_is_killed_all_end(folder, victim, name):
    with serving(folder, free_port()) as (process, _):
        family = children(process.pid)
        assert len(family) == 4
        os.kill(family[victim], signal.SIGKILL)
        _, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        assert f"tidings: the {name} " in errors
        wait_until(lambda: all(map(gone, family)))


def test_if_the_parent_is_killed_its_children_end(folder):
    with serving(folder, free_port()) as (process, _):
        family = children(process.pid)
        process.kill()
        wait_until(lambda: all(map(gone, family)))


def test_a_store_that_can_only_be_read_is_served(folder):
    assert run(folder, "refresh")[0] == 0
    # Where there is a folder in its place the lock cannot be taken, not even by root.
    (folder / "data" / "tidings.db-lock").unlink()
    (folder / "data" / "tidings.db-lock").mkdir()
    port = free_port()
    with serving(folder, port) as (process, _):
        assert "New rules" in fetched(port, "/feeds/all.atom")
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "the store's folder cannot be written: Is a directory" in errors


def test_a_folder_that_cannot_be_written_is_said_before_anything_starts(folder):
    (folder / "data").touch()
    code, output, errors = run(folder, "serve", "--port", str(free_port()))
    assert (code, output) == (1, "")
    assert errors == f"tidings: {folder}/data: the store's folder cannot be written: File exists\n"
