"""A listing of numbered stories: the number decides what a story says."""

from __future__ import annotations

import datetime as dt

WINDOW = 8
_FIRST_DAY = dt.date(2021, 1, 1)
_LABELS = ("Press release", "Events", "Notice to skippers")


def title(number: int) -> str:
    return f"Story {number} of the harbour"


def summary(number: int, edition: int = 0) -> str:
    revised = f" Edition {edition}." if edition else ""
    return f"What happened on quay {number} is told here in a sentence or two.{revised}"


def listing(newest: int, *, edition: int = 0, window: int = WINDOW) -> bytes:
    """Return the listing of the `window` newest stories, the newest first; `edition` is the one of the third."""
    parts = ["Harbour news\n"]
    for place, number in enumerate(range(newest, max(newest - window, 0), -1), start=1):
        day = _FIRST_DAY + dt.timedelta(days=number)
        fields = (
            _LABELS[number % len(_LABELS)],
            title(number),
            f"{day.day} {day:%B %Y}",
            summary(number, edition if place == 3 else 0),
        )
        parts.append(f"  {place}. " + "\n\n    ".join(fields) + "\n")
    return "\n".join(parts).encode()
