"""The Flask application, and the fast path in front of it.

Nothing depends on who asks: absolute addresses come from the configuration. Sessions, cookies and Flask's own
fields have no part in this; an answer of `conditional` goes out as it was decided.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, NotFound

from feeds.config import Config
from feeds.errors import StoreError
from feeds.store import Store
from service.web import conditional
from service.web.conditional import PreparedResponse, Resource, error_response, internal_error, options
from service.web.fast_path import FastPath
from service.web.not_found import not_found
from service.web.request_headers import RequestHeaders
from service.web.snapshot import SnapshotCache
from service.web.views import FIXED, ROUTES, Process, Views

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)


def wsgi(store: Store, config: Config) -> WSGIApplication:
    """Return the WSGI application for a web server."""
    return with_fast_path(SnapshotCache(store, config.store, deltas=config.deltas), config)


def with_fast_path(snapshots: SnapshotCache, config: Config, process: Process | None = None) -> FastPath:
    """Return the WSGI application with the fast path, for a process with its own state."""
    return FastPath(_flask(snapshots, config, process), snapshots)


def create_app(store: Store, config: Config) -> Flask:
    """Return the site as a plain Flask application, which only reads the store."""
    return _flask(SnapshotCache(store, config.store, deltas=config.deltas), config)


class HostlessFlask(Flask):
    """Flask that ignores `Host`: no response may depend on it."""

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["HTTP_HOST"] = "localhost"
        answer: Iterable[bytes] = super().wsgi_app(environ, start_response)
        return answer


class PreparedFlaskResponse(Response):
    """A prepared response, unchanged: Werkzeug would remove Last-Modified from a 304 and add a type."""

    default_mimetype = None

    def __init__(self, answer: PreparedResponse) -> None:
        super().__init__(answer.body, answer.status, answer.headers)

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        return self.headers


def _flask(snapshots: SnapshotCache, config: Config, process: Process | None = None) -> Flask:
    app = HostlessFlask("service", static_folder=None)
    # Werkzeug would redirect with 308, to the host that the request names.
    app.url_map.merge_slashes = False
    views = Views(snapshots, config, process or Process())
    for route, view in ROUTES.items():
        app.add_url_rule(route, view.__name__, _responding(partial(view, views)), provide_automatic_options=False)

    def elsewhere(_: NotFound) -> PreparedFlaskResponse:
        # Werkzeug takes a request without a path (CONNECT) for "/", which exists.
        path = request.path if request.environ["PATH_INFO"] else ""
        return PreparedFlaskResponse(not_found(path, snapshots.current(), FIXED, config.base_url))

    app.before_request(_answer_options)
    app.register_error_handler(NotFound, elsewhere)
    app.register_error_handler(
        HTTPException, lambda error: PreparedFlaskResponse(error_response(HTTPStatus(error.code)))
    )
    app.register_error_handler(StoreError, _unreadable)
    app.register_error_handler(Exception, _broken)
    return app


def _responding(view: Callable[..., Resource | PreparedResponse | None]) -> Callable[..., PreparedFlaskResponse]:
    def respond(**names: object) -> PreparedFlaskResponse:
        found = view(**names)
        if found is None:
            raise NotFound
        if isinstance(found, Resource):
            found = conditional.answer(found, request.method, RequestHeaders.of(request.environ))
        return PreparedFlaskResponse(found)

    return respond


def _answer_options() -> PreparedFlaskResponse | None:
    if request.method != "OPTIONS":
        return None
    return PreparedFlaskResponse(options(preflight="Access-Control-Request-Method" in request.headers))


def _unreadable(error: StoreError) -> PreparedFlaskResponse:
    _log.error("not_answered", extra={"path": request.path, "explanation": str(error)})
    return PreparedFlaskResponse(
        error_response(HTTPStatus.SERVICE_UNAVAILABLE, "This cannot be read now. Please try again.")
    )


def _broken(error: Exception) -> PreparedFlaskResponse:
    return PreparedFlaskResponse(internal_error(request.path, error))
