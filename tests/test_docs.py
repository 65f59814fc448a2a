"""The documentation names every key, command, address, metric and package of the program, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import click
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.exceptions import NotFound

from feeds.config import Config, Source, load
from feeds.config.source import Group, SourceSettings
from feeds.parsers import PARSERS
from feeds.store import Store
from service.cli.main import tidings
from service.monitoring.metrics import exposition
from service.monitoring.status import read_status
from service.web.app import create_app
from tests.kit.paths import ROOT
from tests.kit.published_site import config, fill

README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])

ROW = re.compile(r"^\| `(?P<key>[a-z_]+)` \| (?P<default>.*?) \| (?P<meaning>.+) \|$", re.M)
LINK = re.compile(r"\[[^\]]*\]\((?!https?://)([^)#\s]*)(?:#([^)\s]+))?\)")
FILE = re.compile(r"`((?:feeds|service|tests|docs|sources)/[\w./-]*[\w/]|[\w.-]+\.(?:toml|yaml))`")


def section(heading: str, text: str = README) -> str:
    """Return the text below a heading, up to the next heading of its level or above."""
    match = re.search(rf"^(#+) {re.escape(heading)}\n(.*?)(?=^#{{1,2}} |^\1 |\Z)", text, re.M | re.S)
    assert match, f"there is no section {heading!r}"
    return match[2]


def below(field: FieldInfo) -> type[BaseModel] | None:
    """Return the class of the table that a key holds, or None."""
    kinds = (field.annotation, *get_args(field.annotation))
    return next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)


def tables(table: type[BaseModel], name: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    yield name, table
    for key, field in table.model_fields.items():
        if inner := below(field):
            yield from tables(inner, key)


TABLES = dict(tables(Config))
HEADINGS = {
    "": "For the whole site",
    "sources": "`[[sources]]`",
    "categories": "`[[categories]]`",
    "selections": "`[[selections]]`",
    "server": "`[server]`",
    "limits": "`[limits]`",
    "gate": "`[gate]`",
    "groups": "`[[groups]]`",
    "select": "`[sources.select]`",
}


def written(value: object) -> str:
    """Return a default as TOML writes it."""
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f'`"{seconds // 60}m"`' if seconds % 60 == 0 else f'`"{seconds}s"`'
    if value is None:
        return "none"
    return f"`{str(value).lower()}`" if isinstance(value, bool | int | float) else f'`"{value}"`' if value else "`[]`"


def default(table: type[BaseModel], key: str) -> str:
    if table is Source and key in Config.INHERITED:
        return "the site's"
    field = table.model_fields[key]
    return "required" if field.is_required() else written(field.default)


def test_every_table_has_its_section() -> None:
    assert TABLES.keys() == HEADINGS.keys()


@pytest.mark.parametrize("name", HEADINGS, ids=lambda name: name or "top")
def test_every_key_is_in_the_readme_with_its_default(name: str) -> None:
    table = TABLES[name]
    # The keys that a group shares with a source are in the table of sources.
    said = SourceSettings.model_fields if table is Group else {}
    keys = [key for key, field in table.model_fields.items() if below(field) is None and key not in said]
    rows = {row["key"]: row["default"] for row in ROW.finditer(section(HEADINGS[name]))}
    assert rows == {key: default(table, key) for key in keys}


def options(command: click.Command) -> set[str]:
    parameters = [each for each in command.params if isinstance(each, click.Option)]
    return {option for each in parameters for option in each.opts if option.startswith("--")}


def test_every_command_is_in_the_readme_with_its_options() -> None:
    lines = re.findall(r"^tidings (\w+)(.*)$", section("Commands"), re.M)
    said = {name: set(re.findall(r"--[a-z-]+", rest)) for name, rest in lines}
    everywhere = {"--config"} if "`--config" in section("Commands") else set()
    commands = {name: options(command) for name, command in tidings.commands.items()}
    assert said == {name: found - everywhere for name, found in commands.items()}


def test_the_addresses_in_the_readme_are_those_of_the_application(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    fill(url)
    store = Store(url, read_only=True)
    app = create_app(store, config(url))
    store.close()
    adapter = app.url_map.bind("localhost")
    example = {"<slug>": "all", "<n>": "1", "<id>": "00000000-0000-4000-8000-000000000000", "<name>": "x.css"}
    reached = set()
    for address in re.findall(r"`(/[^`\s]*)`", section("Addresses")):
        for placeholder, value in example.items():
            address = address.replace(placeholder, value)
        try:
            reached.add(adapter.match(address, return_rule=True)[0].rule)
        except NotFound:
            pytest.fail(f"no route matches this address in the README: {address}")
    assert reached == {rule.rule for rule in app.url_map.iter_rules()}


def test_every_parser_is_described() -> None:
    text = (ROOT / "docs/sources.md").read_text(encoding="utf-8")
    assert [name for name in PARSERS if f"`{name}`" not in text] == []


def test_every_metric_is_described(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/tidings.db"
    fill(url)
    store = Store(url, read_only=True)
    with store.read() as view:
        body = exposition(read_status(view, config(url))).decode()
    store.close()
    text = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
    names = {family.name for family in text_string_to_metric_families(body)}
    assert names - set(re.findall(r"`(tidings_\w+)`", text)) == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_shown_configuration_is_valid(document: Path, tmp_path: Path) -> None:
    for block in re.findall(r"^```toml\n(.*?)^```", document.read_text(encoding="utf-8"), re.M | re.S):
        top = "" if "base_url" in block else 'title = "The mill"\nbase_url = "http://mill.example"\n'
        source = "" if "[[sources]]" in block else '[[sources]]\nname = "mill"\npath = "mill.txt"\n'
        file = tmp_path / "config.toml"
        file.write_text(top + block + source, encoding="utf-8")
        load(file)


def anchors(path: Path) -> set[str]:
    """Return the fragments of the headings of a document, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_within_the_project_has_a_target(document: Path) -> None:
    dead = []
    for target, fragment in LINK.findall(document.read_text(encoding="utf-8")):
        path = (document.parent / target).resolve() if target else document
        if not path.exists() or (fragment and fragment not in anchors(path)):
            dead.append((target, fragment))
    assert dead == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_named_file_exists(document: Path) -> None:
    named = set(FILE.findall(document.read_text(encoding="utf-8")))
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_the_architecture_names_every_package_and_every_module_outside_of_one() -> None:
    drawing = section("The packages", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"))
    drawn, above = set(), []
    for line in drawing.split("```")[1].splitlines():
        indent, names = re.match(r"( *)((?:[\w.]+[/ ])*)", line).groups()
        above[len(indent) // 2 :] = [names.split("/")[0]] if "/" in names else []
        if "/" in names:
            drawn.add("/".join(above))
        drawn |= {"/".join([*above, name]) for name in re.findall(r"\w+\.py", line)}
    folders = [ROOT / "feeds", ROOT / "service"]
    packages = {str(path.parent.relative_to(ROOT)) for folder in folders for path in folder.rglob("*.py")}
    modules = {str(path.relative_to(ROOT)) for folder in folders for path in folder.glob("[!_]*.py")}
    assert drawn == (packages - {"feeds/store/migrations/versions"}) | modules


def test_reading_the_code_takes_eight_files() -> None:
    steps = re.findall(r"^\d\. \[`(.+?)`\]\((.+?)\)", section("Reading the code"), re.M)
    assert [(name, target) for name, target in steps if name != target] == []
    assert len(steps) == 8
