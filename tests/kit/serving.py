"""Start `tidings serve` in real processes, and end it by its process id."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.paths import ROOT

PATIENCE = 60


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Serve the config.toml in `folder`; yield the port, once it answers, and the process."""
    port = free_port()
    errors = (folder / "errors.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "service", "serve", "--port", str(port), *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    )
    assert process.stdout is not None
    try:
        for _ in range(2):
            process.stdout.readline()
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        errors.close()
