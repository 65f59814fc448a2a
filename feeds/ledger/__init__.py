"""The ledger: readings and prior state → Changes, as pure functions. The idea and the stages: `README.md`.

In reading order: `reconcile` (start here), `state` (what the steps share), `known_labels`, `apply` (entries added
or revised), `retraction` (what is no longer listed).
"""
