"""What the supervisor and a web server on its own both do."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import socket
import sys

from feeds.config import Config
from feeds.errors import TidingsError

_PR_SET_PDEATHSIG = 1


def end_with_parent(parent: int) -> None:
    """Have the kernel send SIGTERM to this process when its parent ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit("tidings: the parent process has ended")


def refuse_taken_port(config: Config) -> None:
    """Raise TidingsError if the port is taken: granian shares ports, and two servers would answer in turns."""
    host, port = config.server.host, config.server.port
    try:
        [family, kind, protocol, _, address], *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        place = _authority(host, port)
        taken = error.errno in (errno.EADDRINUSE, errno.EACCES)
        other = "--port names another port" if taken else "--host names another address"
        raise TidingsError(f"cannot listen on {place}: {error.strerror}; {other}") from None


def local_host(config: Config) -> str:
    """Return the address at which this machine reaches the server, also if it listens on a wildcard."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.server.host, config.server.host)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
