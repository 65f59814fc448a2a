"""A simulated newsroom with known truth, read for a year through the real parser and ledger.

In reading order: `newsroom` (what happens), `pages` (how it is printed), `words`, `faults` (how pages break),
`memory` (the store as three dicts), `year` (start here: reads the pages and checks what came of them).
"""
