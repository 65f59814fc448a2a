"""The stack of open elements and the list of active formatting elements (HTML §13.2.4)."""

from __future__ import annotations

from dataclasses import dataclass, field

from feeds.parsers.nesting.tags import GROUPS, INTEGRATION, INTEGRATION_GROUPS, ORDINARY

_NODE_BYTES = 512


@dataclass(eq=False, slots=True)
class Formatting:
    """An active formatting element. `scope` is the number of the marker that it follows."""

    tag: str
    attributes: str
    scope: int
    index: int


@dataclass(slots=True)
class ElementStack:
    """Open elements with constant time for each push, pop and search by tag or group of tags.

    `copied` is the size of the formatting elements that were opened again. The root is at index 0.
    """

    copied: int = 0
    tags: list[str] = field(default_factory=lambda: [""])
    namespaces: list[str] = field(default_factory=lambda: [""])
    integrations: list[bool] = field(default_factory=lambda: [False])
    _formats: list[Formatting | None] = field(default_factory=lambda: [None])
    _removed: int = 0
    indexes: dict[str, list[int]] = field(default_factory=dict)
    active: list[Formatting | None] = field(default_factory=list)
    markers: int = 0

    @property
    def count(self) -> int:
        return len(self.tags) - 1 - self._removed + len(self.active)

    @property
    def is_foreign(self) -> bool:
        """Whether the current element is one of SVG or MathML."""
        return self.namespaces[-1] != ""

    def last(self, name: str) -> int:
        """Return the index of the last open element of a tag or group, or -1."""
        indexes = self.indexes.get(name)
        return indexes[-1] if indexes else -1

    def push(self, tag: str, entry: Formatting | None = None) -> None:
        index = len(self.tags)
        if entry is not None:
            entry.index = index
        self._add(tag, "", False, entry)
        for group in GROUPS.get(tag, ORDINARY):
            self.indexes.setdefault(group, []).append(index)

    def push_foreign(self, tag: str, namespace: str, attributes: str) -> None:
        integration = tag in INTEGRATION[namespace] or (
            tag == "annotation-xml" and "encoding" in attributes.lower() and "html" in attributes.lower()
        )
        self._add(tag, namespace, integration, None)
        if integration:
            for group in INTEGRATION_GROUPS:
                self.indexes.setdefault(group, []).append(len(self.tags) - 1)

    def _add(self, tag: str, namespace: str, integration: bool, entry: Formatting | None) -> None:
        name = f"foreign {tag}" if namespace else tag
        self.indexes.setdefault(name, []).append(len(self.tags))
        self.tags.append(name)
        self.namespaces.append(namespace)
        self.integrations.append(integration)
        self._formats.append(entry)

    def pop_to(self, index: int) -> None:
        """Close the element at an index and all that are open within it."""
        while len(self.tags) > max(index, 1):
            self._drop(len(self.tags) - 1)
            self._removed -= self.tags.pop() == ""
            self.namespaces.pop()
            self.integrations.pop()
            self._formats.pop()

    def _drop(self, index: int) -> None:
        tag = self.tags[index]
        groups = GROUPS.get(tag, ORDINARY) if not self.namespaces[index] else ()
        if self.integrations[index]:
            groups = INTEGRATION_GROUPS
        for name in (tag, *groups) if tag else ():
            indexes = self.indexes[name]
            if indexes[-1] == index:
                indexes.pop()
            else:
                indexes.remove(index)
        if (entry := self._formats[index]) is not None:
            entry.index = 0

    def remove(self, index: int) -> None:
        """Take one element out of the middle."""
        self._drop(index)
        self.tags[index] = ""
        self._formats[index] = None
        self._removed += 1

    def mark(self) -> None:
        self.markers += 1
        self.active.append(None)

    def clear_to_marker(self) -> None:
        while self.active:
            if self.active.pop() is None:
                self.markers -= 1
                return

    def find_active(self, tag: str) -> Formatting | None:
        for entry in reversed(self.active):
            if entry is None:
                return None
            if entry.tag == tag:
                return entry
        return None

    def forget(self, entry: Formatting) -> None:
        if entry in self.active:
            self.active.remove(entry)

    def reopen(self) -> None:
        """Open the active formatting elements again that were closed with a block."""
        first = len(self.active)
        while first and (entry := self.active[first - 1]) is not None and not entry.index:
            first -= 1
        for entry in self.active[first:]:
            if entry is not None:
                self.copied += _NODE_BYTES + len(entry.attributes)
                self.push(entry.tag, entry)
