"""The domain of Tidings: documents → listings → entries → feeds, without a server, a clock or randomness.

The packages in the order of the pipeline: `config` (config.toml), `fetch` (a source → its documents), `unicode` (bytes
→ text), `dates`, `parsers` (a document → a listing), `linkage` (which known entry an item is), `plausibility` (whether
a reading is accepted), `ledger` (a reading → changes), `publish` (entries → feeds → bytes), `store` (the database) and
`refresh`, which joins them. Start at `refresh/pipeline.py`; `model` has the types that all of them use.
"""
