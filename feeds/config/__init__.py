"""config.toml → `Config`, or every problem of it at once. Start at `loading.py`."""

from feeds.config.loading import CategoryRule, Config, Gate, Limits, Selection, Server, Source, load

__all__ = ["CategoryRule", "Config", "Gate", "Limits", "Selection", "Server", "Source", "load"]
