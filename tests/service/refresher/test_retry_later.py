"""A source that was not requested, because its host has sent Retry-After to another one, has not failed."""

from __future__ import annotations

import datetime as dt

import pytest

from feeds.changes import Changes
from feeds.config import Config, Source
from feeds.errors import FetchError, HostBlocked
from feeds.fetch.source import Fault, Fetched
from feeds.model import Document, Outcome, Status
from feeds.store import Store
from service.cli import commands, dry_run
from service.monitoring import status
from service.refresher import scheduler, setup
from service.refresher.backoff import next_due

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WAIT = "rate limit: retry h.example in 3600 s"
PAGE = b"<!doctype html><main><ul>" + b"".join(
    b'<li><h3><a href="/%d">Harbour notice %d</a></h3><time datetime="2026-02-%d"></time><p>Read it at the pier.</p>'
    % (n, n, 10 + n)
    for n in range(3)
)


@pytest.fixture
def refreshed(tmp_path, monkeypatch):
    """Refreshes one source, whose fetch a test answers; returns the Outcome, the stored state and its word."""
    config = Config(
        title="T",
        base_url="http://127.0.0.1:8000",
        store=f"sqlite:///{tmp_path}/t.db",
        sources=[{"name": "a", "url": "https://h.example/a"}],
    )

    def refresh(fetch):
        monkeypatch.setattr(setup, "make_fetcher", lambda base_url: fetch)
        [outcome] = scheduler.once(config, ["a"])
        store = Store(config.store, read_only=True)
        try:
            with store.read() as view:
                [source] = status.read_status(view, config).sources
                return outcome, view.sources()["a"], source.state
        finally:
            store.close()

    return refresh


def blocked(source, validators, now):
    raise HostBlocked("retry_later", WAIT, 3600)


def answered(source, validators, now):
    return Fetched((Document(source.addresses[0], PAGE, media_type="text/html"),))


def test_a_source_that_was_never_requested_waits(refreshed):
    outcome, state, word = refreshed(blocked)
    assert commands.sentence(outcome) == f"a: waiting (retry_later): {WAIT}"
    assert (word, state.failures, state.last_success) == ("waiting", 0, None)
    assert state.next_due == outcome.at + HOUR


def test_a_source_that_is_not_requested_again_yet_stays_as_it_was(refreshed):
    first, before, _ = refreshed(answered)
    assert first.status is Status.CHANGED
    outcome, after, word = refreshed(blocked)
    assert (word, after.outcome, after.last_success) == ("ok", first, before.last_success)
    assert after.next_due == outcome.at + HOUR


def test_an_address_that_was_not_requested_does_not_fail_the_others(refreshed):
    def partly(source, validators, now):
        return Fetched(
            answered(source, validators, now).documents,
            faults=(Fault("https://h2.example/", HostBlocked("retry_later", WAIT, 3600)),),
        )

    outcome, state, word = refreshed(partly)
    assert (outcome.status, outcome.reason, outcome.added) == (Status.CHANGED, "retry_later", 3)
    assert (word, state.failures, state.next_due) == ("ok", 0, outcome.at + HOUR)
    assert commands.sentence(outcome).startswith("a: changed (retry_later), 1 document; 3 added, ")


def test_a_source_that_its_host_refused_has_failed(refreshed):
    def refused(source, validators, now):
        raise FetchError("retry_later", "https://h.example/a: the answer is 429 Too Many Requests", 3600)

    outcome, state, word = refreshed(refused)
    assert (outcome.status, state.failures, word) == (Status.FAILED, 1, "failing")


def test_a_wait_of_months_is_cut_to_a_day():
    source = Source.model_validate({"name": "s", "url": "https://h.example/", "interval": "15m"})
    outcome = Outcome("s", NOON, Status.UNCHANGED, "retry_later", wait=10**7)
    assert next_due(source, outcome, 0) == NOON + dt.timedelta(days=1)


def test_a_dry_run_names_the_sources_that_were_not_requested():
    outcome = Outcome("s", NOON, Status.UNCHANGED, "retry_later", WAIT)
    assert list(dry_run.lines(Changes("s"), outcome))[1:] == [f"  not read   {WAIT}"]
