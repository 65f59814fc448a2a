"""config.toml → `Config`, or every problem of it at once. Start at `loading.py`."""

from feeds.config.loading import Gate, Limits, Source, load
from feeds.config.tables import CategoryRule, Config, Selection, Server

__all__ = ["CategoryRule", "Config", "Gate", "Limits", "Selection", "Server", "Source", "load"]
