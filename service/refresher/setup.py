"""Set up one refresher with its store, hub notifier and periodic jobs."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from feeds.config import Config, Source
from feeds.errors import StoreCorrupt, StoreForeign
from feeds.model import Outcome
from feeds.publish import status_feed
from feeds.publish.publisher import publish
from feeds.publish.websub import topics
from feeds.refresh.pipeline import RefreshContext, refresh
from feeds.refresh.reading import Fetch
from feeds.store import Claim, Store, migrate
from feeds.store.recovery import check_published, is_emptied, recover, resume
from service import lock
from service.refresher.backoff import next_due
from service.refresher.http_client import make_fetcher, make_notifier
from service.refresher.hub_notifier import HubNotifier
from service.refresher.maintenance import Maintenance
from service.refresher.parser_process import ParsingProcess
from service.refresher.refresher import Read, Refresher

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A running refresher and its hub notifier."""

    refresher: Refresher
    notifier: HubNotifier


@contextmanager
def open_runtime(config: Config) -> Iterator[Runtime]:
    """Yield a refresher that holds the store's lock and has republished what the configuration changed."""
    with ExitStack() as stack:
        stack.enter_context(lock.alone(config.store))
        store = stack.enter_context(closing(open_store(config.store)))
        parsing = stack.enter_context(closing(ParsingProcess()))
        context = RefreshContext(store, config, next_due, parse=parsing.parse)
        refresher = Refresher(config, store, read=_reader(context), fetch=make_fetcher(config.base_url))
        stack.callback(refresher.close)
        notifier = HubNotifier(store, config, make_notifier(config.base_url))
        stack.callback(notifier.close)
        maintenance = Maintenance(store, config.store, time.monotonic)
        stack.callback(maintenance.close)
        refresher.periodic_jobs = (notifier.tick, maintenance.tick)
        refresher.start()
        notifier.start()
        _republish(context, refresher)
        yield Runtime(refresher, notifier)


def open_store(url: str) -> Store:
    """Open the store and migrate it; a damaged one is set aside and the newest backup restored."""
    resume(url)
    if is_emptied(url):
        _recover(url, "the file is empty")
    try:
        return _open(url)
    except StoreForeign:
        raise
    except StoreCorrupt as error:
        _recover(url, str(error))
    return _open(url)


def _open(url: str) -> Store:
    migrate(url)
    store = Store(url)
    try:
        if not lock.shared(url):
            check_published(store)  # a database server looks after its own
    except BaseException:
        store.close()
        raise
    return store


def _recover(url: str, explanation: str) -> None:
    backup = recover(url, dt.datetime.now(dt.UTC).replace(microsecond=0))
    restored = str(backup) if backup else "nothing: there is no whole backup, and the sources are read anew"
    _log.critical("store_recovered", extra={"explanation": explanation, "restored": restored})


def _reader(context: RefreshContext) -> Read:
    def read(source: Source, claim: Claim, fetch: Fetch, now: dt.datetime) -> Outcome:
        return refresh(source, context, claim, fetch=fetch, now=now)

    return read


def _republish(context: RefreshContext, refresher: Refresher) -> None:
    """Republish the feeds whose bytes change with this configuration or version."""
    now = refresher.fresh_second()
    with context.store.write() as transaction:
        status_feed.publish(transaction, context.config, now=now)
        if not transaction.feeds():
            return
        differing = publish(transaction, context.config, None, now=now, fragments=context.fragments)
        transaction.publish(differing)
        transaction.announce(topics(differing, now), now, hubs=context.config.hubs)
    if differing:
        refresher.published = now
        _log.info("republished", extra={"documents": len(differing)})
