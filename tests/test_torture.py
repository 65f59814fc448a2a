"""The short form of every figure of `make torture`, and tests that each would notice a violation."""

from __future__ import annotations

import dataclasses
import os
import random

import pytest

from feeds.model import Scope
from tests.kit import hostile as hostile_text
from tests.kit import stories
from tests.kit.power import Disk, Step
from tests.kit.site import Site, configure
from tests.torture import FIGURES, hostile, kills, power, reaching
from tests.torture.apart import count
from tests.torture.figure import Figure, Findings

COUNTED = {
    "kills": ("announced", "entries"),
    "power": ("refreshes", "steps", "cuts", "torn"),
    "prefixes": ("prefixes", "refused", "written"),
    "hostile": ("outputs", "pages", "titles"),
    "outage": ("readings", "restarts", "requests"),
    "clients": ("requests",),
    "reaching": ("spelt", "redirected", "rebound"),
    "clocks": ("zones", "changes of local time", "steps"),
    "disk": ("met a full disk", "requests"),
    "bombs": ("bombs",),
    "soak": ("refreshes", "changed", "paths"),
}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_the_promise_holds_in_its_short_form(figure: Figure) -> None:
    findings = count(figure, figure.quick) if figure.apart else figure.run(figure.quick, lambda: None)
    assert findings.broken == []
    assert all(findings.counts[name] for name in COUNTED[figure.name])


def test_a_figure_whose_process_dies_is_broken() -> None:
    assert count(Figure("death", "", _die, 1, 1), 1).broken == ["its process ended before the count did"]


def _die(size: int, step: object) -> Findings:
    os._exit(1)


@pytest.mark.parametrize(
    "html",
    [
        "<p>a</p><script>alert(1)</script>",
        '<p onclick="alert(1)">a</p>',
        '<a href=" java\tscript:alert(1)">a</a>',
        "<p>a</p><img src=x>",
        "<svg/onload=alert(1)>",
    ],
    ids=["script", "handler", "address", "image", "drawing"],
)
def test_what_would_run_is_seen(html: str) -> None:
    assert list(hostile.escapes(html, inert={"p", "html", "head", "body"}))


def test_paragraphs_are_no_escape() -> None:
    assert not list(hostile.escapes("<p>1 &lt; 2</p><p>b</p>", inert={"p", "html", "head", "body"}))


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\0b\x1bc", "abc"),
        (" a\r\n\u2028 b\t", "a b"),
        ("it\x92s", "it’s"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\ud800x\ufffe", "x"),
        ("<b> & </b>", "<b> & </b>"),
    ],
    ids=ascii,
)
def test_what_remains_of_a_title_is_what_is_documented(raw: str, cleaned: str) -> None:
    assert hostile_text.cleaned(raw) == cleaned


def test_a_cut_loses_what_was_not_synced_and_nothing_else() -> None:
    disk = Disk({"a": b"old"})
    for step in (Step("a", 0, b"new"), Step("a", -1), Step("a", 3, b"er"), Step("b", 1, b"x")):
        disk.do(step)
    assert disk.whole() == {"a": b"newer", "b": b"\0x"}
    left = {tuple(sorted(disk.cut(random.Random(seed)).items())) for seed in range(50)}
    assert (("a", b"newer"), ("b", b"\0x")) in left
    assert (("a", b"new"), ("b", b"")) in left
    disk.do(Step("a", 2))
    disk.do(Step("a", -1))
    assert disk.durable["a"] == b"ne"


def test_a_publication_that_a_cut_has_lost_is_seen(tmp_path) -> None:
    (tmp_path / "site").mkdir()
    states = []
    with Site(configure(tmp_path / "site")) as site:
        for newest in (5, 6, 7):
            site.says["news"] = stories.listing(newest)
            site.tick()
            site.store.checkpoint()
            states.append(power.state(site.store))
            if newest == 5:
                left = {"tidings.db": (tmp_path / "site" / "tidings.db").read_bytes()}
    announced = list(zip((-1, 5, 9), states, strict=True))
    for place, broken in ((0, 0), (4, 0), (5, 1), (12, 1)):
        findings = Findings()
        power.judge(tmp_path / str(place), left, announced, place, findings)
        assert len(findings.broken) == broken


def test_formats_that_tell_of_different_entries_are_seen(tmp_path) -> None:
    with Site(configure(tmp_path)) as site:
        site.says["news"] = stories.listing(5)
        site.tick()
        with site.store.read() as view:
            documents = {each.path: each for _, each in view.representations()}
            ids = [entry.id for entry in view.entries(Scope(), limit=10)]
        assert kills.mixed(documents, ["all"], ids) == []
        older = dataclasses.replace(documents["feeds/all.rss"], body=b"<rss><channel/></rss>")
        assert len(kills.mixed(documents | {"feeds/all.rss": older}, ["all"], ids)) == 2
        assert kills.mixed(documents, ["all"], ids[1:]) != []


def test_a_connection_inside_is_seen() -> None:
    findings = Findings({"connections inside": 0})
    reaching._judge([("10.0.0.1", 80)], {("93.184.216.34", 80)}, "spelt", findings)
    assert findings.counts["connections inside"] == 1
    assert len(findings.broken) == 1
