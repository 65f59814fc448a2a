"""Rules of the architecture: which modules may import which, and laws that no single module can show.

See docs/architecture.md, "The laws". test_formats also tests that rendering is deterministic, and test_app that `Host`
has no effect.
"""

from __future__ import annotations

import ast
import graphlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping

import pytest

from feeds.config.types import PARSER_NAMES
from feeds.parsers import PARSERS
from tests.kit.paths import ROOT

# Pure packages: they decide what a reading means, and are tested without a disk, a store or a network.
PURE = {"changes", "dates", "errors", "ledger", "linkage", "model", "plausibility", "unicode"}
OUTSIDE = {
    "alembic", "fcntl", "glob", "http", "io", "logging", "os", "pathlib", "shutil", "socket", "sqlalchemy",
    "sqlite3", "ssl", "subprocess", "tempfile", "threading", "urllib3",
}  # fmt: skip

CLOCKS = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "email.utils.formatdate", "email.utils.localtime", "email.utils.make_msgid", "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
}  # fmt: skip
RANDOMNESS = {"os.urandom", "os.getrandom", "uuid.uuid1", "uuid.uuid4", "random", "secrets"}
# Values that differ between machines would make replicas differ.
ENVIRONMENT = {"locale", "os.environ", "os.getenv", "platform", "socket.gethostname", "builtins.hash"}
FORBIDDEN = CLOCKS | RANDOMNESS | ENVIRONMENT | {"time"}

CACHING_FIELDS = {"Age", "Cache-Control", "ETag", "Expires", "Last-Modified", "Pragma", "Vary"}


def modules(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield every module that a file imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            yield str(node.module)


def named(tree: ast.AST) -> Iterator[str]:
    """Yield the full name of everything that a file refers to, whatever it was imported as."""
    origins = {"hash": "builtins.hash"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            origins |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names if alias.asname}
            origins |= {alias.name.split(".")[0]: alias.name.split(".")[0] for alias in node.names if not alias.asname}
        elif isinstance(node, ast.ImportFrom):
            origins |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.Name) and node.id in origins:
            yield ".".join([origins[node.id], *parts])


