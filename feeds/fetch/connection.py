"""One request over one connection, dialled to an address that was checked before.

urllib3 writes the request and reads the answer, but never resolves, connects or redirects: it is handed a
connected socket. Every wait on that socket is bounded by what is left of the whole request's time, because
a timeout of each single wait never ends against an origin that sends a byte a second.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import queue
import re
import socket
import ssl
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ProtocolError

from feeds.errors import FetchError
from feeds.fetch.network_guard import Lookup, Target

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CHUNK = 64 << 10
RATIO = 200
UNJUDGED = 1 << 20
ATTEMPTS = 6

_FAULTS: tuple[tuple[type[OSError], str], ...] = (
    (ssl.SSLError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (ConnectionError, "reset"),
)


class Deadline:
    """The end of a whole request, on a monotonic clock."""

    def __init__(self, monotonic: Callable[[], float], seconds: float) -> None:
        self._monotonic = monotonic
        self._seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Say how many seconds there are, always more than none."""
        left = self._end - self._monotonic()
        if left <= 0:
            raise FetchError("timeout", f"took longer than {self._seconds:g} s")
        return left


@dataclass(frozen=True, slots=True)
class Response:
    """What an origin answered. `fields` do not mind case; only a 200 has its body, decoded."""

    status: int
    fields: Mapping[str, str]
    body: bytes = b""


