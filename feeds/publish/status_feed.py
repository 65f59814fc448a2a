"""The incidents of sources as an Atom feed for operators.

It is not one of the newsroom's feeds: it has no slug and no other format, and no list of feeds names it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

from feedgen.feed import FeedGenerator

from feeds.config import Config
from feeds.model import Entry, Outcome, Site, Status
from feeds.publish.formats import atom, common
from feeds.publish.publisher import finalise, represent
from feeds.redaction import redact
from feeds.store import Incident, Transaction, View
from feeds.unicode import normalise

PATH = "status.atom"

_IDS = uuid.UUID("5b0d4c1e-93d7-5a51-b0a4-8f3a0f6de2c9")
_MAX_MESSAGE = 2000
_TTL = dt.timedelta(minutes=1)
_STATES = {Status.FAILED: "cannot be read", Status.HELD: "is read, but held"}


def note(transaction: Transaction, config: Config, outcome: Outcome) -> None:
    """Update the source's incident; publish the incidents if it changed, or if this feed was never published."""
    shortened = replace(outcome, message=outcome.message and normalise.line(outcome.message)[:_MAX_MESSAGE])
    first = outcome.status is Status.CHANGED and transaction.representation(PATH) is None
    if transaction.note(shortened) or first:
        publish(transaction, config, now=outcome.at)


def publish(transaction: Transaction, config: Config, *, now: dt.datetime) -> None:
    """Publish the incidents, if they differ from what is published."""
    body = render(transaction, config)
    if body is None:
        return
    links = (
        common.Link("self", f"{config.base_url}/{PATH}", atom.MEDIA_TYPE),
        common.Link("alternate", f"{config.base_url}/status", "text/html"),
    )
    draft = represent(PATH, atom.MEDIA_TYPE, body, links=links, ttl=_TTL)
    finished = finalise(draft, transaction.representation(PATH), now=now)
    if finished is not None:
        transaction.publish([finished])


def render(view: View, config: Config) -> bytes | None:
    """Return the feed; None while the store is empty, because a feed needs a date (RFC 4287 §4.1.1)."""
    incidents = view.incidents()
    registered = [feed.since for feed in view.feeds()]
    updated = max((incident.updated for incident in incidents), default=min(registered, default=None))
    if updated is None:
        return None
    document = _envelope(config.site, updated)
    titles = {source.name: source.title or source.name for source in config.sources}
    for incident in incidents:
        title = titles.get(incident.source, incident.source)
        entry = _entry(incident, normalise.line(title), config.site)
        document.add_entry(atom.feed_entry(entry, config.site, None), order="append")
    body: bytes = document.atom_str()
    return body


def _envelope(site: Site, updated: dt.datetime) -> FeedGenerator:
    document = FeedGenerator()
    document.id(uuid.uuid5(common.site_namespace(_IDS, site), "").urn)
    document.title(f"{site.title}: incidents")
    document.subtitle("Sources that cannot be read, or whose readings are held")
    document.updated(updated)
    document.author(name=site.author or site.title)
    document.link(href=f"{site.base_url}/{PATH}", rel="self", type=atom.MEDIA_TYPE)
    document.link(href=f"{site.base_url}/status", rel="alternate", type="text/html")
    document.generator(common.GENERATOR)
    document.language("en")
    return document


def _entry(incident: Incident, title: str, site: Site) -> Entry:
    """Return an incident as an entry, with the same id from its beginning to its end."""
    state = _STATES[incident.status]
    if incident.ended is not None:
        state = f"is read again; it was not since {_instant(incident.since)}"
    paragraphs = [f"Since {_instant(incident.since)}" + (f": {incident.reason}." if incident.reason else ".")]
    if incident.message:
        paragraphs.append(redact(incident.message))
    paragraphs.append(
        "What was published before stays as it is."
        if incident.ended is None
        else f"Over at {_instant(incident.ended)}."
    )
    return Entry(
        id=uuid.uuid5(common.site_namespace(_IDS, site), f"{incident.source} {_instant(incident.since)}").urn,
        title=f"{title} {state}",
        first_seen=incident.since,
        updated=incident.updated,
        rank=incident.updated,
        published=incident.since,
        summary="\n\n".join(paragraphs),
        link=f"{site.base_url}/status",
    )


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
