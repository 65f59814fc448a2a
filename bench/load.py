"""Send as many requests to a local server as it answers in a second, with wrk or a loop in Python."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

SECONDS = 1
CONNECTIONS = 16
_THREADS = 4

# Sends requests with these fields to a port and path, and returns how many were answered.
Load = Callable[[int, str, Mapping[str, str]], int]


def generator() -> tuple[str, Load]:
    """Return the best installed load generator, and its name."""
    return ("wrk", _wrk) if shutil.which("wrk") else ("a loop in Python", _loop)


def _wrk(port: int, path: str, fields: Mapping[str, str]) -> int:
    headers = [part for name, value in fields.items() for part in ("-H", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *headers, f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"port {port} gave errors:\n{said}")
    return int(said.partition(" requests in")[0].split()[-1])


def _loop(port: int, path: str, fields: Mapping[str, str]) -> int:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *(f"{n}: {v}" for n, v in fields.items())]
    request = "\r\n".join([*lines, "", ""]).encode()
    with ThreadPoolExecutor(_THREADS) as pool:
        counts = [pool.submit(_ask, port, request, close="Connection" in fields) for _ in range(_THREADS)]
    return sum(count.result() for count in counts)


def _ask(port: int, request: bytes, *, close: bool) -> int:
    """Send one request after the other, on one connection or each on its own; return how many were answered."""
    answered, end = 0, time.monotonic() + SECONDS
    connection = socket.create_connection(("127.0.0.1", port))
    while time.monotonic() < end:
        connection.sendall(request)
        _receive(connection)
        answered += 1
        if close:
            connection.close()
            connection = socket.create_connection(("127.0.0.1", port))
    connection.close()
    return answered


def _receive(connection: socket.socket) -> None:
    """Read one complete response."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65_536) or _ended(received)
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = 0 if head.split(b" ", 2)[1] == b"304" or not length else int(length[1]) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536) or _ended(received))


def _ended(received: bytes) -> bytes:
    raise ConnectionError(f"the server closed the connection after {received[:100]!r}")
