"""The shorter commands: refresh, check, status, health. Each prints, or returns its exit code."""

from __future__ import annotations

import glob
import http.client
import os
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from feeds import config as configuration
from feeds.config import Config
from feeds.config.problems import suggestion
from feeds.errors import ConfigError, TidingsError
from feeds.model import Outcome, Status
from service.cli.messages import print_line
from service.config_reload import Settings
from service.monitoring.status import counted


def refresh(settings: Settings, names: Sequence[str], *, loop: bool) -> int:
    """Refresh these sources, or all, once or until a signal."""
    from service.refresher import scheduler

    config = settings.config
    known = _named(config, names)
    if loop and names:
        raise click.UsageError("--loop reads every source; --source reads once")
    if loop:
        return scheduler.run(settings)
    failed = False
    for outcome in scheduler.once(config, known, _show_waiting):
        print_line(sentence(outcome))
        failed |= outcome.status is Status.FAILED or outcome.reason == "unstable"
    return int(failed)


def _show_waiting(sources: int, seconds: float) -> None:
    """Tell a person at a terminal why nothing happens; the output of a cron job has only the outcomes."""
    if sys.stderr.isatty():
        click.echo(f"{counted(sources, 'source')} on busy hosts: the next one in {seconds:.0f} s", err=True)


def dry_run(config: Config, names: Sequence[str]) -> int:
    """Print what a refresh of these sources, or of all, would publish."""
    from service.cli.dry_run import run

    known = _named(config, names)
    return run(config, [source for source in config.sources if source.name in known])


def preview_as(config: Config, name: str, places: Sequence[str]) -> int:
    """Print what each of these documents would change as the next reading of a source."""
    from service.cli.dry_run import run

    _named(config, [name])
    [source] = [source for source in config.sources if source.name == name]
    sources = []
    for place in places:
        where = (None, place) if place.startswith(("http://", "https://")) else (place, None)
        sources.append(source.model_copy(update=dict(zip(("path", "url"), where, strict=True))))
    return run(config, sources)


def accept(config: Config, name: str) -> None:
    """Accept the next reading of a source; raise TidingsError if nothing is held."""
    from feeds.store import Store

    _named(config, [name])
    store = Store(config.store)
    try:
        with store.write() as transaction:
            state = transaction.sources().get(name)
            if state is None or not state.held:
                raise TidingsError(f"{name}: nothing of it is held back; see tidings status")
            transaction.accept(name, datetime.now(UTC).replace(microsecond=0))
    finally:
        store.close()
    click.echo(f"{name}: its next reading passes")


def _named(config: Config, names: Sequence[str]) -> list[str]:
    """Return these names, or those of all sources; raise for an unknown one."""
    known = [source.name for source in config.sources]
    for name in names:
        if name not in known:
            raise TidingsError(f'there is no source "{name}"{suggestion(name, known)}')
    return list(dict.fromkeys(names)) or known


def sentence(outcome: Outcome) -> str:
    """Return a line such as `newsroom: changed, 2 documents; 3 added, 1 edited, 0 retracted`."""
    waiting = outcome.reason == "retry_later" and outcome.status is Status.UNCHANGED and not outcome.documents
    text = f"{outcome.source}: {'waiting' if waiting else outcome.status}"
    if outcome.reason is not None:
        text += f" ({outcome.reason})"
    if outcome.status is not Status.FAILED and not waiting:
        text += f", {counted(outcome.documents, 'document')}"
    if outcome.status is Status.CHANGED:
        text += f"; {outcome.added} added, {outcome.edited} edited, {outcome.retracted} retracted"
    return f"{text}: {outcome.message}" if outcome.message else text


def check(file: Path) -> int:
    """Print every problem, or a summary of the configuration."""
    try:
        config = configuration.load(file)
        problems = tuple(_missing(config))
    except ConfigError as error:
        problems = error.problems
    for problem in problems:
        print_line(f"{file}: {problem}", err=True)
    if problems:
        return 1
    counts = [
        (len(config.sources), "source"),
        (len(config.categories), "category rule"),
        (len(config.selections), "selection"),
    ]
    said = ", ".join(counted(number, what) for number, what in counts if number)
    click.echo(f"configuration is good: {said}")
    return 0


def _missing(config: Config) -> Iterator[str]:
    """Yield the folders of patterns that do not exist; a pattern itself may match nothing yet."""
    for index, source in enumerate(config.sources):
        for path in source.patterns:
            if os.path.exists(path):
                continue
            pattern = glob.has_magic(path)
            place = _fixed_folder(path) if pattern else Path(path)
            if not pattern or not place.is_dir():
                yield f'sources[{index}].path: there is no {place} (in "{source.name}")'


def _fixed_folder(pattern: str) -> Path:
    """Return the part of a pattern before its first wildcard, unescaped."""
    folder = Path()
    for part in Path(pattern).parts[:-1]:
        plain = re.sub(r"\[([*?[])\]", r"\1", part)
        if glob.escape(plain) != part:
            break
        folder /= plain
    return folder


def status(config: Config, *, as_json: bool) -> None:
    """Print a line for each source, or what `/status.json` returns."""
    from feeds.store import Store
    from service.monitoring import status

    store = Store(config.store, read_only=True)
    try:
        with store.read() as view:
            site = status.read_status(view, config)
    finally:
        store.close()
    if as_json:
        click.echo(status.as_json(site))
        return
    click.echo(f"{counted(site.feeds, 'feed')} with {counted(site.entries, 'entry', 'entries')}")
    for source in site.sources:
        click.echo(f"{source.name}: {source.state}, {status.STATES[source.state]}")
        if source.next_due is not None:
            changed = source.last_changed
            click.echo(f"  due {_local(source.next_due)}, last change {_local(changed) if changed else 'never'}")
        if source.outcome is not None:
            print_line(f"  {_local(source.outcome.at)} {sentence(source.outcome)}")
        for held in source.held:
            print_line(f"  {held.document}: {held.message}")


def backup(config: Config, target: Path) -> None:
    """Copy the store and print the size of the copy."""
    from feeds.store import Store

    store = Store(config.store, read_only=True)
    try:
        store.backup(target)
    finally:
        store.close()
    click.echo(f"{target}: {target.stat().st_size} bytes")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


def health(config: Config, port: int | None) -> int:
    """Request `/livez` over loopback, without proxies of the environment; return 0 or 1."""
    from service.processes.common import local_host

    host, port = local_host(config), port or config.server.port
    connection = http.client.HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", "/livez")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException) as error:
        why = getattr(error, "strerror", None) or error
        raise TidingsError(f"the server does not answer: {host}, port {port}: {why}") from None
    finally:
        connection.close()
    click.echo(f"{answer.status} {answer.reason}")
    return 0 if answer.status == 200 else 1
