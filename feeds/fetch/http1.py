"""One HTTP/1.1 request and its response, over a socket that is connected already (RFC 9112).

urllib3 writes the request and reads the response, but it never resolves, connects or redirects. Every wait on
the socket is bounded by what is left of the time of the whole request.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ProtocolError

from feeds.errors import FetchError
from feeds.fetch.body import CHUNK_SIZE, read_body
from feeds.fetch.connection import Deadline, connection_error
from feeds.fetch.network_guard import Target

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

OVERHEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """The response of an origin. Names of `fields` ignore case; only a 200 has its body, decoded."""

    status: int
    fields: Mapping[str, str]
    body: bytes = b""


def exchange(
    sock: socket.socket, target: Target, fields: Mapping[str, str], *, deadline: Deadline, max_bytes: int
) -> Response:
    """Request the target over a connection to it, and return the response."""
    with _as_fetch_errors():
        response = _send(_SocketAdapter(sock, deadline, 2 * max_bytes + OVERHEAD), target, fields)
        body = read_body(response, max_bytes) if response.status == 200 else b""
    return Response(response.status, response.headers, body)


def post_form(
    sock: socket.socket, target: Target, fields: Mapping[str, str], form: bytes, *, deadline: Deadline
) -> int:
    """Post a form to the target over a connection to it, and return the status of the response."""
    with _as_fetch_errors():
        return _send(_SocketAdapter(sock, deadline, CHUNK_SIZE), target, fields, form).status


class _SocketAdapter(io.RawIOBase):
    """The socket as http.client sees it: no wait outlasts the deadline, every fault is a FetchError.

    `allowance` is the number of bytes that a response may have, head and framing included. `in_head` is True
    until the header fields are complete: http.client takes the end of the connection for the end of the fields.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, allowance: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowance = allowance
        self._is_silent = True
        self.in_head = True

    def settimeout(self, timeout: object) -> None:
        """Ignore the timeout that urllib3 sets: the deadline holds."""

    def sendall(self, data: ReadableBuffer) -> None:
        self._sock.settimeout(self._deadline.left())
        try:
            self._sock.sendall(data)
        except OSError as error:
            raise connection_error(error) from error

    def makefile(self, mode: str) -> io.BufferedReader:
        return _Reader(self, CHUNK_SIZE)

    def close(self) -> None:
        """Do nothing: http.client closes a socket that it still reads from, so whoever dialled closes it."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        self._sock.settimeout(self._deadline.left())
        try:
            count = self._sock.recv_into(buffer)
        except OSError as error:
            raise connection_error(error) from error
        if count == 0 and self.in_head:
            if self._is_silent:
                raise FetchError("reset", "the connection was closed without a response")
            raise FetchError("truncated", "its response was cut short")
        self._is_silent = False
        self._allowance -= count
        if self._allowance < 0:
            raise FetchError("too_large", "its response does not end")
        return count


class _Reader(io.BufferedReader):
    def read(self, size: int | None = -1, /) -> bytes:
        # A chunk may claim to be -1 bytes long, which would mean everything that is left.
        if size is None or size < 0:
            raise http.client.HTTPException("a chunk of negative length")
        return super().read(size)


class _FinalResponse(http.client.HTTPResponse):
    """The final response: http.client skips 100 only, but any 1xx may come first (RFC 9110 §15.2)."""

    def begin(self) -> None:
        super().begin()
        while 102 <= self.status <= 199:
            self.headers = cast(http.client.HTTPMessage, None)
            super().begin()
        # The parser takes a line without a colon for the end of the fields, and drops the rest.
        if self.msg.get_payload():
            raise http.client.HTTPException("malformed header fields")


def _send(
    adapter: _SocketAdapter, target: Target, fields: Mapping[str, str], form: bytes | None = None
) -> BaseHTTPResponse:
    """Send a request, and read the response up to its body."""
    connection = HTTPConnection(target.host, target.port)
    connection.auto_open = 0  # without its socket it fails instead of connecting by itself
    connection.response_class = _FinalResponse
    connection.sock = cast(socket.socket, adapter)
    method = "GET" if form is None else "POST"
    connection.request(method, target.path, form, headers=fields, preload_content=False, decode_content=False)
    response = connection.getresponse()
    adapter.in_head = False
    return response


@contextlib.contextmanager
def _as_fetch_errors() -> Iterator[None]:
    """Raise a FetchError for what http.client and urllib3 raise about a bad response.

    Their messages are left out: they quote the response, and that may repeat the query of the request.
    """
    try:
        yield
    except ProtocolError:
        raise FetchError("truncated", "its response was cut short or is badly framed") from None
    except (HTTPError, http.client.HTTPException) as error:
        # The base class is raised with fixed messages only, here and in http.client.
        detail = error if type(error) is http.client.HTTPException else type(error).__name__
        raise FetchError("protocol", f"its response is not HTTP: {detail}") from None
