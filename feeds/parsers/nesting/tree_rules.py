"""The rules of tree construction that open and close elements (HTML §13.2.6), without a tree.

Where the rules are complicated, an element is kept open rather than closed: the count may be too high, not too low.
"""

from __future__ import annotations

import re

from feeds.parsers.nesting.element_stack import ElementStack, Formatting
from feeds.parsers.nesting.tags import (
    BREAK_OUT,
    CELLS,
    CLOSE_P,
    ENDED_IN_SCOPE,
    FORMATTING,
    HEADINGS,
    IGNORED,
    IMPLIED_ENDS,
    NO_REOPENING,
    OBJECTS,
    RAW,
    SECTIONS,
    TABLE_PARTS,
    VOID,
)

_FONT_ATTRIBUTE = re.compile(r"(?:^|[\s/\"'])(?:color|face|size)\b", re.IGNORECASE)
_IDENTICAL = 3
_RECENT = 24


class OpenElements(ElementStack):
    """The elements that a parser has open after the tags and texts that it was given."""

    __slots__ = ()

    def text(self, blank: bool) -> None:
        """Take text: it opens formatting elements again."""
        if self.active and not (self.is_foreign or (blank and self.tags[-1] in TABLE_PARTS | {"table"})):
            self.reopen()

    def start(self, tag: str, attributes: str, closed: bool) -> bool:
        """Take a start tag; return whether what follows is HTML content, so that its text may be raw."""
        if self.is_foreign and not self.integrations[-1]:
            if not (tag in BREAK_OUT or (tag == "font" and _FONT_ATTRIBUTE.search(attributes))):
                if not closed:
                    self.push_foreign(tag, self.namespaces[-1], attributes)
                return False
            while self.is_foreign and not self.integrations[-1]:
                self.pop_to(len(self.tags) - 1)
        if self.namespaces[-1] == "math" and tag in {"mglyph", "malignmark"}:
            self.push_foreign(tag, "math", attributes)
        elif tag in TABLE_PARTS:
            self._start_table_part(tag)
        elif tag in FORMATTING:
            self._start_formatting(tag, attributes)
        elif tag not in IGNORED:
            self._start_ordinary(tag, attributes, closed)
        return True

    def end(self, tag: str) -> None:
        """Take an end tag."""
        if self.is_foreign:
            if tag in {"p", "br"}:
                while self.is_foreign and not self.integrations[-1]:
                    self.pop_to(len(self.tags) - 1)
            elif (index := self.last(f"foreign {tag}")) > self.last("html element"):
                return self.pop_to(index)
        if tag in VOID or tag in IGNORED:
            return None
        if tag in TABLE_PARTS or tag == "table":
            return self._end_table_part(tag)
        if tag == "template":
            return self._end_marked(self.last(tag))
        if tag in FORMATTING:
            return self._end_formatting(tag)
        return self._end_ordinary(tag)

    def _start_ordinary(self, tag: str, attributes: str, closed: bool) -> None:
        if tag == "li":
            self._close_list_item(("li",))
        elif tag in {"dd", "dt"}:
            self._close_list_item(("dd", "dt"))
        elif tag == "button" and self.last("button") > self.last("scope"):
            self.pop_to(self.last("button"))
        elif tag in {"option", "optgroup"} and self.tags[-1] == "option":
            self.pop_to(len(self.tags) - 1)
        elif tag in {"rb", "rp", "rt", "rtc"} and self.last("ruby") > self.last("scope"):
            self._close_implied()
        elif tag == "table" and self.last("table") > max(self.last("template"), *map(self.last, CELLS)):
            self.pop_to(self.last("table"))
        elif tag in {"select", "input"} and self.last("select") >= max(self.last("scope"), 0):
            self.pop_to(self.last("select"))
            if tag == "select":
                return
        if tag in CLOSE_P:
            self._close_p()
        if tag in HEADINGS and self.tags[-1] in HEADINGS:
            self.pop_to(len(self.tags) - 1)
        if tag not in NO_REOPENING and tag not in RAW:
            self.reopen()
        if tag in {"svg", "math"}:
            if not closed:
                self.push_foreign(tag, tag, attributes)
        elif tag not in VOID and tag not in RAW:
            self.push(tag)
            if tag in OBJECTS or tag == "template":
                self.mark()

    def _start_table_part(self, tag: str) -> None:
        table = max(self.last("table"), self.last("template"))
        if table < 0:
            return
        if self.tags[table] == "template":
            if self.tags[-1] in TABLE_PARTS | {"template"}:
                self.push(tag)
            return
        if any(self.last(cell) > table for cell in CELLS):
            self.clear_to_marker()
        path = [self.tags[index] for index in range(table + 1, min(table + 3, len(self.tags)))]
        keep = 0
        if tag in {"tr", "td", "th"}:
            keep = int(path[:1] != [] and path[0] in SECTIONS)
            keep += int(tag != "tr" and keep == 1 and path[1:] == ["tr"])
        self.pop_to(table + 1 + keep)
        missing = ["tbody", "tr"] if tag in {"td", "th"} else ["tbody"] if tag == "tr" else []
        for each in (*missing[keep:], tag):
            self.push(each)
        if tag in CELLS:
            self.mark()

    def _end_table_part(self, tag: str) -> None:
        index = self.last(tag)
        table = self.last("template") if tag == "table" else max(self.last("table"), self.last("template"))
        if index <= table:
            return
        if any(self.last(cell) >= index for cell in CELLS):
            self.clear_to_marker()
        self.pop_to(index)

    def _start_formatting(self, tag: str, attributes: str) -> None:
        if tag == "a" and (entry := self.find_active("a")) is not None:
            self._end_formatting("a")
            self.forget(entry)
        if tag == "nobr":
            self.reopen()
            if self.last("nobr") > self.last("scope"):
                self._end_formatting("nobr")
        self.reopen()
        entry = Formatting(tag, attributes, self.markers, 0)
        same = [
            each
            for each in self.active[-_RECENT:]
            if each and each.tag == tag and each.scope == self.markers and each.attributes == attributes
        ]
        if len(same) >= _IDENTICAL:
            self.forget(same[0])
        self.active.append(entry)
        self.push(tag, entry)

    def _end_formatting(self, tag: str) -> None:
        """Run the adoption agency algorithm (HTML §13.2.6.4.7), as far as it changes what is open."""
        entry = self.find_active(tag)
        if entry is None:
            return self._end_ordinary(tag)
        if not entry.index:
            return self.forget(entry)
        if entry.index <= self.last("scope"):
            return None
        special = self.indexes.get("special", [])
        if not special or special[-1] < entry.index:
            index = entry.index
            self.forget(entry)
            return self.pop_to(index)
        # A block within the element stays open without it. With several blocks, parsers leave copies of it.
        if len(special) < 2 or special[-2] < entry.index:
            self.remove(entry.index)
            self.forget(entry)
        return None

    def _end_ordinary(self, tag: str) -> None:
        scope = self.last("scope")
        if tag == "p":
            self._close_p()
        elif tag == "li":
            if self.last("li") > max(scope, self.last("ol"), self.last("ul")):
                self.pop_to(self.last("li"))
        elif tag in HEADINGS:
            last = max(map(self.last, HEADINGS))
            if last > scope:
                self.pop_to(last)
        elif tag == "form":
            # The end tag closes the form alone: what is open within it stays open.
            if self.tags[-1] == "form":
                self.pop_to(len(self.tags) - 1)
        elif tag in OBJECTS:
            if self.last(tag) >= scope:
                self._end_marked(self.last(tag))
        elif tag in ENDED_IN_SCOPE:
            index = self.last(tag)
            if index >= scope and index > 0:
                self.pop_to(index)
        elif self.last(tag) >= max(self.last("special"), 0):
            self.pop_to(self.last(tag))

    def _end_marked(self, index: int) -> None:
        if index > 0:
            self.pop_to(index)
            self.clear_to_marker()

    def _close_p(self) -> None:
        index = self.last("p")
        if index > self.last("scope") and index > self.last("button"):
            self.pop_to(index)

    def _close_list_item(self, tags: tuple[str, ...]) -> None:
        index = max(map(self.last, tags))
        others = (self.last(tag) for tag in {"li", "dd", "dt"}.difference(tags))
        if index > max(self.last("ends list search"), *others):
            self.pop_to(index)

    def _close_implied(self) -> None:
        while self.tags[-1] in IMPLIED_ENDS:
            self.pop_to(len(self.tags) - 1)
