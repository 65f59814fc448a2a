"""Raw HTTP clients: literal requests, unfinished requests, and responses that are never read."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator

TIMEOUT = 10.0


def request(path: str = "/feeds/all.atom", *fields: str, method: str = "GET") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: news.example", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def ask(port: int, said: bytes, *, patience: float = TIMEOUT) -> bytes:
    """Send these bytes over a new connection, and return what comes until it is closed or times out."""
    with socket.create_connection(("127.0.0.1", port), patience) as sock:
        answer = b""
        with contextlib.suppress(ConnectionError, TimeoutError):
            sock.sendall(said)
            while chunk := sock.recv(1 << 16):
                answer += chunk
    return answer


def statuses(answer: bytes) -> list[int]:
    """Return the status of every response in these bytes."""
    heads = re.split(rb"HTTP/1\.[01] (?=[1-5])", answer)[1:]
    return [int(head[:3]) for head in heads]


@contextlib.contextmanager
def idle_clients(port: int, half_open: int, never_reading: int, *, path: str) -> Iterator[list[socket.socket]]:
    """Open clients that never finish their request, and clients that never read their responses."""
    sockets: list[socket.socket] = []
    try:
        for number in range(half_open + never_reading):
            sock = socket.socket()
            sockets.append(sock)
            if number >= half_open:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sock.settimeout(TIMEOUT)
            sock.connect(("127.0.0.1", port))
            whole = request(path)
            sock.sendall(whole[: -2 - number % 20] if number < half_open else whole * 8)
        yield sockets
    finally:
        for sock in sockets:
            sock.close()
