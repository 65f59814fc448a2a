"""Watch what a process opens and connects to, by an audit hook, which cannot be removed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, int]


@dataclass
class Watch:
    """Records opened files and connected sockets from `begin` on; refuses connections that are not allowed."""

    may_connect: Callable[[Place], bool] = lambda place: True
    opened: list[str] = field(default_factory=list)
    connected: list[Place] = field(default_factory=list)

    def begin(self) -> None:
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: Sequence[Any]) -> None:
        if event == "open":
            self.opened.append(str(arguments[0]))
        elif event == "socket.connect":
            place = arguments[1][:2]
            self.connected.append(place)
            if not self.may_connect(place):
                raise ConnectionRefusedError("refused by the audit")
