"""The network guard: no spelling of an address that is not public passes it, and no redirect does."""

from __future__ import annotations

import ipaddress
import json
import subprocess
import sys
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import FetchError
from feeds.fetch.network_guard import NetworkGuard, Target, is_private, is_public, locate, resolve
from tests.kit.paths import ROOT

ELSEWHERE = locate("http://news.example/")

CLOSED_4 = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
    240.0.0.0/4
"""
CLOSED_6 = """
    ::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:10::/28
    2001:20::/28 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
OPEN = """
    1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
    169.253.255.255 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255
    223.255.255.255 2001:200:: 2003::1 2606:4700:4700::1111 2a00:1450:4001::200e 3ffe::1
"""
NEVER = """
    169.254.169.254 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254 fe80::a9fe:a9fe
    0.0.0.0 224.0.0.1 255.255.255.255 :: ff02::1 ::ffff:10.0.0.1
"""


def refusal(url: str, *, own: Target = ELSEWHERE, allow_private: bool = False, found=resolve) -> str:
    with pytest.raises(FetchError) as caught:
        NetworkGuard(own, allow_private).allow(locate(url), found)
    assert caught.value.reason == "ssrf_blocked"
    return str(caught.value)


def resolving(*addresses: str):
    return lambda host, port: addresses


@st.composite
def spellings(draw) -> str:
    """One of the many ways to write an IPv4 address that is not public as the host of a URL."""
    network = ip_network(draw(st.sampled_from(CLOSED_4.split())))
    number = draw(st.integers(int(network[0]), int(network[-1])))
    a, b, c, d = IPv4Address(number).packed
    words = f"{number >> 16:x}:{number & 0xFFFF:x}"
    return draw(
        st.sampled_from(
            [
                f"{a}.{b}.{c}.{d}",
                f"{number}",
                f"{number:#x}",
                f"{number:#X}".replace("0X", "0x"),
                f"0{number:o}",
                f"{a:#x}.{b:#x}.{c:#x}.{d:#x}",
                f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
                f"{a}.{number & 0xFFFFFF}",
                f"{a}.{b}.{number & 0xFFFF}",
                f"[::ffff:{a}.{b}.{c}.{d}]",
                f"[::FFFF:{words}]",
                f"[::{a}.{b}.{c}.{d}]",
                f"[64:ff9b::{words}]",
                f"[2002:{words}::1]",
                f"[2001:0:{words}::1]",
            ]
        )
    )


@given(spellings())
def test_no_spelling_of_an_address_that_is_not_public_is_admitted(host):
    refusal(f"http://{host}/")


@given(st.sampled_from((CLOSED_4 + CLOSED_6).split()), st.data())
def test_every_special_network_is_closed_to_its_last_address(text, data):
    network = ip_network(text)
    number = data.draw(st.sampled_from([int(network[0]), int(network[-1])]) | st.integers(*_ends(network)))
    address = IPv4Address(number) if network.version == 4 else IPv6Address(number)
    assert not is_public(address)
    refusal("http://name.example/", found=resolving(str(address)))


def _ends(network) -> tuple[int, int]:
    return int(network[0]), int(network[-1])


@given(
    st.ip_addresses(v=4) | st.ip_addresses(v=6) | st.ip_addresses(v=6, network=IPv6Network("2000::/3")),
)
def test_what_is_public_here_is_nowhere_called_anything_else(address):
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
        assert not address.is_reserved
        assert not is_private(address)


@pytest.mark.parametrize("text", OPEN.split())
def test_the_neighbours_of_closed_networks_are_open(text):
    assert is_public(ip_address(text))
    assert NetworkGuard(ELSEWHERE).allow(locate("https://name.example/"), resolving(text)) == (text,)


@pytest.mark.parametrize(
    "found",
    [("93.184.216.34", "10.0.0.1"), ("2606:4700::1", "93.184.216.34", "::1"), ("169.254.169.254", "1.1.1.1")],
    ids=["last", "third", "first"],
)
def test_one_closed_address_condemns_a_name(found):
    refusal("http://name.example/", found=resolving(*found))


def test_a_name_is_resolved_once():
    answers = iter([("93.184.216.34",), ("127.0.0.1",)])
    admitted = NetworkGuard(ELSEWHERE).allow(locate("http://name.example/"), lambda host, port: next(answers))
    assert admitted == ("93.184.216.34",)


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://intra.example:8080/news", "http://intra.example:8080/"),
        ("http://intra.example/news", "http://intra.example/"),
        ("https://INTRA.example/news", "http://intra.example/"),
        ("http://10.0.0.1:8080/news", "http://10.0.0.1:8080/"),
    ],
    ids=["port", "same", "upgraded", "number"],
)
def test_allow_private_opens_the_sources_own_host_and_port(url, own):
    guard = NetworkGuard(locate(own), allow_private=True)
    assert guard.allow(locate(url), resolving("10.0.0.1")) == ("10.0.0.1",)
    refusal(url, own=locate(own), found=resolving("10.0.0.1"))


