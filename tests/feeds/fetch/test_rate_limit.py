"""The rate limit of each host: who waits, for how long, and when a request is refused."""

from __future__ import annotations

import pytest

from feeds.errors import FetchError, HostBlocked, RateLimited
from feeds.fetch.rate_limit import HostRateLimiter


class Clock:
    """A monotonic clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def limiter(clock) -> HostRateLimiter:
    return HostRateLimiter(monotonic=clock, sleep=clock.sleep)


def test_requests_to_one_host_are_a_second_apart(clock, limiter):
    for _ in range(3):
        limiter.wait("a.example")
    assert clock.slept == [1.0, 1.0]


def test_other_hosts_do_not_wait(clock, limiter):
    for name in ("a.example", "b.example", "c.example"):
        limiter.wait(name)
    assert clock.slept == []


def test_a_second_later_nobody_waits(clock, limiter):
    limiter.wait("a.example")
    clock.now += 1.0
    limiter.wait("a.example")
    assert clock.slept == []


def test_a_long_wait_is_an_error_that_says_when(clock, limiter):
    limiter.block("a.example", 60.2)
    with pytest.raises(HostBlocked) as caught:
        limiter.wait("a.example")
    assert (caught.value.reason, caught.value.retry_after) == ("retry_later", 61)
    clock.now += 60.2
    limiter.wait("a.example")
    assert clock.slept == []


def test_a_shorter_block_does_not_end_a_longer_one(limiter):
    limiter.block("a.example", 60)
    limiter.block("a.example", 1)
    with pytest.raises(FetchError):
        limiter.wait("a.example")


def test_a_refused_request_does_not_delay_others(clock, limiter):
    limiter.block("a.example", 11)
    for _ in range(3):
        with pytest.raises(FetchError):
            limiter.wait("a.example")
    clock.now += 11
    limiter.wait("a.example")
    assert clock.slept == []


def test_a_long_queue_of_our_own_is_another_error_than_a_host_that_asked_for_patience(clock, limiter):
    monotonic_only = HostRateLimiter(monotonic=clock, sleep=lambda seconds: None)
    for _ in range(11):
        monotonic_only.wait("a.example")
    with pytest.raises(RateLimited) as caught:
        monotonic_only.wait("a.example")
    assert (caught.value.reason, caught.value.retry_after) == ("rate_limited", 11)
    monotonic_only.wait("b.example")
    limiter.block("a.example", 60)
    with pytest.raises(FetchError) as caught:
        limiter.wait("a.example")
    assert not isinstance(caught.value, RateLimited)


def test_a_request_that_waits_for_its_slot_heeds_a_retry_after_that_arrives_meanwhile(clock):
    def sleep(seconds):
        clock.sleep(seconds)
        limiter.block("a.example", 60)

    limiter = HostRateLimiter(monotonic=clock, sleep=sleep)
    limiter.wait("a.example")
    with pytest.raises(HostBlocked) as caught:
        limiter.wait("a.example")
    assert caught.value.retry_after == 60
