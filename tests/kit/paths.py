"""Paths of the project and its test documents."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
DATA = TESTS / "data"
SHARED = ROOT.parent / "shared"
"""Documents to measure on that are not part of the project; a clone does not have them."""
