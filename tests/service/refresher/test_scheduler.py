"""When sources are read, by whom, and that nothing keeps them from being read again."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from feeds.config import Config, Source
from feeds.errors import FetchError, RateLimited, StoreError, TidingsError
from feeds.fetch.source import Fetched
from feeds.model import Outcome, Status
from feeds.store import Store, migrate
from service import lock
from service.refresher import scheduler
from service.refresher.backoff import next_due
from service.refresher.refresher import PAUSE, Clock, Refresher

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


def source(**fields):
    return Source.model_validate({"name": "s", "path": "s.txt", "interval": "15m"} | fields)


def site(*sources):
    return Source.model_validate({"name": "s", "url": "http://h.example/", "interval": "15m"} | dict(sources))


def outcome(status, reason=None):
    return Outcome("s", NOON, status, reason)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("failures", [0, 1, 50])
def test_a_file_is_due_after_its_interval_come_what_may(status, failures):
    assert next_due(source(), outcome(status), failures) == NOON + 15 * MINUTE


def test_a_file_that_is_being_written_is_looked_at_a_second_later():
    found = next_due(source(), outcome(Status.UNCHANGED, "unstable"), 0)
    assert found == NOON + dt.timedelta(seconds=1)


def test_a_file_that_is_written_without_end_is_looked_at_on_its_interval():
    assert next_due(source(), outcome(Status.FAILED, "unstable"), 1) == NOON + 15 * MINUTE


@pytest.mark.parametrize(
    ("failures", "wait"),
    [(1, 15 * MINUTE), (2, 30 * MINUTE), (3, HOUR), (7, 16 * HOUR), (8, 24 * HOUR), (10**9, 24 * HOUR)],
)
def test_a_site_that_fails_is_asked_less_and_less_often_but_once_a_day(failures, wait):
    found = next_due(site(), outcome(Status.FAILED, "timeout"), failures)
    assert NOON + wait * 0.9 <= found <= NOON + wait


def test_an_interval_of_more_than_a_day_is_not_shortened_by_failures():
    found = next_due(site(("interval", "10d")), outcome(Status.FAILED, "timeout"), 5)
    assert found >= NOON + dt.timedelta(days=9)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(3600, HOUR), (10**7, 24 * HOUR)],
    ids=["an hour", "months"],
)
@pytest.mark.parametrize("status", [Status.UNCHANGED, Status.FAILED])
def test_a_site_that_asks_to_be_left_alone_is_for_up_to_a_day(status, asked, wait):
    assert next_due(site(), Outcome("s", NOON, status, wait=asked), 1) == NOON + wait


def test_sites_of_one_interval_spread_out_before_its_end_and_each_keeps_its_place():
    names = [f"site-{number}" for number in range(50)]
    dues = [next_due(site(("name", name)), outcome(Status.CHANGED), 0) for name in names]
    assert dues == [next_due(site(("name", name)), outcome(Status.CHANGED), 0) for name in names]
    assert all(NOON + 13.5 * MINUTE <= due <= NOON + 15 * MINUTE for due in dues)
    assert len(set(dues)) > 25


@dataclass
class Hands:
    """A clock that goes on only when it is told to, or slept on."""

    at: dt.datetime = NOON
    passed: float = 0.0

    def move(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)
        self.passed += seconds

    def clock(self) -> Clock:
        return Clock(now=lambda: self.at, monotonic=lambda: self.passed, sleep=self.move)


@dataclass
class Desk:
    """Reads sources as a test says, and notes when; records outcomes as the real reading does."""

    store: Store
    outcomes: dict[str, object] = field(default_factory=dict)
    meanwhile: Callable[[], object] = lambda: None
    read_at: list[tuple[str, dt.datetime]] = field(default_factory=list)

    def read(self, source, claim, fetch, now):
        self.read_at.append((source.name, now))
        if source.url is not None:
            fetch(source, {}, now)
        said = self.outcomes.get(source.name, Status.UNCHANGED)
        if isinstance(said, Exception):
            raise said
        found = Outcome(source.name, now, said)
        self.meanwhile()
        with self.store.write() as transaction:
            transaction.fence(source.name, claim.epoch)
            transaction.record(found, next_due=next_due(source, found, 0))
        return found

    def names(self):
        return [name for name, _ in self.read_at]


def tick_until(refresher, condition):
    """Tick as long as fetches take that other threads are making."""
    for _ in range(20):
        if condition():
            return
        refresher.tick()
    raise AssertionError("it did not happen")


def config(tmp_path, *sources):
    return Config(
        title="T",
        base_url="http://h",
        store=f"sqlite:///{tmp_path}/t.db",
        interval="1m",
        sources=[{"name": name} | place for name, place in sources],
    )


FILES = (("a", {"path": "/a"}), ("b", {"path": "/b"}))
SITES = (("x", {"url": "http://x.example/"}), ("y", {"url": "http://y.example/"}))


@pytest.fixture
def newsroom(tmp_path):
    """Makes a refresher of some sources, with its desk and its hands; what is made is closed again."""
    made = []

    def make(*sources, fetch=lambda source, remembered, now: Fetched(), hands=None):
        settings = config(tmp_path, *sources)
        migrate(settings.store)
        store = Store(settings.store)
        desk, hands = Desk(store), hands or Hands()
        refresher = Refresher(settings, store, read=desk.read, fetch=fetch, clock=hands.clock())
        made.append((refresher, store))
        refresher.start()
        return refresher, desk, hands

    yield make
    for refresher, store in made:
        refresher.close()
        store.close()


def test_a_source_is_read_at_the_start_and_then_whenever_its_interval_is_over(newsroom):
    refresher, desk, hands = newsroom(*FILES)
    for _ in range(121):
        refresher.tick()
        hands.move(1)
    assert desk.names() == ["a", "b"] * 3
    assert sorted({at for _, at in desk.read_at}) == [NOON, NOON + MINUTE, NOON + 2 * MINUTE]


def test_after_a_change_the_next_reading_waits_for_the_next_second(newsroom):
    refresher, desk, _ = newsroom(*FILES, ("c", {"path": "/c"}))
    desk.outcomes = {"a": Status.CHANGED, "b": Status.UNCHANGED, "c": Status.UNCHANGED}
    refresher.tick()
    second = dt.timedelta(seconds=1)
    assert desk.read_at == [("a", NOON), ("b", NOON + second), ("c", NOON + second)]


def test_after_a_restart_the_second_of_the_last_change_is_still_kept_free(newsroom):
    refresher, desk, hands = newsroom(*FILES)
    desk.outcomes = {"b": Status.CHANGED}
    refresher.tick()
    again, desk, _ = newsroom(*FILES, hands=hands)
    again.tick()
    assert {at for _, at in desk.read_at} == {NOON + dt.timedelta(seconds=1)}


@pytest.mark.parametrize("step", [-HOUR, HOUR, -dt.timedelta(days=3650), dt.timedelta(days=3650)], ids=str)
def test_a_step_of_the_clock_does_not_keep_a_source_from_being_read(newsroom, step):
    refresher, desk, hands = newsroom(*FILES)
    desk.outcomes = {"a": Status.CHANGED}
    refresher.tick()
    hands.at += step
    hands.move(61)
    refresher.tick()
    hands.move(61)
    refresher.tick()
    assert desk.names().count("b") == 3


def test_a_step_backward_between_two_runs_does_not_keep_a_site_from_being_read(newsroom):
    refresher, desk, _ = newsroom(*SITES)
    tick_until(refresher, lambda: len(desk.read_at) == 2)
    again, desk, _ = newsroom(*SITES, hands=Hands(NOON - HOUR))
    tick_until(again, lambda: len(desk.read_at) == 2)
    assert sorted(desk.names()) == ["x", "y"]


def test_a_site_that_was_never_read_is_read_after_a_step_backward_and_a_restart(newsroom):
    newsroom(*SITES)
    again, desk, _ = newsroom(*SITES, hands=Hands(NOON - HOUR))
    tick_until(again, lambda: len(desk.read_at) == 2)
    assert sorted(desk.names()) == ["x", "y"]


def test_a_step_backward_after_a_restart_finds_no_lease_that_is_still_to_end(newsroom):
    refresher, desk, hands = newsroom(*SITES)
    tick_until(refresher, lambda: len(desk.read_at) == 2)
    hands.move(5)
    again, desk, hands = newsroom(*SITES, hands=hands)
    again.tick()
    hands.at -= HOUR
    tick_until(again, lambda: len(desk.read_at) == 2)


def test_a_site_that_is_not_due_is_left_alone_at_a_restart(newsroom):
    refresher, desk, hands = newsroom(*SITES)
    tick_until(refresher, lambda: len(desk.read_at) == 2)
    hands.move(5)
    again, desk, _ = newsroom(*SITES, hands=hands)
    again.tick()
    assert desk.read_at == []


def test_a_mistake_of_ours_in_one_source_costs_the_others_nothing(newsroom):
    refresher, desk, _ = newsroom(*FILES)
    desk.outcomes = {"a": ZeroDivisionError("division by zero")}
    refresher.tick()
    assert desk.names() == ["a", "b"]
    with desk.store.read() as view:
        state = view.sources()["a"]
    assert (state.outcome.status, state.outcome.reason) == (Status.FAILED, "internal")
    assert state.outcome.message == "ZeroDivisionError: division by zero"
    assert state.next_due == NOON + MINUTE


def test_a_store_that_fails_is_left_alone_for_a_while_and_then_tried_again(newsroom):
    refresher, desk, hands = newsroom(*FILES)
    desk.outcomes = {"a": StoreError("the disk is full")}
    refresher.tick()
    refresher.tick()
    assert desk.names() == ["a"]
    desk.outcomes = {}
    hands.move(PAUSE)
    refresher.tick()
    assert desk.names() == ["a", "a", "b"]


def test_what_another_refresher_has_taken_over_is_not_recorded(newsroom):
    refresher, desk, _ = newsroom(*FILES[:1])

    def take_over():
        with desk.store.write() as transaction:
            transaction.claim(NOON + HOUR, owner="other", lease=HOUR, limit=1, names=["a"])

    desk.meanwhile = take_over
    refresher.tick()
    with desk.store.read() as view:
        assert view.sources()["a"].outcome is None
        assert view.sources()["a"].owner == "other"


def test_the_lease_of_a_killed_predecessor_is_broken(newsroom):
    refresher, desk, _ = newsroom(*FILES)
    with desk.store.write() as transaction:
        transaction.claim(NOON, owner="dead", lease=24 * HOUR, limit=2)
    refresher.tick()
    assert desk.read_at == []
    refresher.start()
    refresher.tick()
    assert desk.names() == ["a", "b"]


def test_sites_are_fetched_side_by_side_and_a_slow_one_does_not_hold_up_files(newsroom):
    both = threading.Barrier(2, timeout=10)
    gate = threading.Event()

    def fetch(source, remembered, now):
        both.wait()
        assert gate.wait(10)
        return Fetched()

    refresher, desk, _ = newsroom(*FILES, *SITES, fetch=fetch)
    refresher.tick()
    assert desk.names() == ["a", "b"]
    gate.set()
    tick_until(refresher, lambda: len(desk.read_at) == 4)
    assert sorted(desk.names()) == ["a", "b", "x", "y"]


def test_what_fetching_a_site_raised_reaches_the_reading(newsroom):
    def fetch(source, remembered, now):
        raise FetchError("timeout", "too slow")

    refresher, desk, _ = newsroom(*SITES[:1], fetch=fetch)
    tick_until(refresher, lambda: desk.read_at)
    with desk.store.read() as view:
        assert view.sources()["x"].outcome.message == "FetchError: too slow"


def test_once_reads_what_is_named_whether_due_or_not(newsroom):
    refresher, desk, _ = newsroom(*FILES, *SITES)
    refresher.tick()
    tick_until(refresher, lambda: len(desk.read_at) == 4)
    outcomes = list(refresher.once(["b", "y"]))
    assert [outcome.source for outcome in outcomes] == ["b", "y"]
    assert desk.names()[4:] == ["b", "y"]


def test_a_schedule_that_went_to_sleep_is_woken(newsroom):
    refresher, _, _ = newsroom(*FILES)
    refresher.beat = time.monotonic() - scheduler.LATE - 1
    asleep = BackgroundScheduler(timezone=dt.UTC)
    asleep.start(paused=True)
    try:
        later = dt.datetime.now(dt.UTC) + HOUR
        asleep.add_job(refresher.tick, "interval", seconds=1, id="tick", next_run_time=later)
        scheduler._watch(refresher, asleep)
        assert asleep.get_job("tick").next_run_time < later - HOUR / 2
    finally:
        asleep.shutdown()


@pytest.mark.parametrize("before", [HOUR / 3600, 3 * 24 * HOUR, 56 * 365 * 24 * HOUR, -HOUR], ids=str)
def test_ticks_that_a_clock_skipped_are_not_caught_up(before):
    following = scheduler.Ticks().get_next_fire_time(NOON - before, NOON)
    assert NOON < following <= NOON + dt.timedelta(seconds=1)


def test_there_is_one_refresher_a_store(tmp_path):
    store = f"sqlite:///{tmp_path}/data/t.db"
    with lock.alone(store), pytest.raises(TidingsError) as caught, lock.alone(store):
        pass
    assert "already refreshes this store, and only one may" in str(caught.value)
    with lock.alone(store):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with (
        pytest.raises(StoreError, match="file/data: the store's folder cannot be written"),
        lock.alone(f"sqlite:///{tmp_path}/file/data/t.db"),
    ):
        pass


class RateLimit:
    """Fetches a source only from the time on at which a host has a slot for it."""

    def __init__(self, hands, slots):
        self.hands, self.slots, self.fetched = hands, slots, []

    def __call__(self, source, validators, now):
        wait = self.slots.get(source.name, 0) - self.hands.passed
        if wait > 0:
            raise RateLimited("rate_limited", "no slot yet", int(wait))
        self.fetched.append(source.name)
        return Fetched()


def test_one_refresh_of_many_sources_on_a_host_waits_for_the_turn_of_each(newsroom):
    hands = Hands()
    fetch = RateLimit(hands, {"y": 12})
    refresher, _, hands = newsroom(*SITES, fetch=fetch, hands=hands)
    told = []
    outcomes = list(refresher.once(["x", "y"], lambda *waited: told.append(waited)))
    assert [(found.source, found.status) for found in outcomes] == [("x", "unchanged"), ("y", "unchanged")]
    assert (told, hands.passed >= 12) == ([(1, 12)], True)


def test_a_source_that_was_not_requested_yet_has_not_failed_and_is_due_at_its_turn(newsroom):
    hands = Hands()
    fetch = RateLimit(hands, {"y": 12})
    refresher, desk, hands = newsroom(*SITES, fetch=fetch, hands=hands)
    tick_until(refresher, lambda: fetch.fetched == ["x"])
    refresher.tick()
    with desk.store.read() as view:
        state = view.sources()["y"]
    assert (state.failures, state.outcome) == (0, None)
    hands.move(13)
    tick_until(refresher, lambda: fetch.fetched == ["x", "y"])
    assert desk.names() == ["x", "y"]


def test_sources_that_are_named_are_read_in_the_order_of_their_last_success(newsroom):
    refresher, desk, hands = newsroom(("a", {"path": "/a", "interval": "1d"}), FILES[1], ("c", {"path": "/c"}))
    for name in ("a", "c"):
        list(refresher.once([name]))
        hands.move(2)
    desk.read_at.clear()
    list(refresher.once(["a", "b", "c"]))
    assert desk.names() == ["b", "a", "c"]
