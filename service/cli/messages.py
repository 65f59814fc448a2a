"""Sentences that several commands print."""

from __future__ import annotations


def unexpected(error: Exception) -> str:
    """The message for an exception that a document should not have caused."""
    return f"unexpected {type(error).__name__}: {error}; this is an error in Tidings, please report it"
