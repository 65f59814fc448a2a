"""Connections: every failure of a connection, its time, its TLS or its HTTP has one reason."""

from __future__ import annotations

import datetime as dt
import os
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator

import pytest
import trustme

from feeds.fetch.http import conditional_get
from tests.kit.asking import NONE, PAGE, fault, options, reason
from tests.kit.fake_origin import FaultServer, Request, Reset, answer


@pytest.mark.parametrize(
    "said",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x0a\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"A%d: b\r\n" % n for n in range(100_000)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 " + b"O" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["ssh", "tls", "version", "letters", "digits", "many-fields", "long-field", "long-line", "colon"],
)
def test_what_is_not_http_is_a_fault(said):
    assert reason(said) == "protocol"


@pytest.mark.parametrize(
    "head",
    [
        b"GET %b HTTP/1.1 is not for me\r\n\r\n",
        b"HTTP/1.1 %b OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%b\r\nx",
        b"HTTP/1.1 200 OK\r\n%b\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: %b\r\n\r\nx",
        b"HTTP/1.1 302 So\r\nLocation: http://[%b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: %b\r\n\r\nx",
    ],
    ids=["line", "status", "chunk", "field", "length", "location", "coding"],
)
def test_an_answer_that_repeats_the_request_is_told_without_its_query(head):
    def script(request: Request) -> Iterator[bytes]:
        yield head % request.path.encode()

    with FaultServer({"/a?token": script}) as server:
        error = fault(server.url("/a?token"))
    assert server.paths() == ["/a?token"]
    assert str(error).startswith(server.url("/a: "))
    assert "token" not in "".join(traceback.format_exception(error))


def resets(after: bytes):
    def script(_: Request) -> Iterator[bytes | Reset]:
        yield after
        yield Reset()

    return script


@pytest.mark.parametrize(
    "script",
    [b"", resets(b""), resets(b"HTTP/1.1 200 OK\r\nContent-"), resets(answer(PAGE, length=100))],
    ids=["closed", "at-once", "in-head", "in-body"],
)
def test_a_connection_that_breaks_is_a_fault(script):
    assert reason(script) == "reset"


def test_a_closed_port_refuses():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert fault(f"http://127.0.0.1:{port}/").reason == "refused"


def test_the_next_address_is_tried_where_one_refuses():
    with FaultServer({"/": answer(PAGE)}) as server:
        found = ("127.0.0.3", "127.0.0.2", "127.0.0.1")
        document = conditional_get(server.url(host="news.test"), NONE, options=options(resolve=lambda *_: found))
        assert document.body == PAGE
        assert server.requests[0].fields["host"] == f"news.test:{server.port}"


def test_an_origin_that_says_nothing_is_given_up():
    with FaultServer({}) as server:
        server.scripts["/"] = server.stall
        assert fault(server.url(), timeout=0.2).reason == "timeout"


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 OK\r\nA: ", b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 302 OK\r\nLocation: /"],
    ids=["line", "fields", "body", "redirect"],
)
def test_an_origin_that_drips_is_given_up_though_no_wait_is_long(start):
    with FaultServer({}) as server:

        def drip(_: Request) -> Iterator[bytes]:
            yield start
            while not server.closing.wait(0.01):
                yield b"1"

        server.scripts["/"] = drip
        assert fault(server.url(), timeout=0.3).reason == "timeout"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label"), ()], ids=repr)
def test_a_name_without_an_address_is_a_fault(error):
    def resolve(host: str, port: int) -> tuple[str, ...]:
        if isinstance(error, Exception):
            raise error
        return error

    assert fault("http://news.example/", resolve=resolve).reason == "dns"


def test_a_resolver_that_is_late_is_left_behind():
    over = threading.Event()

    def resolve(host: str, port: int) -> tuple[str, ...]:
        over.wait()
        return ("127.0.0.1",)

    assert fault("http://news.example/", resolve=resolve, timeout=0.1).reason == "dns"
    over.set()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def ca_file(authority, tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return os.fspath(path)


def shown(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def loopback(host: str, port: int) -> tuple[str, ...]:
    return ("127.0.0.1",)


def test_a_certificate_proves_the_name_of_the_url(authority, ca_file):
    names: list[str | None] = []
    context = shown(authority.issue_cert("news.test"))
    context.sni_callback = lambda sock, name, given: names.append(name)
    with FaultServer({"/": answer(PAGE)}, tls=context) as server:
        url = server.url(host="news.test")
        assert conditional_get(url, NONE, options=options(resolve=loopback, ca_file=ca_file)).body == PAGE
        assert server.requests[0].fields["host"] == f"news.test:{server.port}"
    assert names == ["news.test"]


LONG_AGO = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "issue",
    [
        lambda authority: authority.issue_cert("other.test"),
        lambda authority: authority.issue_cert("127.0.0.1"),
        lambda authority: authority.issue_cert("news.test", not_before=LONG_AGO, not_after=LONG_AGO),
        lambda authority: trustme.CA().issue_cert("news.test"),
    ],
    ids=["other-name", "address", "expired", "other-authority"],
)
def test_a_certificate_that_proves_nothing_is_refused(issue, authority, ca_file):
    with FaultServer({"/": answer(PAGE)}, tls=shown(issue(authority))) as server:
        error = fault(server.url(host="news.test"), resolve=loopback, ca_file=ca_file)
        assert error.reason == "tls"
        assert server.requests == []


def test_the_systems_authorities_do_not_know_a_private_one(authority):
    with FaultServer({"/": answer(PAGE)}, tls=shown(authority.issue_cert("news.test"))) as server:
        assert fault(server.url(host="news.test"), resolve=loopback).reason == "tls"


def test_a_server_that_does_not_speak_tls_is_refused():
    with FaultServer({"/": answer(PAGE)}) as server:
        assert fault(f"https://127.0.0.1:{server.port}/").reason in ("tls", "reset")


def test_a_redirect_does_not_give_up_https(authority, ca_file):
    context = shown(authority.issue_cert("news.test"))
    with FaultServer({}, tls=context) as server:
        server.scripts["/"] = answer(b"", 302, f"Location: http://news.test:{server.port}/")
        error = fault(server.url(host="news.test"), resolve=loopback, ca_file=ca_file)
        assert error.reason == "redirects"
        assert "https" in str(error)
        assert server.paths() == ["/"]
