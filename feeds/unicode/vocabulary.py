"""Lists of words, written as words."""

from __future__ import annotations
