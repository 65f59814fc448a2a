"""Figures: counts of how often a promise is broken under faults. Their short forms are ordinary tests."""

from tests.torture import (
    bombs,
    clients,
    clocks,
    disk,
    hostile,
    kills,
    outage,
    power,
    prefixes,
    reaching,
    soak,
)
from tests.torture.figure import Figure

FIGURES: tuple[Figure, ...] = tuple(
    module.FIGURE for module in (kills, power, prefixes, hostile, outage, clients, reaching, clocks, disk, bombs, soak)
)
