from __future__ import annotations

import gzip

import brotli
import pytest

from service.web.content_coding import compress, preferences, select

OFFERED = {"identity": b"", "gzip": b"", "br": b""}


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(None, "identity", id="absent"),
        pytest.param("", "identity", id="empty"),
        pytest.param("identity", "identity", id="identity"),
        pytest.param("zstd", "identity", id="a coding that is not offered"),
        pytest.param("gzip, deflate", "gzip", id="feed readers"),
        pytest.param("gzip, deflate, br, zstd", "br", id="browsers"),
        pytest.param("GZip", "gzip", id="another case"),
        pytest.param("x-gzip", "gzip", id="the old name"),
        pytest.param(",, gzip ,", "gzip", id="stray commas"),
        pytest.param("gzip ; q=0.5", "gzip", id="blanks around the parameter"),
        pytest.param("gzip;q=abc", "identity", id="a quality that is none"),
        pytest.param("gzip;q=0", "identity", id="excluded"),
        pytest.param("gzip;q=0.000", "identity", id="excluded in three digits"),
        pytest.param("gzip;q=0, br", "br", id="one excluded"),
        pytest.param("br;q=0.1, gzip;q=1.0", "gzip", id="gzip preferred"),
        pytest.param("br;q=1, gzip;q=0.5", "br", id="br preferred"),
        pytest.param("identity;q=1, gzip;q=0.5", "identity", id="identity preferred"),
        pytest.param("identity;q=0, gzip", "gzip", id="identity excluded"),
        pytest.param("*", "gzip", id="anything"),
        pytest.param("identity;q=0, *;q=0.5", "gzip", id="anything but identity"),
        pytest.param("gzip;q=0, *;q=1", "identity", id="anything but gzip"),
        pytest.param("*;q=0", "identity", id="nothing at all"),
        pytest.param("gzip, *;q=0", "gzip", id="gzip and nothing else"),
        pytest.param("identity;q=0, zstd", "identity", id="nothing that is offered"),
        pytest.param("gzip," * 100, "identity", id="longer than any reader's"),
    ],
)
def test_the_coding_is_the_best_that_the_reader_names(field: str | None, expected: str) -> None:
    assert select(field, OFFERED) == expected


def test_a_document_that_does_not_shrink_is_sent_as_it_is() -> None:
    assert select("gzip, br", {"identity": b""}) == "identity"
    assert compress(b"x") == {}


def test_identity_is_always_a_last_resort() -> None:
    assert preferences("identity;q=0, br, gzip;q=0.5") == ("br", "gzip", "identity")


def test_compressing_twice_gives_the_same_bytes_and_loses_nothing() -> None:
    body = b"<p>tidings</p>" * 100
    coded = compress(body)
    assert coded == compress(body)
    assert gzip.decompress(coded["gzip"]) == brotli.decompress(coded["br"]) == body
