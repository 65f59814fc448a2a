"""Bytes → clean Unicode text, and what can be asked of a text without knowing its document.

Start at `decoding.py` (the bytes of a document → its text), which uses `charset_detection.py` and the tables of
`legacy_charsets.py` for bytes without a declared charset. `normalise.py` has legal characters, white space, keys and
slugs, `mojibake.py` recognises damaged letters, `language_tags.py` normalises BCP 47 tags, `prose.py` tells sentences
from titles, and `cache.py` caches results for short texts.
"""
