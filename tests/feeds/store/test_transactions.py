"""A write is seen whole or not at all: by readers, after an exception, after a kill."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import feeds
from feeds.changes import Changes, Revision
from feeds.errors import StoreError
from feeds.model import FeedKind, Outcome, Scope, Status
from feeds.store import DocumentState, RegisteredFeed, Store
from tests.kit.stored import NOON, appearance, apply, entry, representation, urn


def write_everything(transaction, number=1):
    transaction.apply(
        Changes(
            "newsroom",
            added=(entry(number, label="City", category="city"),),
            appearances=(appearance(number),),
            headings={"top": "Top"},
            keys={urn(number): ("k",)},
            revisions=(Revision(urn(number), NOON, {"title": ("a", "b")}, "same link"),),
        )
    )
    transaction.register(RegisteredFeed("all", FeedKind.ALL, "", "All", NOON))
    transaction.publish([representation()])
    transaction.announce(["feeds/all.atom"], NOON, hubs=["https://hub.example/"])
    transaction.record(Outcome("newsroom", NOON, Status.CHANGED), next_due=NOON)
    transaction.remember("newsroom", {"a.txt": DocumentState("0f")})


def everything(view):
    return (
        view.generation(),
        view.entries(Scope(), limit=10),
        view.count(Scope(categories=("city",))),
        view.known("newsroom", ["k"]),
        view.revisions(urn(1)),
        view.labels(),
        view.headings(),
        view.feeds(),
        view.representations(),
        view.outbox(),
        view.sources(),
        view.documents("newsroom"),
    )


def test_what_is_rolled_back_was_never_there(store):
    with store.read() as view:
        before = everything(view)

    def break_off():
        with store.write() as transaction:
            write_everything(transaction)
            assert transaction.count(Scope()) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with store.read() as view:
        assert everything(view) == before
    with store.write() as transaction:
        write_everything(transaction)
    with store.read() as view:
        assert all(now != then for now, then in zip(everything(view), before, strict=True))


def test_a_reader_sees_one_state_from_its_beginning_to_its_end(store):
    apply(store, added=(entry(9),))
    with store.read() as view:
        before = everything(view)
        with store.write() as transaction:
            write_everything(transaction)
            assert everything(view) == before
        assert everything(view) == before
    with store.read() as view:
        assert view.generation() == 2


def test_a_store_opened_to_read_does_not_write(store, store_url):
    reader = Store(store_url, read_only=True)
    with pytest.raises(StoreError, match="opened only to read"), reader.write():
        pass
    reader.close()


def test_a_reader_that_stays_open_sees_later_commits(store, store_url):
    reader = Store(store_url, read_only=True)
    for number in (1, 2):
        apply(store, added=(entry(number),))
        with reader.read() as view:
            assert view.generation() == number
    reader.close()


WRITER = """
import sys
from feeds.changes import Changes
from feeds.store import Store
from tests.kit.stored import NOON, entry, representation
store = Store(sys.argv[1])
for number in range(1, 1000):
    with store.write() as transaction:
        kept = entry(1, title=str(number))
        transaction.apply(Changes("newsroom", edited=(kept,)))
        print(number, flush=True)
        transaction.publish([representation(body=str(number).encode())])
        transaction.announce(["feeds/all.atom"], NOON, hubs=["https://hub.example/"])
"""


def test_a_writer_killed_at_any_time_leaves_one_whole_state(store_url):
    root = Path(feeds.__file__).parents[1]
    for lines in (1, 6, 31):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, store_url], cwd=root, stdout=subprocess.PIPE, text=True
        )
        for _ in range(lines):
            assert writer.stdout.readline()
        writer.kill()
        writer.communicate()
        store = Store(store_url)
        with store.read() as view:
            found = [(kept.title, kept.change) for kept in view.entries(Scope(), limit=2)]
            published = [(each.body.decode(), number) for number, each in view.representations()]
            generation = view.generation()
            assert found == published
            assert [each.generation for each in view.outbox()] == [number for _, number in found]
            assert generation == (found[0][1] if found else 0)
        store.close()
        assert generation >= lines - 1
