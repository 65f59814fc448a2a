"""The count of the turns tells readers when nothing can have been written, however a writer ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from feeds.store.write_lock import WriteCounter, is_quiet, write_lock

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


def test_a_mark_is_quiet_and_stays_as_it_is_while_nobody_has_a_turn(path: Path) -> None:
    mark = WriteCounter(path).mark()
    assert is_quiet(mark)
    assert WriteCounter(path).mark() == mark


def test_a_mark_is_not_quiet_during_a_turn_and_another_one_after_it(path: Path) -> None:
    turns = WriteCounter(path)
    marks = [turns.mark()]
    for _ in range(300):
        with write_lock(path):
            assert not is_quiet(turns.mark())
        marks.append(turns.mark())
    assert all(map(is_quiet, marks))
    assert len(set(marks)) == 301


def test_a_turn_that_ends_in_an_error_has_ended(path: Path) -> None:
    before = WriteCounter(path).mark()
    with pytest.raises(ZeroDivisionError), write_lock(path):
        raise ZeroDivisionError
    assert is_quiet(WriteCounter(path).mark())
    assert WriteCounter(path).mark() != before


def test_after_a_writer_was_killed_no_mark_is_quiet_until_the_next_turn_has_ended(path: Path) -> None:
    turns = WriteCounter(path)
    before = turns.mark()
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=True)
    cut_short = turns.mark()
    assert not is_quiet(cut_short)
    with write_lock(path):
        assert not is_quiet(turns.mark())
        assert turns.mark() != cut_short
    assert is_quiet(turns.mark())
    assert turns.mark() != before


def test_a_file_of_which_nothing_was_counted_yet_says_nothing(tmp_path: Path) -> None:
    Path(tmp_path, "tidings.db-turn").touch()
    assert not is_quiet(WriteCounter(tmp_path / "tidings.db").mark())
