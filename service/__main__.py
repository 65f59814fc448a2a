"""`python -m service` is `tidings`."""

from service.cli import main

main()
