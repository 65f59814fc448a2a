"""Language tags (BCP 47): their normal form, and the CLDR locale for each.

Babel's own parsing depends on case and raises errors. So no text from outside reaches it: a locale is chosen from the
list of those that exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from babel.core import get_global
from babel.localedata import load, locale_identifiers

_MAX_LENGTH = 64
_FLAGS = re.ASCII | re.IGNORECASE
_HEAD = r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?"
_BEGINNING = re.compile(_HEAD + r"(?![a-z\d])", _FLAGS)
_VARIANTS = r"(?:[-_](?:[a-z\d]{5,8}|\d[a-z\d]{3}))*"
_EXTENSIONS = r"(?:[-_][a-wyz\d](?:[-_][a-z\d]{2,8})+)*"
_PRIVATE = r"(?:[-_]x(?:[-_][a-z\d]{1,8})+)?"
_WHOLE = re.compile(f"{_HEAD}({_VARIANTS}{_EXTENSIONS}{_PRIVATE})", _FLAGS)
# Tags that name no language: undetermined, and no linguistic content.
_NO_LANGUAGE = frozenset({"und", "zxx"})


@dataclass(frozen=True, slots=True)
class _Subtags:
    language: str
    script: str = ""
    region: str = ""

    def join(self, separator: str = "-") -> str:
        return separator.join(filter(None, (self.language, self.script, self.region)))


def normalise_tag(text: str | None) -> str | None:
    """Return the tag of the language that a text begins with, if CLDR has the words of its dates.

    The tag is language, script and region, as far as CLDR knows them: `de-DE` for "de_de.UTF-8", `en` for
    "en-xx". The text may be anything.
    """
    match = _BEGINNING.match((text or "").strip())
    subtags = _known(*match.groups("")) if match else None
    return subtags.join() if subtags and subtags.language in _locales() else None


def checked_tag(text: str) -> str:
    """Return a configured tag in BCP 47 form, or raise ValueError with the rest of a sentence about it.

    Variants, extensions and private subtags stay, since the tag is published. A language without dates in
    CLDR is allowed: its dates are read as English.
    """
    match = _WHOLE.fullmatch(text.strip()) if len(text) <= _MAX_LENGTH else None
    if match is not None:
        language, script, region, rest = match.groups("")
        subtags = _known(language, script, region)
        if subtags and bool(subtags.script) >= bool(script) and bool(subtags.region) >= bool(region):
            return subtags.join() + rest.lower().replace("_", "-")
    if suggestion := _suggestion(text):
        raise ValueError(f'is not a known language tag; did you mean "{suggestion}"?')
    raise ValueError('is not a known language tag; use one such as "en" or "pt-BR"')


@lru_cache(maxsize=256)
def locale_of(tag: str) -> str | None:
    """Return the CLDR locale for a tag: the closest one of its language, or None if there is none."""
    match = _BEGINNING.match(tag)
    subtags = _known(*match.groups("")) if match else None
    if subtags is None:
        return None
    language, region = subtags.language, subtags.region
    # CLDR has zh_Hant_TW and no zh_TW: where regions differ in script, its locales name both.
    script = subtags.script or _likely(f"{language}_{region}").script
    closest = (
        _Subtags(language, script, region),
        _Subtags(language, "", region),
        _Subtags(language, script),
        _Subtags(language),
    )
    return next((name for each in closest if (name := each.join("_")) in _locales()), None)


def _known(language: str, script: str, region: str) -> _Subtags | None:
    """Return the subtags that CLDR has, in normal case, obsolete ones replaced; None without a language."""
    language, script, region = language.lower(), script.title(), region.upper()
    if language not in _locales():
        language, _, implied = get_global("language_aliases").get(language, language).partition("_")
        script = script or implied
    if language in _NO_LANGUAGE or not (language in _locales() or language in _named("languages")):
        return None
    current = get_global("territory_aliases").get(region, ())
    region = current[0] if len(current) == 1 else region
    return _Subtags(
        language,
        script if script in _named("scripts") else "",
        region if region in _named("territories") else "",
    )


def _likely(tag: str) -> _Subtags:
    """Return the language, script and region that CLDR expects for a tag without some of them."""
    found = get_global("likely_subtags").get(tag, "")
    return _Subtags(*found.split("_")[:3]) if found.count("_") == 2 else _Subtags("")


def _suggestion(text: str) -> str | None:
    """Return the tag that was probably meant: by its beginning, by a country or by an English name."""
    if beginning := normalise_tag(text):
        return beginning
    word = text.strip()
    if len(word) == 2 and (language := _likely(f"und_{word.upper()}").language):
        return language
    names = _named("languages").items()
    return next((tag.replace("_", "-") for tag, name in names if name.casefold() == word.casefold()), None)


@lru_cache(maxsize=1)
def _locales() -> Set[str]:
    return frozenset(locale_identifiers())


def _named(kind: str) -> Mapping[str, str]:
    """Return the English names in CLDR by their codes, for `languages`, `scripts` or `territories`."""
    names: Mapping[str, str] = load("en")[kind]
    return names
