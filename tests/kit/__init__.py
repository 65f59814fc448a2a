"""Support for tests: builders, fake servers and clocks, and programs that watch a process.

Builders: `stored`, `listings`, `stories`, `feed_samples`. Origins: `fake_origin`, `asking`, `marked`.
Sites: `site` (one process, manual clock), `serving` (real processes), `published_site`, `whole_site`.
Faults: `hostile`, `spellings`, `prefixes`, `disk`, `power`, `killing`, `clients`.
Watching: `measuring`, `audit/`. `simulation/` simulates years of a newsroom.
"""
