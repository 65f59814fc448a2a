"""Parsing in a process that can be ended: what is large is read there, within bounds of time and memory.

No thread can be stopped from outside, least of all one in a parser written in C. The process is started for
the first large document and kept; one that was ended is replaced for the next. What is small is read at once,
since no document of its size can take long.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from feeds.config import Source
from feeds.errors import ParseError
from feeds.model import Document, Listing

Refusal = tuple[str, str]  # reason and message: an exception with a shape of its own is not to be pickled

SMALL = 64 << 10
SECONDS = 10
MEMORY = 1 << 30
_STARTING = 60.0


@dataclass(frozen=True, slots=True)
class ParserLimits:
    """What one document may cost: seconds of any clock, and bytes of address space for the whole process."""

    seconds: int = SECONDS
    memory: int = MEMORY
    small: int = SMALL


class ParsingProcess:
    """Parses as `feeds.parsers.parse` does, one document at a time; not for several threads at once."""

    def __init__(self, bounds: ParserLimits | None = None, *, module: str = __name__) -> None:
        self._bounds = bounds or ParserLimits()
        self._module = module
        self.process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None

    def parse(self, document: Document, source: Source) -> Listing:
        """Parse a document, or raise ParseError: timeout, or crashed where its process ended over it."""
        if len(document.body) <= self._bounds.small:
            from feeds.parsers import parse

            return parse(document, source)
        try:
            line = self._line or self._start()
            line.send((document, source))
            if not line.poll(self._bounds.seconds):
                raise TimeoutError
            said: Listing | Refusal = line.recv()
        except TimeoutError:
            self.close()
            raise self._late(document) from None
        except (OSError, EOFError):
            raise self._ended(document) from None
        if isinstance(said, Listing):
            return said
        if said[0] == "too_large":
            # What it remembers may be what fills its memory, and the next document has no part in that.
            self.close()
        raise ParseError(*said)

    def close(self) -> None:
        """End the process, whatever it does; it is started again when it is needed."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _start(self) -> Connection:
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            arguments = (descriptor, self._bounds.seconds, self._bounds.memory)
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module, *map(str, arguments)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(descriptor,),
                start_new_session=True,  # Ctrl-C is for who started Tidings to hand on
            )
        self._line = Connection(ours.detach())
        if not self._line.poll(_STARTING):
            raise EOFError
        self._line.recv()
        return self._line

    def _ended(self, document: Document) -> ParseError:
        """The process is gone: the kernel ended it for its time, or the parser crashed."""
        assert self.process is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode
        self.close()
        if code is not None and -code == signal.SIGXCPU:
            return self._late(document)
        return ParseError("crashed", f"{document.name}: the process that parsed it ended with code {code}")

    def _late(self, document: Document) -> ParseError:
        return ParseError("timeout", f"{document.name}: parsing took longer than {self._bounds.seconds} s")


def answer(line: Connection, seconds: int) -> None:
    """Parse what comes over the line, until who asks is gone."""
    from feeds.parsers import parse

    line.send("ready")
    while True:
        try:
            document, source = line.recv()
        except (EOFError, OSError):
            return
        _allow(seconds)
        try:
            said: Listing | Refusal = parse(document, source)
        except ParseError as error:
            said = (error.reason, str(error))
        except MemoryError:
            said = ("too_large", f"{document.name}: parsing it needs too much memory")
        except Exception as error:
            said = ("crashed", f"{document.name}: {type(error).__name__}: {error}")
        with suppress(BrokenPipeError):
            line.send(said)


def _allow(seconds: int) -> None:
    """Let so much CPU time be spent from here on: who waits may be gone, and end nothing any more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def main() -> None:
    descriptor, seconds, memory = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer(Connection(descriptor), seconds)


if __name__ == "__main__":
    main()
