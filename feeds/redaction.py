"""Addresses without their secrets: user information, query and fragment are cut before anything is shown."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,30}", re.I)
_SECRET = re.compile(r"[?#]")
# A query may hold another address, and belongs to the first one whole.
_ADDRESS = re.compile(rf"{_SCHEME.pattern}://(?:(?!{_SCHEME.pattern}://)[^\s?#])*(?:[?#]\S*)?", re.I)
_HOST = re.compile(r"(?:[\w.%-]+|\[[0-9a-f:.]+\])(?::\d*)?", re.I)
_CLOSING = "\"'’”)]}>.,;:"


def redact(text: str) -> str:
    """Return a text whose addresses have no user information, query or fragment."""
    return _ADDRESS.sub(_cut, text) if "://" in text else text


def redact_address(address: str) -> str:
    """Return an address without user information, query and fragment.

    It may be malformed, as a refused value is: then more is left out, since a password can hold anything.
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
    """Redact these texts of a frozen dataclass that is just being made."""
    for name in names:
        if text := getattr(value, name):
            object.__setattr__(value, name, redact(text))


def _cut(found: re.Match[str]) -> str:
    """One address; the punctuation after a query is that of the text around it, if there is any."""
    address = found[0]
    alone = address == found.string or not _SECRET.search(address)
    return redact_address(address) + ("" if alone else address[len(address.rstrip(_CLOSING)) :])
