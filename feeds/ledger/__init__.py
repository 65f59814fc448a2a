"""A reading and what is known → Changes. Start at `reconcile.py`."""
