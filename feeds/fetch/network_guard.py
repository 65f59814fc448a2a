"""A guard against server-side request forgery (SSRF): which addresses a request may connect to.

Allowed are public addresses on ports 80 and 443, and what the url of the source itself opens. Addresses are
checked as numbers, after resolving: `0x7f.1`, `2130706433` and some name in DNS can all be the same address. The
lists are kept here because `ipaddress.is_global` differs between patch releases of Python, and it allows
multicast, 6to4, NAT64 and `::127.0.0.1`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass

from feeds.errors import FetchError
from feeds.redaction import redact_address

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], tuple[str, ...]]

PORTS = {"http": 80, "https": 443}

# Only this pattern takes a URL apart, so that no two parsers can disagree about its host.
_URL = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?((?:[/?][!-~]*)?)", re.I)
_NAME = re.compile(r"(?=.{1,254}$)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*\.?")


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# IANA IPv4 Special-Purpose Address Registry, and multicast.
_NOT_PUBLIC_4 = _networks(
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",  # a public number, but in Azure it is the host's own wire server
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
)
# Only 2000::/3 is assigned (RFC 4291 §2.4), which alone excludes mapped, compatible, NAT64, unique-local and
# site-local addresses. The parts of it below hold tunnelled addresses, or nothing public.
_PUBLIC_6 = _networks("2000::/3")
_NOT_PUBLIC_6 = _networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")

_PRIVATE = _networks(
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "::1/128",
    "fc00::/7",
)
# Metadata services of clouds give out credentials, and are in private networks too: no configuration opens them.
_METADATA = _networks("100.100.100.200/32", "fd00:ec2::/32", "fd20:ce::/32")


def is_public(address: Address) -> bool:
    """Whether the address is one of the public internet."""
    if address.version == 4:
        return not _within(address, _NOT_PUBLIC_4)
    return _within(address, _PUBLIC_6) and not _within(address, _NOT_PUBLIC_6)


def is_private(address: Address) -> bool:
    """Whether the configuration can open the address: one of this machine or of its networks."""
    return _within(address, _PRIVATE) and not _within(address, _METADATA)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)


@dataclass(frozen=True, slots=True)
class Target:
    """An http or https URL in its parts; `path` includes the query, `host` has no brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The value of the Host field."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.authority}"

    @property
    def url(self) -> str:
        return self.origin + self.path

    @property
    def shown(self) -> str:
        """The URL without its query, which can hold a secret."""
        return redact_address(self.url)


def locate(url: str) -> Target:
    """Return the parts of a URL; refuse it if it is not http or https, or has a user name or password."""
    match = _URL.fullmatch(url.partition("#")[0])
    if match is None:
        raise FetchError("ssrf_blocked", "is not a plain http or https address")
    scheme, host, port, path = match[1].lower(), match[2].lower(), match[3], match[4]
    if host.startswith("["):
        host = host[1:-1]
        good = _is_ipv6(host)
    else:
        good = _NAME.fullmatch(host) is not None
    number = int(port) if port else PORTS[scheme]
    if not good or not 0 < number < 1 << 16:
        raise FetchError("ssrf_blocked", "has an impossible host or port")
    return Target(scheme, host, number, path if path.startswith("/") else "/" + path)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def resolve(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host, from the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class NetworkGuard:
    """Decides which addresses one request and its redirects may connect to.

    Redirects may lead to public addresses on ports 80 and 443. The host of the configured url is also allowed
    on the port that the url names, and with `allow_private` with private addresses.
    """

    own: Target
    allow_private: bool = False

    def allow(self, target: Target, lookup: Lookup) -> tuple[str, ...]:
        """Resolve the target once, and return its addresses if all of them are allowed.

        A mixture of allowed and other addresses is refused: that is how DNS rebinding begins.
        """
        own = target.host == self.own.host and target.port in (self.own.port, PORTS["https"])
        if not own and target.port not in PORTS.values():
            raise FetchError("ssrf_blocked", f"port {target.port} is not 80 or 443")
        addresses = tuple(_number(text) for text in lookup(target.host, target.port))
        for address in addresses:
            if not is_public(address) and not (own and self.allow_private and is_private(address)):
                raise FetchError("ssrf_blocked", f"{address} is not an address of the public internet")
        return tuple(str(address) for address in addresses)


def _number(text: str) -> Address:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise FetchError("dns", f"the resolver gave {text!r}, which is not an address") from None
