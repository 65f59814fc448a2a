"""What goes wrong with the sources, as an Atom feed for those who operate the site.

It is none of the newsroom's feeds: it has no slug, no other format, and stands in no list of them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import replace

from feedgen.feed import FeedGenerator

from feeds.config import Config
from feeds.model import Entry, Outcome, Site, Status
from feeds.publish.formats import atom, common
from feeds.publish.publisher import represent, settle
from feeds.redaction import redact
from feeds.store import Incident, Transaction, View
from feeds.unicode import normalise

PATH = "status.atom"

_IDS = uuid.UUID("5b0d4c1e-93d7-5a51-b0a4-8f3a0f6de2c9")
_LONGEST = 2000
_TTL = dt.timedelta(minutes=1)
_HAPPENED = {Status.FAILED: "cannot be read", Status.HELD: "is read, and not believed"}


def note(transaction: Transaction, config: Config, outcome: Outcome) -> None:
    """Keep what an outcome means for the incidents; publish them if it means anything, or for a start."""
    said = replace(outcome, message=outcome.message and normalise.line(outcome.message)[:_LONGEST])
    starts = outcome.status is Status.CHANGED and transaction.representation(PATH) is None
    if transaction.note(said) or starts:
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
    settled = settle(draft, transaction.representation(PATH), now=now)
    if settled is not None:
        transaction.publish([settled])


def render(view: View, config: Config) -> bytes | None:
    """The feed; None while nothing has ever happened, for then it has no date (RFC 4287 §4.1.1)."""
    incidents = view.incidents()
    began = [feed.since for feed in view.feeds()]
    updated = max((incident.updated for incident in incidents), default=min(began, default=None))
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
    document.id(uuid.uuid5(common.own(_IDS, site), "").urn)
    document.title(f"{site.title}: incidents")
    document.subtitle("Sources that cannot be read, or are not believed")
    document.updated(updated)
    document.author(name=site.author or site.title)
    document.link(href=f"{site.base_url}/{PATH}", rel="self", type=atom.MEDIA_TYPE)
    document.link(href=f"{site.base_url}/status", rel="alternate", type="text/html")
    document.generator(common.GENERATOR)
    document.language("en")
    return document


def _entry(incident: Incident, title: str, site: Site) -> Entry:
    """An incident as an entry: one id from its beginning to its end."""
    happened = _HAPPENED[incident.status]
    if incident.ended is not None:
        happened = f"is read again; it was not since {_instant(incident.since)}"
    said = [f"Since {_instant(incident.since)}" + (f": {incident.reason}." if incident.reason else ".")]
    if incident.message:
        said.append(redact(incident.message))
    said.append(
        "What was published before stays as it is."
        if incident.ended is None
        else f"Over at {_instant(incident.ended)}."
    )
    return Entry(
        id=uuid.uuid5(common.own(_IDS, site), f"{incident.source} {_instant(incident.since)}").urn,
        title=f"{title} {happened}",
        first_seen=incident.since,
        updated=incident.updated,
        rank=incident.updated,
        published=incident.since,
        summary="\n\n".join(said),
        link=f"{site.base_url}/status",
    )


def _instant(moment: dt.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
