"""A source → its documents, from files or over HTTP.

Start at `source.py`. `files.py` reads local files. For addresses, `pagination.py` follows the link to the next page
and `http.py` makes each request with its redirects: `network_guard.py` decides which addresses it may connect to,
`robots.py` and `rate_limit.py` whether and when it is sent, `connection.py` connects, `http1.py` and `body.py` read
the response, and `headers.py` its header fields. A document that cannot be fetched is a fault; the others are returned.
"""
