"""Spellings of addresses that are not public, as the host of a URL."""

from __future__ import annotations

import random
from ipaddress import IPv4Address, IPv6Address, ip_network

CLOSED = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/128",
    "::1/128",
    "::/96",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/32",
    "2001:10::/28",
    "2001:20::/28",
    "2001:db8::/32",
    "2002::/16",
    "3fff::/20",
    "5f00::/16",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
]


def spelling(chance: random.Random) -> str:
    network = ip_network(chance.choice(CLOSED))
    number = chance.randint(int(network[0]), int(network[-1]))
    if network.version == 6:
        address = IPv6Address(number)
        return chance.choice((f"[{address}]", f"[{address.exploded}]", f"[{str(address).upper()}]"))
    return chance.choice(_fours(number))


def _fours(number: int) -> list[str]:
    a, b, c, d = IPv4Address(number).packed
    words = f"{number >> 16:x}:{number & 0xFFFF:x}"
    return [
        f"{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}.",
        f"{number}",
        f"{number:#x}",
        f"{number + (1 << 32)}",
        f"0{number:o}",
        f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a:#x}.{b}.0{c:o}.{d}",
        f"{a}.{number & 0xFFFFFF}",
        f"{a}.{b}.{number & 0xFFFF}",
        f"[::ffff:{a}.{b}.{c}.{d}]",
        f"[::FFFF:{words}]",
        f"[::{a}.{b}.{c}.{d}]",
        f"[64:ff9b::{words}]",
        f"[2002:{words}::1]",
        f"[2001:0:{words}::1]",
        f"news.example@{a}.{b}.{c}.{d}",
        f"{a}.{b}.{c}.{d}%00.news.example",
        f"{a}。{b}。{c}。{d}",
    ]
