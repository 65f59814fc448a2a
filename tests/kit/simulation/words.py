"""The vocabulary of an invented newsroom; titles are combined at random, and only `RECURRING` ones repeat."""

from __future__ import annotations

ACTORS = [
    "Harbour office",
    "River council",
    "Ferry union",
    "Dredging crew",
    "Lock keepers",
    "Fish market",
    "Pilot station",
    "Rowing club",
    "Flood board",
    "Bridge wardens",
    "Boatyard",
    "Customs house",
    "Lighthouse trust",
    "Towpath volunteers",
    "Water museum",
    "Café Söl",
]
VERBS = [
    "opens",
    "reviews",
    "repairs",
    "welcomes",
    "postpones",
    "measures",
    "paints",
    "defends",
    "honours",
    "moves",
    "closes",
    "doubles",
    "explains",
    "trains",
    "tests",
]
OBJECTS = [
    "the eastern quay",
    "its night timetable",
    "a hundred moorings",
    "the spring tide plan",
    "new apprentices",
    "the old crane",
    "winter dredging",
    "a school visit",
    "the signal tower",
    "cheaper crossings",
    "its archive of charts",
    "a floating garden",
    "the weir at Aldermead",
    "an electric barge",
    "rules for anglers",
    "the Brückhaven jetty",
]
ENDS = [
    "after the storm",
    "before Easter",
    "for one season",
    "with neighbours",
    "at low water",
    "in three towns",
    "by popular wish",
]
CLAUSES = [
    "The works begin on Monday and last about {n} weeks.",
    "Residents asked for it at {n} public meetings.",
    "It costs {n} thousand crowns, most of it from the bridge toll.",
    "{n} volunteers have already signed up.",
    "Boats longer than {n} metres are asked to wait downstream.",
    "The last such change was {n} years ago.",
    "An exhibition in the customs house tells the story in {n} rooms.",
    "Children under {n} travel free that day.",
    "“We have waited {n} years for this – and it shows”, says the harbour master.",
]
LABELS = ("Press release", "Harbour life", "Events", "Notice to skippers")
PHOTOS = ("Ida Marsh", "Tom Okafor", "River archive", "L. Brandt / Quayside", "Jørgen Dæhli")
RECURRING = ("Water levels of the week", "Minutes of the council", "Notice of sittings")
ADVERBS = ("renewed", "jointly", "at last", "the", "Corrected")
