"""Liveness of the refresher, through eight bytes of memory that the processes share.

To beat is to write to memory, to listen is to read it: no file, no query, nothing that can fail. The clock is
monotonic, which on one machine is the same for every process. It beats in the main thread, which does nothing
but wait: if it is silent, the process hangs where no thread gets a turn, as in a regular expression.
"""

from __future__ import annotations

import mmap
import struct
import time

LIMIT = 60.0

_SHAPE = "d"


class Heartbeat:
    """A shared heartbeat, created before the fork. One that never beat has not expired."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, struct.calcsize(_SHAPE))

    def beat(self) -> None:
        struct.pack_into(_SHAPE, self._memory, 0, time.monotonic())

    def suspend(self) -> None:
        """Do not expire until the next beat: starting may take long, with much to republish."""
        struct.pack_into(_SHAPE, self._memory, 0, 0.0)

    @property
    def expired(self) -> bool:
        """Whether the last beat is more than `LIMIT` seconds ago."""
        (last,) = struct.unpack_from(_SHAPE, self._memory)
        return bool(last) and time.monotonic() - last > LIMIT
