"""robots.txt: the examples of RFC 9309, and files that do not follow it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.fetch.robots import ALLOW_ALL, MAX_BYTES, RobotsCache, parse

AGENT = "Tidings/1.0 (+https://feeds.example)"


def allowed(text: str | bytes, path: str) -> bool:
    return parse(text if isinstance(text, bytes) else text.encode(), AGENT).allows(path)


@pytest.mark.parametrize(
    ("pattern", "path", "refused"),
    [
        ("/", "/", True),
        ("/news", "/news", True),
        ("/news", "/newsroom?page=2", True),
        ("/news", "/new", False),
        ("/news", "/a/news", False),
        ("/News", "/news", False),
        ("/*.php", "/index.php", True),
        ("/*.php", "/a/b.php?c", True),
        ("/*.php", "/index.html", False),
        ("/*.php$", "/index.php", True),
        ("/*.php$", "/index.php?c", False),
        ("/*.php$", "/a.php/b.php", True),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("/a*b*c", "/a1b2c3", True),
        ("/a*b*c", "/a1c2b3", False),
        ("/ab*bc$", "/abc", False),
        ("/ab*bc$", "/abbc", True),
        ("*/private", "/a/private", True),
        ("/a%3cd", "/a%3Cd", True),
        ("/a%2fb", "/a/b", False),
        ("/%7ejoe/", "/~joe/index.html", True),
        ("/ツ", "/%E3%83%84", True),
        ("", "/", False),
    ],
)
def test_a_pattern_refuses_what_it_matches(pattern, path, refused):
    assert allowed(f"User-agent: *\nDisallow: {pattern}", path) is not refused


@pytest.mark.parametrize(
    ("rules", "path", "expected"),
    [
        ("Disallow: /\nAllow: /news", "/news/1", True),
        ("Allow: /news\nDisallow: /news/private", "/news/private", False),
        ("Disallow: /page\nAllow: /page", "/page", True),
        ("Allow: /\nDisallow: /*.pdf", "/a.pdf", False),
        ("Disallow: /", "/robots.txt", True),
    ],
    ids=["longer-allows", "longer-refuses", "draw", "wildcard", "robots.txt"],
)
def test_the_longest_match_decides(rules, path, expected):
    assert allowed(f"User-agent: *\n{rules}", path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: other\nUser-agent: TIDINGS\nDisallow: /", False),
        ("User-agent: tidings/2.0\nDisallow: /", False),
        ("User-agent: tid\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: tidings\nAllow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: tidings\nDisallow:", True),
        (
            "User-agent: tidings\nAllow: /a\n\nUser-agent: b\nAllow: /\n\nUser-agent: tidings\nDisallow: /",
            False,
        ),
        ("User-agent: other\nSitemap: /s\nUser-agent: *\nDisallow: /", False),
        ("Disallow: /", True),
        ("User-agent: *\nCrawl-delay: 5\nDisallow: / # all", False),
        ("\ufeffuser-AGENT : *\rdisallow:/", False),
        ("User-agent: *\n  Disallow: /\r\n", False),
        ("<html><p>User-agent: everyone</p></html>", True),
        ("", True),
    ],
)
def test_the_group_of_the_robot_counts_or_else_that_of_all(text, expected):
    assert allowed(text, "/page") is expected


def test_a_file_of_bytes_that_are_no_text_allows_everything():
    assert parse(bytes(range(256)), AGENT) == ALLOW_ALL


def test_what_follows_the_first_half_mebibyte_is_not_read():
    start = b"User-agent: *\nDisallow: /a\n"
    late = start + b"#" * MAX_BYTES + b"\nDisallow: /b\n"
    assert (allowed(late, "/a"), allowed(late, "/b")) == (False, True)


@given(st.text("ab*$/%", max_size=12), st.text("ab/%", max_size=12))
def test_a_star_at_the_end_changes_nothing(pattern, path):
    if not pattern.endswith("$"):
        once = allowed(f"User-agent: *\nDisallow: /{pattern}", "/" + path)
        assert allowed(f"User-agent: *\nDisallow: /{pattern}*", "/" + path) is once


def test_rules_are_cached_for_a_day_and_an_origin():
    clock = [0.0]
    cache = RobotsCache(monotonic=lambda: clock[0])
    rules = parse(b"User-agent: *\nDisallow: /", AGENT)
    cache.put("https://a.example", rules)
    assert cache.get("https://a.example") is rules
    assert cache.get("http://a.example") is None
    clock[0] = 86_400.0
    assert cache.get("https://a.example") is None
