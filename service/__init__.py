"""The server of Tidings: time, processes and HTTP around the domain in `feeds`."""
