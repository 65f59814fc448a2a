"""Redaction of addresses: user information, query and fragment are removed before anything is shown."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}", re.I)
_SECRET = re.compile(r"[?#]")
# A query may contain another address: all of it belongs to the first one.
_ADDRESS = re.compile(rf"{_SCHEME.pattern}://(?:(?!{_SCHEME.pattern}://)[^\s?#])*(?:[?#]\S*)?", re.I)
_HOST = re.compile(r"(?:[\w.%-]+|\[[0-9a-f:.]+\])(?::\d*)?", re.I)
_CLOSING = "\"'’”)]}>.,;:"


def redact(text: str) -> str:
    """Return a text whose addresses have no user information, query or fragment."""
    return _ADDRESS.sub(_redacted, text) if "://" in text else text


def redact_address(address: str) -> str:
    """Return an address without user information, query and fragment.

    If it is malformed, as a refused value can be, more is removed, since a password can have any character.
    """
    shown = _SECRET.split(address, maxsplit=1)[0]
    if "@" not in address:
        return shown
    scheme, separator, rest = shown.partition("://")
    if not separator or not _SCHEME.fullmatch(scheme):
        return "…"
    authority, slash, path = rest.partition("/")
    _, user, host = authority.rpartition("@")
    plain = (_HOST.fullmatch(host) or (user and not host)) and not (user and "@" in path)
    return f"{scheme}://{host}{slash}{path}" if plain else f"{scheme}://…"


def redact_fields(value: object, *names: str) -> None:
    """Redact these fields of a frozen dataclass; call it from `__post_init__`."""
    for name in names:
        if text := getattr(value, name):
            object.__setattr__(value, name, redact(text))


def _redacted(found: re.Match[str]) -> str:
    """Return one address redacted; punctuation after a query belongs to the text around it."""
    address = found[0]
    alone = address == found.string or not _SECRET.search(address)
    return redact_address(address) + ("" if alone else address[len(address.rstrip(_CLOSING)) :])
