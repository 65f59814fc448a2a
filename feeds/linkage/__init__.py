"""Record linkage: which known entry an item is. Start at `linker.py`."""
