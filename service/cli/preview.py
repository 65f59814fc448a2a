"""`tidings preview`: what would be read from a document, as a table or as JSON."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from urllib.parse import urlsplit

import click
from pydantic import ValidationError

from feeds import parsers
from feeds.config import Source
from feeds.config.problems import suggestion
from feeds.dates import parsing
from feeds.errors import SourceError
from feeds.fetch.files import MIN_AGE
from feeds.model import Document, Item, Listing, Problem, When
from feeds.parsers.html import parser as auto
from feeds.parsers.html.by_selectors import read_selected
from feeds.parsers.html.wrapper_induction import Selectors
from feeds.redaction import redact, redact_address
from feeds.unicode import normalise
from service.cli.messages import one_line, print_line, unexpected
from service.monitoring.status import counted
from service.refresher.http_client import make_fetcher

FIELDS = ("number", "credit", "label", "title", "date", "summary", "link")
_ALWAYS = ("title", "date")
_MARGIN = len("  1234  ")
_LABELS = 12


@dataclass(frozen=True, slots=True)
class Preview:
    """The reading of one document, each item with its date resolved.

    `selectors` say the same of a page that was read without any, where they can; `unsaid` counts the items
    of which they say a field otherwise.
    """

    document: str
    listing: Listing
    whens: tuple[When | None, ...]
    unreadable: bool = False
    selectors: Selectors | None = None
    unsaid: Mapping[str, int] = field(default_factory=dict)


def run(places: Sequence[str], *, as_json: bool, parser: str | None, language: str, base: str | None = None) -> int:
    """Print what each path or URL holds; return 1 if something could not be read."""
    found: list[Preview] = []
    failed = False
    for place in places:
        for reading in _readings(place, _source(place, parser, language, base)):
            failed |= reading.unreadable
            found.append(reading)
            if reading.unreadable:
                print_line(f"tidings: {reading.listing.problems[0].message}", err=True)
            elif not as_json:
                click.echo("\n".join((*_table(reading), *_source_table(reading, place))) + "\n")
    if as_json:
        click.echo(json.dumps([_object(reading) for reading in found], ensure_ascii=False, indent=2))
    return int(failed)


def _readings(place: str, source: Source) -> Iterator[Preview]:
    # Read the file as it is now, even if it was saved this second.
    now = dt.datetime.now(dt.UTC) + 2 * MIN_AGE
    try:
        fetched = make_fetcher()(source, {}, now)
    except SourceError as error:
        yield _unreadable(place, str(error))
        return
    except Exception as error:
        yield _unreadable(place, f"{place}: {unexpected(error)}")
        return
    for fault in fetched.faults:
        yield _unreadable(fault.document, str(fault.error))
    for document in fetched.documents:
        name = os.path.join(place, document.name) if os.path.isdir(place) else redact(place)
        try:
            yield _read(name, document, source)
        except SourceError as error:
            yield _unreadable(name, str(error))
        except Exception as error:
            # An error of ours in one document must not hide what the others hold.
            yield _unreadable(name, f"{name}: {unexpected(error)}")


def _read(name: str, document: Document, source: Source) -> Preview:
    """Read one document, and compare with what selectors would read."""
    document = parsers.with_base(document, source)
    listing = parsers.parse(document, source)
    whens = _resolve(listing, source)
    if (chosen := _selectors(document, source)) is None:
        return Preview(name, listing, whens)
    selected = read_selected(document, chosen)
    unsaid = _unsaid(listing.items, whens, selected.items, _resolve(selected, source))
    return Preview(name, listing, whens, selectors=chosen, unsaid=unsaid)


def _unreadable(document: str, message: str) -> Preview:
    listing = Listing(document, problems=(Problem(0, message),))
    return Preview(redact(document), listing, (), unreadable=True)


def _selectors(document: Document, source: Source) -> Selectors | None:
    by_itself = (source.parser or parsers.parser_name(document)) == "auto"
    return auto.selectors(document, source.language) if by_itself else None


def _resolve(listing: Listing, source: Source) -> tuple[When | None, ...]:
    return parsing.resolve(listing, language=source.language, day_first=source.day_first)


def _unsaid(
    items: Sequence[Item], whens: Sequence[When | None], others: Sequence[Item], days: Sequence[When | None]
) -> dict[str, int]:
    """Count, field by field, the items that selectors read differently; all, if they find more or fewer."""
    if len(items) != len(others):
        return {"item": abs(len(items) - len(others))}
    counts = {
        name: sum(getattr(one, name) != getattr(other, name) for one, other in zip(items, others, strict=True))
        for name in ("title", "link", "label")
    }
    counts["date"] = sum(when != day for when, day in zip(whens, days, strict=True))
    return {name: count for name, count in counts.items() if count}


def _source(place: str, parser: str | None, language: str, base: str | None) -> Source:
    if parser is not None and parser not in parsers.PARSERS:
        known = ", ".join(parsers.PARSERS) + suggestion(parser, parsers.PARSERS)
        raise click.BadParameter(f"there are {known}", param_hint="--parser")
    where = "url" if place.startswith(("http://", "https://")) else "path"
    try:
        given = {"name": "preview", where: place, "parser": parser, "language": language, "base": base}
        return Source.model_validate(given)
    except ValidationError as error:
        [problem, *_] = error.errors()
        written = redact_address(str(problem["input"]))
        message = f"{written!r} {problem['msg'].removeprefix('Value error, ')}"
        if problem["loc"] in {("language",), ("base",)}:
            raise click.BadParameter(message, param_hint=f"--{problem['loc'][0]}") from None
        if problem["loc"] == ():
            raise click.UsageError(problem["msg"].removeprefix("Value error, ")) from None
        raise click.UsageError(message) from None


def _object(reading: Preview) -> dict[str, object]:
    rows = iter(_rows(reading))
    return {
        "document": reading.document,
        "sections": [
            {"heading": section.heading, "items": [_fields(*next(rows)) for _ in section.items]}
            for section in reading.listing.sections
        ],
        "problems": [{"line": problem.line, "message": problem.message} for problem in reading.listing.problems],
    }


def _rows(reading: Preview) -> Iterator[tuple[Item, When | None]]:
    """Yield each item with its date; a link that cannot be resolved is shown as written."""
    items = reading.listing.items
    links = reading.listing.relative_links or (None,) * len(items)
    for item, when, link in zip(items, reading.whens, links, strict=True):
        yield (item if link is None else replace(item, link=link)), when


def _fields(item: Item, when: When | None) -> dict[str, object]:
    return {name: getattr(item, name) for name in FIELDS} | {"date": None if when is None else when.isoformat()}


def _table(reading: Preview) -> Iterator[str]:
    width = max(shutil.get_terminal_size().columns, 40)
    yield click.style(one_line(reading.document), bold=True)
    rows = iter(_rows(reading))
    for section in reading.listing.sections:
        if section.heading is not None:
            yield ""
            yield from _row(section.line, click.style(section.heading, bold=True), 0, width)
        for _ in section.items:
            yield ""
            item, when = next(rows)
            for name in FIELDS:
                if (value := _shown(item, name, when)) is not None:
                    yield from _row(item.lines.get(name, item.line), f"{name:8} {value}", 9, width)
    yield ""
    yield from textwrap.wrap(_counts(reading), width, subsequent_indent="  ")
    yield from textwrap.wrap(_labels(reading.listing), width, subsequent_indent="  ")
    for problem in reading.listing.problems:
        yield from _row(problem.line, problem.message, 0, width)


def _source_table(reading: Preview, given: str) -> Iterator[str]:
    """Return the lines of a configuration that reads the page by selectors."""
    if reading.selectors is None:
        return
    place = reading.document
    address = urlsplit(place).hostname if "://" in place else None
    said = {
        "name": normalise.slug(address.removeprefix("www.") if address else PurePath(place).stem),
        "url" if address else "path": place,
    }
    yield from ("", "Should this reading err, take these lines into config.toml and correct them:", "")
    cut = () if redact(given) == given else ("# The query of the address is not shown: put it back.",)
    yield from ("[[sources]]", *_assignments(said), *cut, "", "[sources.select]")
    yield from _assignments(asdict(reading.selectors))
    if reading.unsaid:
        unsaid = ", ".join(f"{name} ({counted(count, 'item')})" for name, count in reading.unsaid.items())
        yield f"# Not what is read above: {unsaid}"


def _assignments(values: Mapping[str, str | None]) -> Iterator[str]:
    """Return keys and values as TOML, whose strings are written as in JSON."""
    return (f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items() if value is not None)


def _shown(item: Item, name: str, when: When | None) -> str | None:
    value = getattr(item, name)
    if value is None:
        return "(none)" if name in _ALWAYS else None
    if name == "date":
        return f"{when.isoformat() if when else '(not understood)'}, written {value!r}"
    return str(value)


def _row(line: int, text: str, indent: int, width: int) -> Iterator[str]:
    """Return one value with its line number, wrapped and indented."""
    # A wide character takes two columns; textwrap counts one.
    wide = any(unicodedata.east_asian_width(character) in "WF" for character in text)
    room = max((width - _MARGIN) // (1 + wide), indent + 16)
    place = click.style(f"{line or '':>6}  ", dim=True)
    for paragraph in text.split("\n"):
        for part in textwrap.wrap(paragraph, room, subsequent_indent=" " * indent) or [""]:
            yield (place + part).rstrip()
            place = " " * _MARGIN


def _counts(reading: Preview) -> str:
    items = reading.listing.items
    headings = sum(section.heading is not None for section in reading.listing.sections)
    days = sorted(when.day for when in reading.whens if when)
    span = f" ({days[0]} to {days[-1]})" if days else ""
    having = {name: sum(getattr(item, name) is not None for item, _ in _rows(reading)) for name in FIELDS}
    return (
        f"{counted(len(items), 'item')} under {counted(headings, 'heading')}: "
        f"{having['title']} with a title, {len(days)} dated{span}, {having['label']} labelled, "
        f"{having['summary']} with a summary, {having['link']} with a link; "
        f"{counted(len(reading.listing.problems), 'problem')}"
    )


def _labels(listing: Listing) -> str:
    labels = Counter(item.label for item in listing.items if item.label is not None)
    if not labels:
        return "no labels"
    shown = ", ".join(f"{label} ({count})" for label, count in labels.most_common(_LABELS))
    more = f" and {len(labels) - _LABELS} more" if len(labels) > _LABELS else ""
    return f"{counted(len(labels), 'label')}: {shown}{more}"
