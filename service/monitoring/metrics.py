"""The Prometheus exposition, read from the store, so that every web process returns the same.

The only label is a source's configured name, so the number of series is bounded by the configuration.
"How long ago" is `time() - …_timestamp_seconds`, as Prometheus wants it: the instant does not age.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from service.monitoring.status import STATES, SiteStatus, SourceStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST

_NUMBERS: tuple[tuple[str, str, Callable[[SourceStatus], float | None]], ...] = (
    ("failures", "Failed refreshes in a row", lambda each: each.failures),
    ("held", "Findings that wait for a person or for further readings", lambda each: len(each.held)),
    ("items", "Items in the last reading", lambda each: each.outcome.items if each.outcome else None),
    (
        "problems",
        "Problems in the last reading",
        lambda each: len(each.outcome.problems) if each.outcome else None,
    ),
)
_INSTANTS: tuple[tuple[str, str, Callable[[SourceStatus], dt.datetime | None]], ...] = (
    ("last_refresh", "When it was last tried", lambda each: each.outcome.at if each.outcome else None),
    ("last_success", "When it was last read and accepted", lambda each: each.last_success),
    ("last_change", "When it last changed something", lambda each: each.last_changed),
    ("next_due", "When it is to be read next", lambda each: each.next_due),
)


class _Reading(Collector):
    def __init__(self, status: SiteStatus, *, config_ok: bool) -> None:
        self._status = status
        self._config_ok = config_ok

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "tidings_config_ok", "1 while the configuration in force is what the file says", self._config_ok
        )
        yield GaugeMetricFamily("tidings_generation", "Number of the last change", self._status.generation)
        yield GaugeMetricFamily("tidings_feeds", "Feeds that are published", self._status.feeds)
        yield GaugeMetricFamily("tidings_entries", "Entries that are not retracted", self._status.entries)
        yield from _per_source(self._status.sources)


def _per_source(sources: Iterable[SourceStatus]) -> Iterator[Metric]:
    for name, text, value in _NUMBERS:
        yield _family(name, text, ((source.name, value(source)) for source in sources))
    for name, text, instant in _INSTANTS:
        values = ((source.name, instant(source)) for source in sources)
        yield _family(f"{name}_timestamp_seconds", text, ((n, at.timestamp() if at else None) for n, at in values))
    family = GaugeMetricFamily("tidings_source_state", "1 for the state it is in", labels=["source", "state"])
    for source in sources:
        for state in STATES:
            family.add_metric([source.name, state], float(source.state == state))
    yield family


def _family(name: str, text: str, values: Iterable[tuple[str, float | None]]) -> Metric:
    """Return a gauge with one sample a source; unknown values have no sample."""
    family = GaugeMetricFamily(f"tidings_source_{name}", text, labels=["source"])
    for source, value in values:
        if value is not None:
            family.add_metric([source], value)
    return family


def _unix(moment: dt.datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def exposition(status: SiteStatus, *, config_ok: bool = True) -> bytes:
    """Return the exposition in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reading(status, config_ok=config_ok))
    return generate_latest(registry)
