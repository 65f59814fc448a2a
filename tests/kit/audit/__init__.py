"""Programs that run in their own process and report everything that it did."""
