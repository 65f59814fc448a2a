"""The supervisor, the web server and its workers. Start at `supervisor.py`."""
