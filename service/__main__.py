"""`python -m service` is `tidings`."""

from service.cli.main import main

main()
