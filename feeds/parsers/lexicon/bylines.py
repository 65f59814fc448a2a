"""Recognise bylines and picture credits by the words that newsrooms write before names."""

from __future__ import annotations

import re

# Words before the author of a text.
_BYLINE = re.compile(
    r"(?:(?:written |posted )?by|von|par|por|di|da|door|deur|av|af|przez|autor\w*|author|auteur|от|автор|από|"
    r"kirjoittanut|tarafından|作者|记者|記者|文|글쓴이|بقلم|oleh)(?:\s*[:：]\s*|\s+)(\S.*)",
    re.I,
)
TRAILING_AUTHOR = re.compile(rf"(?<=\S)\s+({_BYLINE.pattern})$", re.I)
SEPARATOR = re.compile(r"\s*[|·•/｜]\s*|\s+[–—-]\s+|\s*[,，]\s*")
LONGEST_LABEL = 60
LONGEST_PARTICLE = 4


def is_byline(text: str) -> bool:
    """Whether a text is a byline: "by" with one word, or with a few words with capitals."""
    match = _BYLINE.match(text)
    if match is None or len(text) > LONGEST_LABEL:
        return False
    first, *others = SEPARATOR.split(match[1])[0].split() or [""]
    names = [first, *(name for name in others if not (name.islower() and len(name) < LONGEST_PARTICLE))]
    capital = len(names) < 5 and not any(name[:1].islower() for name in names)
    return first != "" and (len(names) == 1 or capital)


# Words and signs before the author of a picture.
CREDIT = re.compile(
    r"(?:[©℗]|\(c\)\s|(?:cr[eéè]dit[os]* (?:d[aei] )?)?"
    r"(?:photo|foto|image|imagen|immagine|picture|bild|kuva|фото|φωτο|写真|撮影|摄影|攝影|사진|صورة|תמונה)"
    r"[^\W\d_ ]* ?(?:credit|by|courtesy)?\s?[:：©/])",
    re.I,
)
