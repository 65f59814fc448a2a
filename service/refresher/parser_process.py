"""Parse large documents in a separate process, within limits of time and memory.

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
    """Limits of one document: seconds of CPU and of wall time, and bytes of address space.

    Documents of at most `small` bytes are parsed in this process, without limits.
    """

    seconds: int = SECONDS
    memory: int = MEMORY
    small: int = SMALL


class ParsingProcess:
    """Parse as `feeds.parsers.parse` does, one document at a time. Not thread-safe."""

    def __init__(self, limits: ParserLimits | None = None, *, module: str = __name__) -> None:
        self._limits = limits or ParserLimits()
        self._module = module
        self.process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def parse(self, document: Document, source: Source) -> Listing:
        """Parse a document, or raise ParseError (`timeout`, `crashed`, `too_large` or the parser's own reason)."""
        if len(document.body) <= self._limits.small:
            from feeds.parsers import parse

            return parse(document, source)
        try:
            connection = self._connection or self._start()
            connection.send((document, source))
            if not connection.poll(self._limits.seconds):
                raise TimeoutError
            result: Listing | Refusal = connection.recv()
        except TimeoutError:
            self.close()
            raise self._timed_out(document) from None
        except (OSError, EOFError):
            raise self._ended(document) from None
        if isinstance(result, Listing):
            return result
        if result[0] == "too_large":
            # Caches may fill its memory; the next document starts with a new process.
            self.close()
        raise ParseError(*result)

    def close(self) -> None:
        """End the process; the next large document starts another one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _start(self) -> Connection:
        parent_socket, child_socket = socket.socketpair()
        with child_socket:
            descriptor = child_socket.fileno()
            arguments = (descriptor, self._limits.seconds, self._limits.memory)
            self.process = subprocess.Popen(
                [sys.executable, "-m", self._module, *map(str, arguments)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(descriptor,),
                start_new_session=True,  # the parent decides what Ctrl-C ends
            )
        self._connection = Connection(parent_socket.detach())
        if not self._connection.poll(_STARTING):
            raise EOFError
        self._connection.recv()
        return self._connection

    def _ended(self, document: Document) -> ParseError:
        """Return the error for a process that ended: by the kernel for its CPU time, or by a crash."""
        assert self.process is not None
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        code = self.process.returncode
        self.close()
        if code is not None and -code == signal.SIGXCPU:
            return self._timed_out(document)
        return ParseError("crashed", f"{document.name}: the process that parsed it ended with code {code}")

    def _timed_out(self, document: Document) -> ParseError:
        return ParseError("timeout", f"{document.name}: parsing took longer than {self._limits.seconds} s")


def answer(connection: Connection, seconds: int) -> None:
    """Parse the documents that arrive over the connection until it closes."""
    from feeds.parsers import parse

    connection.send("ready")
    while True:
        try:
            document, source = connection.recv()
        except (EOFError, OSError):
            return
        _allow(seconds)
        try:
            result: Listing | Refusal = parse(document, source)
        except ParseError as error:
            result = (error.reason, str(error))
        except MemoryError:
            result = ("too_large", f"{document.name}: parsing it needs too much memory")
        except Exception as error:
            result = ("crashed", f"{document.name}: {type(error).__name__}: {error}")
        with suppress(BrokenPipeError):
            connection.send(result)


def _allow(seconds: int) -> None:
    """Limit the CPU time from now on: if the parent is gone, nobody else ends this process."""
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
