"""Programs that run in a process of their own and report everything that it did."""
