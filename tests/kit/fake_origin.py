"""A scripted origin on loopback: it answers each path with exact bytes, or with a fault."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass


class Reset:
    """A step of a script: end the connection with a reset."""


@dataclass(frozen=True)
class Request:
    """A request; the names of `fields` are in lower case."""

    method: str
    path: str
    fields: Mapping[str, str]
    body: bytes = b""


Step = bytes | Reset
Script = bytes | Callable[[Request], Iterable[Step]]


def answer(body: bytes = b"", status: int = 200, *fields: str, length: int | None = None) -> bytes:
    """Return a whole response; `fields` are lines such as "ETag: x", `length` is a Content-Length that is wrong."""
    size = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status} So", f"Content-Length: {size}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked(*chunks: bytes) -> bytes:
    """Return a response in chunks; the last chunk is missing unless an empty one is given."""
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


class FaultServer:
    """Answers a request for a path with `scripts[path]`: bytes, or a function that yields bytes and Resets.

    A function runs until the client disconnects; `closing` is set at the end of the test, for functions that wait.
    """

    def __init__(self, scripts: Mapping[str, Script], *, tls: ssl.SSLContext | None = None) -> None:
        self.scripts = dict(scripts)
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._listen)]

    def __enter__(self) -> FaultServer:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def stall(self, _: Request) -> Iterator[Step]:
        """Send no response until the test is over."""
        self.closing.wait()
        yield b""

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        # Some tests are about clients that disconnect early, or do not speak HTTP or TLS.
        with contextlib.suppress(OSError, ValueError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as reader:
            method, path, _ = reader.readline().decode().split(" ")
            pairs = (line.decode("latin-1").strip().split(": ", 1) for line in iter(reader.readline, b"\r\n"))
            fields = {name.lower(): value for name, value in pairs}
            request = Request(method, path, fields, reader.read(int(fields.get("content-length", 0))))
        self.requests.append(request)
        script = self.scripts.get(path, answer(b"", 404))
        for step in (script,) if isinstance(script, bytes) else script(request):
            if isinstance(step, Reset):
                # Closing with a linger time of 0 s sends a reset.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            connection.sendall(step)
