"""The body of a response: its length, its content coding, and the limits that both are held to."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from urllib3 import BaseHTTPResponse

from feeds.errors import FetchError

CHUNK_SIZE = 64 << 10
MAX_INFLATION = 200
INFLATION_CHECKED_FROM = 1 << 20


def read_body(response: BaseHTTPResponse, max_bytes: int) -> bytes:
    """Return the decoded body of a response; raise FetchError if it is badly framed, coded or too large."""
    length = response.headers.get("Content-Length", "0")
    sizes = {size.strip() for size in length.split(",")}
    if len(sizes) > 1 or not re.fullmatch("[0-9]{1,15}", sizes.pop()):
        raise FetchError("protocol", "its Content-Length is not a length")
    if int(length.split(",")[0]) > max_bytes:
        raise _too_large(max_bytes)
    if response.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise FetchError("encoding", "its Transfer-Encoding is not the one that was offered")
    chunks = response.stream(CHUNK_SIZE, decode_content=False)
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding in ("", "identity"):
        return _joined(chunks, max_bytes)
    if coding in ("gzip", "x-gzip"):
        return _inflated(chunks, max_bytes)
    raise FetchError("encoding", "its Content-Encoding is not the one that was offered")


def _joined(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise _too_large(max_bytes)
    return bytes(body)


def _inflated(chunks: Iterator[bytes], max_bytes: int) -> bytes:
    """Decompress gzip within the limits; several members may follow each other, and padding the last one."""
    body = bytearray()
    member = zlib.decompressobj(31)
    received = 0
    for chunk in chunks:
        received += len(chunk)
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
            if len(body) > max(INFLATION_CHECKED_FROM, MAX_INFLATION * received):
                raise FetchError("too_large", f"it inflates to more than {MAX_INFLATION} times its size")
            chunk = member.unconsumed_tail or member.unused_data
    if not member.eof:
        raise FetchError("truncated", "its gzip ends too early")
    return bytes(body)


def _too_large(max_bytes: int) -> FetchError:
    return FetchError("too_large", f"is larger than limits.max_bytes = {max_bytes}")
