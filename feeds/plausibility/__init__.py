"""Whether a reading is accepted, held or refused. Start at `judge.py`."""
