"""The write lock's sequence counter shows readers when nothing was written, however a writer ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feeds.store.write_lock import WriteCounter, is_idle, write_lock

KILLED = """
import os, pathlib, sys
from feeds.store.write_lock import write_lock
with write_lock(pathlib.Path(sys.argv[1])):
    os._exit(0)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "tidings.db"
    with write_lock(path):
        pass
    return path


def test_the_sequence_is_idle_and_unchanged_while_nobody_writes(path: Path) -> None:
    sequence = WriteCounter(path).sequence()
    assert is_idle(sequence)
    assert WriteCounter(path).sequence() == sequence


def test_the_sequence_is_not_idle_while_the_lock_is_held_and_another_one_afterwards(path: Path) -> None:
    counter = WriteCounter(path)
    sequences = [counter.sequence()]
    for _ in range(300):
        with write_lock(path):
            assert not is_idle(counter.sequence())
        sequences.append(counter.sequence())
    assert all(map(is_idle, sequences))
    assert len(set(sequences)) == 301


def test_an_error_under_the_lock_releases_it(path: Path) -> None:
    before = WriteCounter(path).sequence()
    with pytest.raises(ZeroDivisionError), write_lock(path):
        raise ZeroDivisionError
    assert is_idle(WriteCounter(path).sequence())
    assert WriteCounter(path).sequence() != before


def test_after_a_writer_was_killed_the_sequence_is_not_idle_until_the_next_writer_ends(path: Path) -> None:
    counter = WriteCounter(path)
    before = counter.sequence()
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=True)
    interrupted = counter.sequence()
    assert not is_idle(interrupted)
    with write_lock(path):
        assert not is_idle(counter.sequence())
        assert counter.sequence() != interrupted
    assert is_idle(counter.sequence())
    assert counter.sequence() != before


def test_a_lock_file_without_a_counter_is_not_idle(tmp_path: Path) -> None:
    Path(tmp_path, "tidings.db-turn").touch()
    assert not is_idle(WriteCounter(tmp_path / "tidings.db").sequence())
