"""config.toml → `Config`, or a ConfigError with all its problems.

Start at `loading.py`, which reads the file. `tables.py` and `source.py` have one class for each table, `types.py` the
types of their values, `checks.py` the rules that concern several tables, and `problems.py` turns what pydantic reports
into sentences that name the key and the remedy.
"""

from feeds.config.loading import Gate, Limits, Source, load
from feeds.config.tables import CategoryRule, Config, Selection, Server

__all__ = ["CategoryRule", "Config", "Gate", "Limits", "Selection", "Server", "Source", "load"]
