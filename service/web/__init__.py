"""The Flask application: routes, conditional requests, pages. Start at `app.py`."""
