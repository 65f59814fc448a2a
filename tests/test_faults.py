"""docs/faults.md: every fault has a row, every row names a test or figure, and every named one exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.kit.paths import ROOT
from tests.torture import FIGURES

PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = {int(number): shown for number, shown in re.findall(r"^\| (\d+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$", PAGE, re.M)}
NAMED = sorted(set(re.findall(r"`([\w/]+)::(\w+)`", PAGE)))


def test_every_fault_has_a_row() -> None:
    assert list(ROWS) == list(range(1, 80))


@pytest.mark.parametrize("number", ROWS)
def test_every_row_names_what_shows_it(number: int) -> None:
    assert re.search(r"`[\w/]+::\w+`|\*torture \w+\*", ROWS[number])


@pytest.mark.parametrize(("module", "name"), NAMED, ids=lambda part: part[:40])
def test_every_test_that_is_named_is_there(module: str, name: str) -> None:
    text = (ROOT / "tests" / Path(module).parent / f"test_{Path(module).name}.py").read_text(encoding="utf-8")
    assert re.search(rf"^def test_{name}\(", text, re.M)


def test_every_figure_is_named_and_no_other() -> None:
    assert set(re.findall(r"\*torture (\w+)\*", PAGE)) == {figure.name for figure in FIGURES}