def impurities(tree: ast.AST) -> set[str]:
    """Return the clocks, randomness and environment that a file uses; bare `astimezone()` uses the local zone."""
    found = {
        name
        for name in (*named(tree), *imports(tree))
        if any(name == forbidden or name.startswith(forbidden + ".") for forbidden in FORBIDDEN)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            found |= {"astimezone()"} if node.func.attr == "astimezone" and not node.keywords else set()
    return found


def test_the_configuration_knows_the_names_of_the_parsers() -> None:
    """It has a list of its own, because `feeds.config` may not import the parsers."""
    assert tuple(PARSERS) == PARSER_NAMES


def test_the_domain_works_without_a_server() -> None:
    barred = {
        "apscheduler",
        "click",
        "flask",
        "granian",
        "jinja2",
        "prometheus_client",
        "service",
        "werkzeug",
    }
    offences = [
        (path, name) for path, tree in modules("feeds") for name in imports(tree) if name.split(".")[0] in barred
    ]
    assert offences == []


def test_no_two_modules_import_each_other() -> None:
    """Imports under TYPE_CHECKING count: a reader of the code has to follow that circle too."""
    names = {_dotted(path): tree for folder in ("feeds", "service") for path, tree in modules(folder)}
    graph = {name: {found for found in _imported(tree, names) if found != name} for name, tree in names.items()}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def _dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    """Yield our modules that a file imports, or imports names from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield from (name for name in (full if full in known else str(node.module),) if name in known)


def test_no_two_public_types_have_the_same_name() -> None:
    defined: dict[str, set[str]] = {}
    for folder in ("feeds", "service"):
        for path, tree in modules(folder):
            for name in _types(tree):
                defined.setdefault(name, set()).add(path)
    assert {name: sorted(paths) for name, paths in defined.items() if len(paths) > 1} == {}


def _types(tree: ast.Module) -> Iterator[str]:
    """Yield the public classes and type aliases of a module: CamelCase names, without constants."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        else:
            continue
        yield from (name for name in names if re.fullmatch(r"[A-Z]\w*[a-z]\w*", name))


def test_pure_packages_import_no_input_or_output() -> None:
    trees = dict(modules("feeds"))
    offences = [
        (path, module)
        for path, tree in trees.items()
        for module in imports(tree)
        if path.removesuffix(".py").split("/")[1] in PURE
        and (module.split(".")[0] in OUTSIDE or module.startswith(("feeds.store", "feeds.fetch")))
    ]
    assert offences == []


def test_the_domain_reads_no_clock_and_uses_no_randomness() -> None:
    assert {path: found for path, tree in modules("feeds") if (found := impurities(tree))} == {}


@pytest.mark.parametrize(
    "code",
    [
        "import datetime as dt\nnow = dt.datetime.now(dt.UTC)",
        "from datetime import datetime\nnow = datetime.utcnow()",
        "from datetime import date as day\nnow = day.today",
        "import datetime\nread = datetime.datetime.now",
        "import time\ntime.monotonic()",
        "from time import time",
        "def late():\n    from random import choice",
        "import uuid\nid = uuid.uuid4()",
        "from uuid import uuid1\nid = uuid1()",
        "import os\nsalt = os.urandom(8)",
        "import secrets",
        "import os\nzone = os.environ['TZ']",
        "import sqlalchemy as sa\nnow = sa.func.now()",
        "seed = hash('text')",
        "local = moment.astimezone()",
    ],
)
def test_clocks_and_randomness_are_found(code: str) -> None:
    assert impurities(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "import datetime as dt\nnoon = dt.datetime.combine(day, dt.time(12), dt.UTC)",
        "import uuid\nid = uuid.uuid5(space, name)",
        "import os\nstat = os.stat(path)",
        "local = moment.astimezone(zone)",
        "def read(*, monotonic, now):\n    return monotonic() - now",
        "from email.utils import format_datetime",
    ],
)
def test_arithmetic_with_time_is_not_a_clock(code: str) -> None:
    assert not impurities(ast.parse(code))


def test_caching_header_fields_are_set_in_one_module() -> None:
    offences = [
        (path, node.value)
        for path, tree in modules("service")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in CACHING_FIELDS
    ]
    assert {path for path, _ in offences} == {"service/web/conditional.py"}


def run(module: str, **variables: str) -> str:
    """Run a program of the tests with only PATH and PYTHONPATH inherited, and return its output."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", module],
        cwd=ROOT,
        env=kept | variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


ENVIRONMENTS: tuple[Mapping[str, str], ...] = (
    {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "TRAVEL_TO": "2026-11-06T12:00:00Z"},
    {"PYTHONHASHSEED": "2", "TZ": "Asia/Kathmandu", "LC_ALL": "C", "TRAVEL_TO": "2031-02-28T23:59:59Z"},
    {
        "PYTHONHASHSEED": "3",
        "TZ": "America/St_Johns",
        "LANG": "de_DE.UTF-8",
        "TRAVEL_TO": "1999-12-31T23:59:59Z",
    },
)


def test_the_same_documents_give_the_same_site_in_any_environment_at_any_time() -> None:
    sites = [json.loads(run("tests.kit.whole_site", **variables)) for variables in ENVIRONMENTS]
    assert len(sites[0]) > 10
    assert sites[1:] == sites[:1] * 2


def test_requests_are_answered_without_a_write_a_parse_or_a_rendered_feed() -> None:
    result = json.loads(run("tests.kit.audit.serving"))
    publishing, serving = result["publishing"], result["serving"]
    assert all(publishing.values()), "the watch has to see what publishing does"
    assert result["answers"] > 300
    assert result["statuses"] == ["200 OK", "301 Moved Permanently", "304 Not Modified", "404 Not Found"]
    assert serving["databases"]
    assert [place for place in serving["databases"] if not place.endswith("?mode=ro")] == []
    assert (serving["touched"], serving["called"], result["store_changed"]) == ([], [], False)