@pytest.mark.parametrize(
    "url",
    ["http://other.example:8080/", "http://intra.example:9090/", "http://intra.example/", "http://10.0.0.1/"],
    ids=["host", "port", "port-80", "its-number"],
)
def test_allow_private_opens_nothing_else(url):
    refusal(url, own=locate("http://intra.example:8080/"), allow_private=True, found=resolving("10.0.0.1"))


@pytest.mark.parametrize("address", NEVER.split())
def test_no_configuration_opens_metadata_or_what_is_no_host(address):
    own = locate("http://intra.example/")
    refusal("http://intra.example/", own=own, allow_private=True, found=resolving(address))


@pytest.mark.parametrize("port", [22, 25, 6379, 8080], ids=str)
def test_only_the_ports_of_the_web_are_asked_elsewhere(port):
    assert "port" in refusal(f"http://other.example:{port}/", found=resolving("93.184.216.34"))


def test_the_port_that_the_configured_url_names_is_open():
    own = locate("http://news.example:8080/")
    assert NetworkGuard(own).allow(own, resolving("93.184.216.34")) == ("93.184.216.34",)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.org/",
        "ftp://example.org/",
        "//example.org/",
        "http:example.org",
        "http:///path",
        "http://",
        "http://user@example.org/",
        "http://user:word@example.org/",
        "http://example.org\\@10.0.0.1/",
        "http://example.org@10.0.0.1/",
        "http://exa mple.org/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: 10.0.0.1",
        "http://example.org\t/",
        "http://example.org:0/",
        "http://example.org:65536/",
        "http://example.org:-1/",
        "http://example.org:８０/",
        "http://127.0.0.%31/",
        "http://①②⑦.0.0.1/",
        "http://ⓔxample.org/",
        "http://a..b/",
        "http://.a/",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 127}example/",
        "http://[::1%25lo]/",
        "http://[::1/",
        "http://[12345::]/",
        "http://[1.2.3.4]/",
    ],
    ids=ascii,
)
def test_only_plain_web_addresses_are_taken_apart(url):
    with pytest.raises(FetchError) as caught:
        locate(url)
    assert caught.value.reason == "ssrf_blocked"


@pytest.mark.parametrize(
    ("url", "target", "spelt"),
    [
        ("http://e.org", Target("http", "e.org", 80, "/"), "http://e.org/"),
        ("HTTPS://E.org/A?b#c", Target("https", "e.org", 443, "/A?b"), "https://e.org/A?b"),
        ("http://e.org?q", Target("http", "e.org", 80, "/?q"), "http://e.org/?q"),
        ("http://e.org:443/", Target("http", "e.org", 443, "/"), "http://e.org:443/"),
        ("https://[2606:4700::1]:8443/", Target("https", "2606:4700::1", 8443, "/"), None),
        ("http://my_host-1.example./", Target("http", "my_host-1.example.", 80, "/"), None),
    ],
    ids=["bare", "case", "query", "port", "six", "dot"],
)
def test_an_address_is_taken_apart_and_spelt_again(url, target, spelt):
    assert locate(url) == target
    assert target.url == (spelt or url)
    assert locate(target.url) == target


def test_what_is_shown_of_an_address_has_no_query():
    assert locate("https://e.org/a?token=secret").shown == "https://e.org/a"


def test_a_resolver_that_gives_no_address_is_a_fault():
    with pytest.raises(FetchError) as caught:
        NetworkGuard(ELSEWHERE).allow(ELSEWHERE, resolving("not a number"))
    assert caught.value.reason == "dns"


def test_the_system_resolves_a_number_to_itself():
    assert resolve("127.1", 80) == ("127.0.0.1",)
    assert ipaddress.ip_address(*resolve("::1", 80)) == IPv6Address(1)


def test_sockets_connect_to_admitted_addresses_only():
    """An audit hook sees every connection of a process that follows all known ways around the guard."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.kit.audit.network"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    seen = json.loads(run.stdout)
    assert seen["asked"] > 60
    assert seen["reasons"] == {"ssrf_blocked": seen["asked"]}
    assert ["127.0.0.9", 9] in seen["connected"], "the hook does not see connections"
    assert ["93.184.216.34", 80] in seen["connected"], "the guard lets nothing through"
    origin = ["127.0.0.1", seen["port"]]
    allowed = (["127.0.0.9", 9], ["93.184.216.34", 80], ["93.184.216.34", 443], origin)
    assert [address for address in seen["connected"] if address not in allowed] == []
    assert seen["rebinding"] == {"connected": [["93.184.216.34", 80]], "resolved": 1, "reason": "refused"}
