"""Reload the configuration file while it is in use: as a whole, or not at all.

Every process looks for itself, and they agree because they read the same bytes: nothing has to be passed
between them, and none has to be replaced. A file that has just changed is let rest for one look, for half of
a file can be a configuration too.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path

from feeds.config import Config, load
from feeds.errors import ConfigError

POLL_INTERVAL = 2.0

_log = logging.getLogger(__name__)

_Signature = tuple[int, int, int] | None


class Settings:
    """What is in force, `config`, and whether it is what the file says, `ok`.

    What names the store and where the server listens stays as it was at the start. `quiet` is the process
    beside another one that tells of the same.
    """

    def __init__(self, file: Path, written: Config, config: Config | None = None) -> None:
        self.config = config or written
        self.ok = True
        self.changed = False
        self.quiet = False
        self._file = file
        self._written = written
        self._seen = self._last = self._signature()

    def poll(self, *, at_once: bool = False) -> bool:
        """Check the file; return whether `config` (then `changed` is set) or `ok` differs from before."""
        signature = self._signature()
        stable, self._last = signature == self._last, signature
        if not at_once and (signature == self._seen or not stable):
            return False
        self._seen = signature
        before, self.changed = self.ok, False
        try:
            written = load(self._file)
        except ConfigError as error:
            self.ok = False
            self._report(logging.ERROR, "config_rejected", problems="; ".join(error.problems))
            return before
        self.ok = True
        self._apply(written)
        return self.changed or not before

    def _apply(self, written: Config) -> None:
        fixed = {"server": self.config.server, "store": self.config.store}
        config = written.model_copy(update=fixed)
        for key in fixed:
            if getattr(written, key) != getattr(self._written, key):
                self._report(logging.WARNING, "config_needs_restart", key=key)
        self.changed = config != self.config
        self._written, self.config = written, config
        self._report(logging.INFO, "config_taken_up", changed=self.changed)

    def _report(self, level: int, event: str, **fields: object) -> None:
        if not self.quiet:
            _log.log(level, event, extra={"config": str(self._file), **fields})

    def _signature(self) -> _Signature:
        """Return what identifies the file's version. Links are followed, because orchestrators swap them."""
        try:
            stat = os.stat(self._file)
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
