"""Simulate power cuts: record everything that SQLite writes, and cut the record off anywhere.

SQLite writes through a file layer (VFS) that can be replaced. Here it is the usual one, which also records each
write, truncation and sync. Synced writes are on the disk; of later writes a power cut leaves any part, down to
the sectors of one write.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SECTOR = 512

_Open = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
_Write = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_longlong)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_longlong)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class _Layer(ctypes.Structure):
    """The struct sqlite3_vfs, version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("size", ctypes.c_int),
        ("longest", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("rest", ctypes.c_void_p * 15),
    ]


class _Methods(ctypes.Structure):
    """The struct sqlite3_io_methods, version 3: its version and eighteen functions."""

    _fields_ = [("version", ctypes.c_int), ("functions", ctypes.c_void_p * 18)]


@dataclass(frozen=True)
class Step:
    """One operation on a file: bytes written at `place`, truncated there (`body` is None), or synced (negative)."""

    name: str
    place: int
    body: bytes | None = None


@dataclass
class Recorder:
    """Records in `steps` what every connection that this process opens from now on does to its files."""

    steps: list[Step] = field(default_factory=list)
    _kept: list[Any] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)
    _methods: dict[int, _Methods] = field(default_factory=dict)

    def install(self) -> None:
        library = ctypes.CDLL(_sqlite3.__file__)  # the library that Python itself uses
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Layer)
        usual = library.sqlite3_vfs_find(None).contents
        own = _Layer.from_buffer_copy(usual)
        inner = _Open(usual.open)

        def opened(layer: int, name: int | None, file: int, flags: int, out: int) -> int:
            # The name is passed on unchanged: SQLite keeps the pointer, and reads further data after its end.
            result: int = inner(layer, name, file, flags, out)
            if result == 0 and name:
                self._names[file] = Path(ctypes.string_at(name).decode()).name
                table = ctypes.c_void_p.from_address(file)
                assert table.value is not None
                table.value = ctypes.addressof(self._noting(table.value))
            return result

        outer = _Open(opened)
        own.name, own.next, own.open = b"noting", None, ctypes.cast(outer, ctypes.c_void_p)
        self._kept += [own, outer, inner]
        assert library.sqlite3_vfs_register(ctypes.byref(own), 1) == 0

    def _noting(self, usual: int) -> _Methods:
        """Return the functions of an open file, with three of them replaced."""
        if usual in self._methods:
            return self._methods[usual]
        own = _Methods.from_buffer_copy(_Methods.from_address(usual))
        write, cut, sync = (_Write(own.functions[2]), _Truncate(own.functions[3]), _Sync(own.functions[4]))

        def written(file: int, start: int, length: int, place: int) -> int:
            self._note(file, place, ctypes.string_at(start, length))
            return int(write(file, start, length, place))

        def truncated(file: int, size: int) -> int:
            self._note(file, size, None)
            return int(cut(file, size))

        def synced(file: int, flags: int) -> int:
            result = int(sync(file, flags))
            self._note(file, -1, None)
            return result

        for place, function in ((2, _Write(written)), (3, _Truncate(truncated)), (4, _Sync(synced))):
            own.functions[place] = ctypes.cast(function, ctypes.c_void_p).value
            self._kept.append(function)
        self._kept += [write, cut, sync]
        return self._methods.setdefault(usual, own)

    def _note(self, file: int, place: int, body: bytes | None) -> None:
        self.steps.append(Step(self._names.get(file, ""), place, body))


@dataclass
class Disk:
    """The durable bytes of files, and the operations on each since its last sync."""

    durable: dict[str, bytes]
    pending: dict[str, list[Step]] = field(default_factory=dict)

    def do(self, step: Step) -> None:
        waiting = self.pending.setdefault(step.name, [])
        if step.place < 0:
            self.durable[step.name] = _applied(self.durable.get(step.name, b""), waiting)
            waiting.clear()
        else:
            waiting.append(step)

    def whole(self) -> dict[str, bytes]:
        """Return the files as a reader sees them while there is power."""
        return {name: _applied(self.durable.get(name, b""), steps) for name, steps in self.pending.items()}

    def cut(self, chance: random.Random) -> dict[str, bytes]:
        """Return what a power cut leaves: of the unsynced operations all, none, or any part."""
        keep = chance.choice((_all, _none, _any))
        names = self.durable.keys() | self.pending.keys()
        return {
            name: _applied(self.durable.get(name, b""), list(keep(self.pending.get(name, []), chance)))
            for name in names
        }


def _all(steps: list[Step], _: random.Random) -> Iterator[Step]:
    yield from steps


def _none(steps: list[Step], _: random.Random) -> Iterator[Step]:
    yield from ()


def _any(steps: list[Step], chance: random.Random) -> Iterator[Step]:
    for step in steps:
        if step.body is None:
            if chance.random() < 0.5:
                yield step
            continue
        for start in range(0, len(step.body), SECTOR):
            if chance.random() < 0.5:
                yield Step(step.name, step.place + start, step.body[start : start + SECTOR])


Keep = Callable[[list[Step], random.Random], Iterator[Step]]


def _applied(body: bytes, steps: list[Step]) -> bytes:
    image = bytearray(body)
    for step in steps:
        if step.body is None:
            image[step.place :] = bytes(max(0, step.place - len(image)))
            continue
        image.extend(bytes(max(0, step.place - len(image))))
        image[step.place : step.place + len(step.body)] = step.body
    return bytes(image)
