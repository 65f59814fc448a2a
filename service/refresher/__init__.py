"""Reads what is due, on APScheduler's clock. Start at `scheduler.py`."""
