"""`--dry-run`: what publishing would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from feeds.changes import Changes
from feeds.config import Config, Source
from feeds.errors import TidingsError
from feeds.fetch.files import MIN_AGE
from feeds.model import NOT_READ_YET, Outcome, Status
from feeds.refresh.pipeline import dry_run
from feeds.store import Store, migrate
from service.cli.messages import print_line, unexpected
from service.monitoring.status import shown
from service.refresher.http_client import make_fetcher

_LONGEST = 72


def run(config: Config, sources: Sequence[Source]) -> int:
    """Print what a refresh of each source would change; return 1 if one could not be read."""
    migrate(config.store)
    store = Store(config.store, read_only=True)
    failed = False
    # Read the file as it is now, even if it was saved this second.
    now = dt.datetime.now(dt.UTC).replace(microsecond=0) + 2 * MIN_AGE
    fetch = make_fetcher(config.base_url)
    try:
        for source in sources:
            try:
                with store.read() as view:
                    changes, outcome = dry_run(source, view, fetch=fetch, now=now)
                    changes = replace(changes, held=shown(source, changes.held, view))
            except TidingsError:
                raise
            except Exception as error:
                # An error of ours in one source or document must not hide what the others would change.
                message = f"{source.path or source.name}: {unexpected(error)}"
                outcome = Outcome(source.name, now, Status.FAILED, "internal", message)
                changes = Changes(source.name)
            for line in lines(changes, outcome):
                print_line(line)
            failed |= outcome.status is Status.FAILED
    finally:
        store.close()
    return int(failed)


def lines(changes: Changes, outcome: Outcome) -> Iterator[str]:
    """Return a line of counts, then one for each change and each hold."""
    kept = outcome.unchanged + outcome.edited + len(changes.updated_silently)
    yield (
        f"{outcome.source}: would publish {outcome.added} new, {outcome.edited} edited, "
        f"{outcome.retracted} retracted, {outcome.unchanged} unchanged; {kept} ids kept"
    )
    for entry in changes.added:
        yield f"  new        {_short(entry.title)}"
    titles = {entry.id: entry.title for entry in changes.edited}
    for revision in changes.revisions:
        for field, (old, new) in revision.fields.items():
            what = f"{field}: {_short(old)} → {_short(new)}"
            yield f"  edited     {_short(titles.get(revision.entry))}: {what} ({revision.reason})"
    for entry in changes.returned:
        yield f"  back       {_short(entry.title)}"
    for entry in changes.retracted:
        yield f"  retracted  {_short(entry.title)}"
    for held in changes.held:
        yield f"  held back  {held.document}: {held.message} ({held.reason})"
    if outcome.status is Status.FAILED:
        yield f"  failed     {outcome.message}"
    elif outcome.reason in NOT_READ_YET:
        yield f"  not read   {outcome.message}"


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
