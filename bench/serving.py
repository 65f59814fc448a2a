"""The CPU that Tidings, nginx and a plain Flask view spend on a request for the same feed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bench.load import generator
from bench.measure import Row, alternate, cpu
from bench.samples import listings

FEED = "/feeds/all.atom"

_PATIENCE = 20.0
_CONFIG = """\
title = "Riverside newsroom"
base_url = "https://news.example"

[server]
workers = 1

[[sources]]
name = "desk"
path = "news.txt"
"""

_NGINX = """\
user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; gzip_static on; keepalive_requests 1000000000;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  types {{ application/atom+xml atom; }}
  server {{ listen 127.0.0.1:{port}; root {root}; add_header Cache-Control max-age=900; }}
}}
"""


class Server(NamedTuple):
    """The port that a server listens on, and its first process."""

    port: int
    pid: int


def absent() -> Iterator[str]:
    """Yield what is not installed, and so is left out or replaced."""
    if not shutil.which("nginx"):
        yield "nginx: no ratios to it"
    if find_spec("gunicorn") is None:
        yield "gunicorn: no ratios to the plain Flask view"
    if not shutil.which("wrk"):
        yield "wrk: a loop in Python makes the requests"


def rows(folder: Path) -> Iterator[Row]:
    """Yield comparisons for 304 and 200, on kept connections and on a new one for each request."""
    with ExitStack() as stack:
        servers = {name: stack.enter_context(server) for name, server in _servers(folder)}
        for kept in (True, False):
            for status in (304, 200):
                yield from _compare(servers, status, kept=kept)


def _compare(servers: Mapping[str, Server], status: int, *, kept: bool) -> Iterator[Row]:
    taken = alternate({name: partial(_measure, server, status, kept=kept) for name, server in servers.items()})
    what = f"{status}, {'kept connections' if kept else 'a connection each'}"
    goals = {"nginx": "4 x", "Flask on gunicorn": "1/20" if kept else ""}
    for peer, goal in goals.items():
        if peer in taken:
            yield Row(what, taken["Tidings"], peer, taken[peer], goal)


def _measure(server: Server, status: int, *, kept: bool) -> float:
    """Return the microseconds of CPU of the server's processes for one request."""
    fields = {"Accept-Encoding": "gzip"}
    if status == 304:
        fields["If-None-Match"] = _ask(server.port)
    if not kept:
        fields["Connection"] = "close"
    _, load = generator()
    before = cpu(server.pid)
    answered = load(server.port, FEED, fields)
    return (cpu(server.pid) - before) / answered


def _ask(port: int) -> str:
    """Return the tag of the gzip coding; every server has to have one."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{FEED}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return str(answer.headers["ETag"])


def _servers(folder: Path) -> Iterator[tuple[str, AbstractContextManager[Server]]]:
    """Yield Tidings and the installed peers, each with the same bytes."""
    site = _publish(folder)
    command = [sys.executable, "-m", "service", "serve", "--web-only", "--config", str(site)]
    yield "Tidings", _running(lambda port: [*command, "--port", str(port)])
    root = folder / "root"
    if nginx := shutil.which("nginx"):
        file = folder / "nginx.conf"

        def configured(port: int) -> list[str]:
            file.write_text(
                _NGINX.format(folder=folder, port=port, root=root, user=getpass.getuser()), encoding="utf-8"
            )
            return [nginx, "-e", "stderr", "-p", str(folder), "-c", str(file)]

        yield "nginx", _running(configured)
    if find_spec("gunicorn"):
        document = {"BENCH_DOCUMENT": str(root / FEED[1:])}
        gunicorn = [
            sys.executable,
            "-m",
            "gunicorn",
            "-k",
            "gthread",
            "--threads",
            "4",
            "--no-control-socket",
        ]
        yield (
            "Flask on gunicorn",
            _running(lambda port: [*gunicorn, "-b", f"127.0.0.1:{port}", "bench.plain:app"], document),
        )


def _publish(folder: Path) -> Path:
    """Read a listing of fifty items, publish it, and export the same bytes; return the configuration."""
    config = folder / "config.toml"
    (folder / "news.txt").write_text(next(listings(1, items=50)), encoding="utf-8")
    os.utime(folder / "news.txt", (time.time() - 60,) * 2)
    config.write_text(_CONFIG, encoding="utf-8")
    tidings = [sys.executable, "-m", "service"]
    for command in (["refresh"], ["export", str(folder / "root")]):
        subprocess.run([*tidings, *command, "--config", str(config)], check=True, capture_output=True)
    return config


@contextmanager
def _running(command: Callable[[int], list[str]], variables: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run a server on a free port, from its first response to the end of the measurements."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, **(variables or {})}
    process = subprocess.Popen(command(port), env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait()


def _await(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            _ask(port)
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.1)
