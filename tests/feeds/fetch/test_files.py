"""Files: which a pattern matches, their validators, and when they are read."""

from __future__ import annotations

import datetime as dt
import glob
import os
from pathlib import Path

import pytest

from feeds.errors import FetchError
from feeds.fetch import files
from feeds.model import Validators

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TREE = (
    "a.txt",
    "b.TXT",
    "a b.txt",
    "[x].txt",
    ".hidden.txt",
    "a/1.txt",
    "a/2.html",
    "a/a/3.txt",
    "a/.svn/4.txt",
    ".git/5.txt",
    "b/a/6.txt",
    "b/a/a/7.txt",
    "c.txt/8.txt",
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in TREE:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "link.txt").symlink_to("a/1.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere")
    (tmp_path / "linked").symlink_to("a")
    return tmp_path


def names(pattern: Path | str) -> list[str]:
    return sorted(name for name, _ in files.find(str(pattern))[1])


def settled(path: Path) -> Path:
    """Return the file, last changed an hour before NOW."""
    at = NOW.timestamp() - 3600
    os.utime(path, (at, at))
    return path


@pytest.mark.parametrize(
    "pattern",
    [
        "*.txt",
        "*",
        "?.txt",
        "[ab].[tT]*",
        "[[]x].txt",
        ".*.txt",
        "*/*.txt",
        "a/*",
        "*/a/*.txt",
        "**",
        "**/*.txt",
        "a/**",
        "*/**/*.txt",
        "**/a/**/*.txt",
        "**/**/*.txt",
        "*/1.txt",
        ".*/*.txt",
    ],
)
def test_a_pattern_matches_what_glob_does(tree: Path, pattern: str) -> None:
    meant = glob.glob(str(tree / pattern), recursive=True)
    expected = sorted({path for path in meant if not os.path.isdir(path)})
    folder, found = files.find(str(tree / pattern))
    assert sorted({os.path.join(folder, name) for name, _ in found}) == expected


def test_a_name_is_relative_to_the_folder_above_the_pattern(tree: Path) -> None:
    assert names(tree / "b" / "a" / "**" / "*.txt") == ["6.txt", "a/7.txt"]
    assert names(tree / "*" / "a" / "*.txt") == ["a/a/3.txt", "b/a/6.txt", "linked/a/3.txt"]
    assert names(tree / "a" / "1.txt") == ["1.txt"]


def test_a_folder_means_the_files_in_it_even_if_its_name_looks_like_a_pattern(tree: Path) -> None:
    assert names(tree / "a") == ["1.txt", "2.html"]
    folder = tree / "[a]"
    folder.mkdir()
    (folder / "9.txt").write_text("9")
    assert names(folder) == ["9.txt"]


@pytest.mark.parametrize("pattern", ["*.xml", "nowhere/*.txt", "a.txt/*"])
def test_a_pattern_without_matches_is_missing(tree: Path, pattern: str) -> None:
    with pytest.raises(FetchError) as caught:
        list(files.find(str(tree / pattern))[1])
    assert caught.value.reason == "missing"


def test_the_folder_and_the_file_itself_give_the_same_validator(tree: Path) -> None:
    path = settled(tree / "a.txt")
    document = files.read("a.txt", str(path), Validators(), now=NOW, max_bytes=100)
    assert document is not None
    assert ("a.txt", document.validators.etag) in files.find(str(tree / "*.txt"))[1]
    assert files.read("a.txt", str(path), document.validators, now=NOW, max_bytes=100) is None
    path.write_text("another")
    assert ("a.txt", document.validators.etag) not in files.find(str(tree / "*.txt"))[1]


@pytest.mark.parametrize(
    ("age", "size", "reason"),
    [(0.0, 5, "unstable"), (0.9, 5, "unstable"), (60.0, 4, "too_large")],
    ids=["written just now", "written within the second", "too large"],
)
def test_a_file_that_cannot_be_taken_says_why(tmp_path: Path, age: float, size: int, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345")
    at = NOW.timestamp() - age
    os.utime(path, (at, at))
    with pytest.raises(FetchError) as caught:
        files.read("a.txt", str(path), Validators(), now=NOW, max_bytes=size)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.txt", "text/plain"),
        ("a.HTML", "text/html"),
        ("a.htm", "text/html"),
        ("a.md", "text/markdown"),
        ("a", "text/plain"),
    ],
)
def test_the_extension_of_a_name_gives_its_media_type(name: str, expected: str) -> None:
    assert files.media_type(name) == expected


def test_a_link_that_leads_back_up_is_followed_once(tree: Path) -> None:
    (tree / "a" / "round").symlink_to(tree)
    (tree / "b" / "again").symlink_to("..")
    found = names(tree / "**" / "*.txt")
    assert "a/a/3.txt" in found
    assert [name for name in found if "round/" in name or "again/" in name] == []


def test_a_link_to_a_folder_above_gives_the_other_files_there(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("in/1.txt", "2.txt"):
        (tmp_path / name).touch()
    (tmp_path / "in" / "up").symlink_to("..")
    assert names(tmp_path / "in" / "**" / "*.txt") == ["1.txt", "up/2.txt"]


def test_links_that_leave_the_folder_can_be_left_out(tmp_path: Path) -> None:
    for name in ("in/1.txt", "in/below/2.txt", "out/3.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "in" / "inside.txt").symlink_to("below/2.txt")
    (tmp_path / "in" / "outside.txt").symlink_to("../out/3.txt")
    (tmp_path / "in" / "elsewhere").symlink_to("../out")
    (tmp_path / "in" / "beside.txt").symlink_to(tmp_path / "in2.txt")
    (tmp_path / "in2.txt").touch()
    pattern = str(tmp_path / "in" / "**" / "*.txt")
    inside = ["1.txt", "below/2.txt", "inside.txt"]
    assert sorted(name for name, _ in files.find(pattern, follow_links=False)[1]) == inside
    assert names(pattern) == sorted([*inside, "outside.txt", "beside.txt", "elsewhere/3.txt"])


def test_the_configured_folder_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "1.txt").touch()
    (tmp_path / "link").symlink_to("real")
    assert [name for name, _ in files.find(str(tmp_path / "link"), follow_links=False)[1]] == ["1.txt"]


@pytest.mark.parametrize(
    ("name", "shown", "problem"),
    [
        (b"M\xe4rz.txt", r"M\xe4rz.txt", "its name is not UTF-8; rename the file"),
        (b"two\nlines.txt", r"two\nlines.txt", "its name has a control character; rename the file"),
        (b"\x1b[2J.txt", r"\x1b[2J.txt", "its name has a control character; rename the file"),
        ("a\u2028b.txt".encode(), r"a\u2028b.txt", "its name has a control character; rename the file"),
        ("März – 1\u3000月.txt".encode(), "März – 1\u3000月.txt", None),
    ],
    ids=["latin-1", "newline", "escape", "separator", "good"],
)
def test_a_name_is_utf_8_without_control_characters(name: bytes, shown: str, problem: str | None) -> None:
    assert files.name_problem(os.fsdecode(name)) == problem
    assert files.printable(os.fsdecode(name)) == shown
