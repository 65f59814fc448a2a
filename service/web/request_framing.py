"""Refuse ambiguous requests, and close the connection after a body (request smuggling, RFC 9112 §11.2).

The server in front of the application is lenient: it takes chunks beside a length, several Hosts, and methods
in small letters. Whether a proxy reads the same in them is not known here, so the connection ends with the
answer: what follows on it is nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from service.web.conditional import error_response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CLOSE = ("Connection", "close")


def answer(behind: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Return the application's response, or 400 for an ambiguous request."""
    fault = _fault(environ)
    if fault is None and environ.get("CONTENT_LENGTH", "0") in ("0", ""):
        return behind(environ, start_response)

    def close(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, _CLOSE], *more)

    if fault is None:
        return behind(environ, close)
    refused = error_response(fault)
    close(refused.status, refused.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else refused.body


def _fault(environ: WSGIEnvironment) -> HTTPStatus | None:
    """Return why a request is refused, or None: RFC 9112 §3.2 (Host), §6.1 (codings); RFC 9110 §9.1 (methods).

    A server joins what stands there twice with a comma, and takes the length away from beside chunks.
    """
    host = environ.get("HTTP_HOST", "")
    if "HTTP_TRANSFER_ENCODING" in environ or "," in host:
        return HTTPStatus.BAD_REQUEST
    if not host and environ["SERVER_PROTOCOL"] == "HTTP/1.1":
        return HTTPStatus.BAD_REQUEST
    if not environ["REQUEST_METHOD"].isupper():
        return HTTPStatus.METHOD_NOT_ALLOWED
    return None
