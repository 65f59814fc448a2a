"""Connections to addresses that were checked before: resolving, TCP and TLS, all within one deadline.

`http1.py` sends a request over the socket that `dial` returns.
"""

from __future__ import annotations

import functools
import queue
import socket
import ssl
import threading
from collections.abc import Callable

from feeds.errors import FetchError
from feeds.fetch.network_guard import Lookup, Target

MAX_ATTEMPTS = 6

_REASONS: tuple[tuple[type[OSError], str], ...] = (
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "reset"),
)


class Deadline:
    """The end of a whole request, on a monotonic clock.

    A timeout of each single wait would never end against an origin that sends a byte a second.
    """

    def __init__(self, monotonic: Callable[[], float], seconds: float) -> None:
        self._monotonic = monotonic
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, always more than 0; raise FetchError if none are."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise FetchError("timeout", f"took longer than {self._seconds:g} s")
        return left


def lookup(host: str, port: int, *, resolve: Lookup, deadline: Deadline) -> tuple[str, ...]:
    """Return the addresses of a host, or raise FetchError if the deadline passes first.

    A resolver cannot be interrupted: one that is late goes on in its own thread, and its result is dropped.
    """
    results: queue.SimpleQueue[tuple[str, ...] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            results.put(error)

    threading.Thread(target=run, name=f"resolve {host}", daemon=True).start()
    try:
        result = results.get(timeout=deadline.left())
    except queue.Empty:
        raise FetchError("dns", "its host name was not resolved in time") from None
    if isinstance(result, Exception) or not result:
        raise FetchError("dns", "its host name has no address")
    return result


def dial(target: Target, addresses: tuple[str, ...], *, deadline: Deadline, ca_file: str | None) -> socket.socket:
    """Return a socket connected to the first address that accepts; with https, its certificate is verified.

    The time that is left is divided among the addresses, so that one that drops packets does not use it up.
    """
    sock = _connect(target.port, addresses[:MAX_ATTEMPTS], deadline)
    if target.scheme == "http":
        return sock
    try:
        sock.settimeout(deadline.left())
        return _tls_context(ca_file).wrap_socket(sock, server_hostname=target.host.rstrip("."))
    except OSError as error:
        sock.close()
        raise connection_error(error) from error


def connection_error(error: OSError) -> FetchError:
    """Return the FetchError for an error of a socket."""
    reason = next((reason for kind, reason in _REASONS if isinstance(error, kind)), "unreachable")
    message = getattr(error, "verify_message", None) or error.strerror or str(error)
    return FetchError(reason, message or "the connection failed")


def _connect(port: int, addresses: tuple[str, ...], deadline: Deadline) -> socket.socket:
    failure = FetchError("dns", "its host name has no address")
    for tried, address in enumerate(addresses):
        try:
            # The address is a number, so nothing is resolved a second time.
            return socket.create_connection((address, port), deadline.left() / (len(addresses) - tried))
        except OSError as error:
            failure = connection_error(error)
    raise failure


@functools.lru_cache(maxsize=8)
def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context
