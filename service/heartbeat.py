"""Whether the refresher lives, told to the processes beside it through eight bytes that they share.

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
    """Made by the parent before the others are forked from it; one that never beat is not silent."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, struct.calcsize(_SHAPE))

    def beat(self) -> None:
        struct.pack_into(_SHAPE, self._memory, 0, time.monotonic())

    def rest(self) -> None:
        """Say that it takes a while to begin, as it does where there is much to publish anew."""
        struct.pack_into(_SHAPE, self._memory, 0, 0.0)

    @property
    def silent(self) -> bool:
        """Whether it should have beaten long ago."""
        (last,) = struct.unpack_from(_SHAPE, self._memory)
        return bool(last) and time.monotonic() - last > LIMIT