def lookup(host: str, port: int, *, resolve: Lookup, deadline: Deadline) -> tuple[str, ...]:
    """Resolve in time. A resolver cannot be interrupted, so a late one is left behind in its thread."""
    answers: queue.SimpleQueue[tuple[str, ...] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise FetchError("dns", "its host name was not resolved in time") from None
    if isinstance(answer, Exception) or not answer:
        raise FetchError("dns", "its host name has no address")
    return answer


@functools.lru_cache(maxsize=8)
def _trust(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=ca_file)
    context.set_alpn_protocols(["http/1.1"])
    return context


def dial(target: Target, addresses: tuple[str, ...], *, deadline: Deadline, ca_file: str | None) -> socket.socket:
    """Connect to the first of the addresses that answers, and prove its name where the scheme asks for it.

    One address that swallows packets gets its share of the time, not all of it.
    """
    sock = _connect(target.port, addresses[:ATTEMPTS], deadline)
    if target.scheme == "http":
        return sock
    try:
        sock.settimeout(deadline.left())
        return _trust(ca_file).wrap_socket(sock, server_hostname=target.host.rstrip("."))
    except OSError as error:
        sock.close()
        raise _fault(error) from error


def _connect(port: int, addresses: tuple[str, ...], deadline: Deadline) -> socket.socket:
    fault = FetchError("dns", "its host name has no address")
    for tried, address in enumerate(addresses):
        try:
            # A number resolves to itself: nobody is asked a second time.
            return socket.create_connection((address, port), deadline.left() / (len(addresses) - tried))
        except OSError as error:
            fault = _fault(error)
    raise fault


def _fault(error: OSError) -> FetchError:
    reason = next((reason for kind, reason in _FAULTS if isinstance(error, kind)), "unreachable")
    said = getattr(error, "verify_message", None) or error.strerror or str(error)
    return FetchError(reason, said or "the connection failed")


class _Line(io.RawIOBase):
    """The socket as http.client sees it: no wait outlasts the request, every fault is a FetchError.

    `allowance` bounds the bytes of an answer as they arrive, whatever they turn out to be. `in_head` is True
    until the answer's fields are complete: http.client takes the end of the connection for theirs.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, allowance: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowance = allowance
        self._silent = True
        self.in_head = True

    def settimeout(self, timeout: object) -> None:
        """Keep to the deadline, whatever urllib3 believes the timeout is."""

    def sendall(self, data: ReadableBuffer) -> None:
        self._sock.settimeout(self._deadline.left())
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise _fault(error) from error

    def makefile(self, mode: str) -> io.BufferedReader:
        return _Reader(self, CHUNK)

    def close(self) -> None:
        """Leave the closing to who dialled: http.client closes a socket that it still reads from."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(self._deadline.left())
        try:
            count = self._sock.recv_into(buffer)
        except OSError as error:
            raise _fault(error) from error
        if count == 0 and self.in_head:
            if self._silent:
                raise FetchError("reset", "the connection was closed without an answer")
            raise FetchError("truncated", "its answer was cut short")
        self._silent = False
        self._allowance -= count
        if self._allowance < 0:
            raise FetchError("too_large", "its answer does not end")
        return count


class _Reader(io.BufferedReader):
    def read(self, size: int | None = -1, /) -> bytes:
        # A chunk may claim to be -1 bytes long, which would mean all there is.
        if size is None or size < 0:
            raise http.client.HTTPException("a chunk of negative length")
        return super().read(size)


class _FinalResponse(http.client.HTTPResponse):
    """The answer proper: http.client passes over 100, but any 1xx may come first (RFC 9110 §15.2)."""

    def begin(self) -> None:
        super().begin()
        while 102 <= self.status <= 199:
            self.headers = cast(http.client.HTTPMessage, None)
            super().begin()
        # The parser takes a line without a colon for the end of the fields, and forgets what follows.
        if self.msg.get_payload():
            raise http.client.HTTPException("malformed header fields")


def exchange(
    sock: socket.socket, target: Target, fields: Mapping[str, str], *, deadline: Deadline, max_bytes: int
) -> Response:
    """Ask for the target over a connection to it."""
    with _explained():
        answer = _answer(_Line(sock, deadline, 2 * max_bytes + UNJUDGED), target, fields)
        body = _body(answer, max_bytes) if answer.status == 200 else b""
    return Response(answer.status, answer.headers, body)


def tell(sock: socket.socket, target: Target, fields: Mapping[str, str], form: bytes, *, deadline: Deadline) -> int:
    """Post a form to the target over a connection to it; of the answer only the status is wanted."""
    with _explained():
        return _answer(_Line(sock, deadline, CHUNK), target, fields, form).status


def _answer(line: _Line, target: Target, fields: Mapping[str, str], form: bytes | None = None) -> BaseHTTPResponse:
    """Send a request, and read the answer up to its body."""
    connection = HTTPConnection(target.host, target.port)
    connection.auto_open = 0  # without its socket it fails, and does not dial by itself
    connection.response_class = _FinalResponse
    connection.sock = cast(socket.socket, line)
    method = "GET" if form is None else "POST"
    connection.request(method, target.path, form, headers=fields, preload_content=False, decode_content=False)
    answer = connection.getresponse()
    line.in_head = False
    return answer


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what http.client and urllib3 make of a bad answer into a FetchError.

    Their own errors are named and not quoted: their words repeat the answer, and that may repeat the request.
    """
    try:
        yield
    except ProtocolError:
        raise FetchError("truncated", "its answer was cut short or is badly framed") from None
    except (HTTPError, http.client.HTTPException) as error:
        # What is no special case has words that are fixed, here and in http.client.
        said = error if type(error) is http.client.HTTPException else type(error).__name__
        raise FetchError("protocol", f"its answer is not HTTP: {said}") from None


def _body(answer: BaseHTTPResponse, max_bytes: int) -> bytes:
    length = answer.headers.get("Content-Length", "0")
    sizes = {size.strip() for size in length.split(",")}
    if len(sizes) > 1 or not re.fullmatch("[0-9]{1,15}", sizes.pop()):
        raise FetchError("protocol", "its Content-Length is no length")
    if int(length.split(",")[0]) > max_bytes:
        raise _too_large(max_bytes)
    if answer.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise FetchError("encoding", "its Transfer-Encoding is not the one that was offered")
    chunks = answer.stream(CHUNK, decode_content=False)
    coding = answer.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("", "identity"):
        return _collected(chunks, max_bytes)
    if coding in ("gzip", "x-gzip"):
        return _inflated(chunks, max_bytes)
    raise FetchError("encoding", "its Content-Encoding is not the one that was offered")


def _collected(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _inflated(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    """Undo gzip, never beyond the cap. Members may follow one another, and padding the last one."""
    body = bytearray()
    member = zlib.decompressobj(31)
    taken = 0
    for chunk in chunks:
        taken += len(chunk)
        while chunk:
            if member.eof:
                if not chunk.startswith(b"\x1f"):
                    break
                member = zlib.decompressobj(31)
            try:
                body += member.decompress(chunk, max_bytes + 1 - len(body))
            except zlib.error as error:
                raise FetchError("encoding", f"its gzip is damaged: {error}") from None
            if len(body) > max_bytes:
                raise _too_large(max_bytes)
            if len(body) > max(UNJUDGED, RATIO * taken):
                raise FetchError("too_large", f"it inflates to more than {RATIO} times its size")
            chunk = member.unconsumed_tail or member.unused_data
    if not member.eof:
        raise FetchError("truncated", "its gzip ends too early")
    return bytes(body)


def _too_large(max_bytes: int) -> FetchError:
    return FetchError("too_large", f"is larger than limits.max_bytes = {max_bytes}")
