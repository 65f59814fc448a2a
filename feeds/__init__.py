"""The domain of Tidings: listings in, feeds out. Works without a server, a clock or randomness."""
