"""What a process opens and connects to, told by the interpreter itself; an audit hook is for ever."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

Place = tuple[str, int]


@dataclass
class Watch:
    """Notes files opened and sockets connected from `begin` on; what may not be connected is refused."""

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
