"""Tables of the charsets that were used before UTF-8: their labels, their languages, and the letters of those."""

from __future__ import annotations

# Labels as browsers understand them (WHATWG Encoding), and the Python codec for each.
CODECS = {
    **dict.fromkeys(("shift_jis", "shift-jis", "x-sjis", "sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "ksc5601", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874", "dos-874"), "cp874"),
    **dict.fromkeys(("iso-8859-8-i", "logical"), "iso-8859-8"),
    "x-mac-cyrillic": "mac-cyrillic",
}

MULTIBYTE = frozenset({"cp932", "euc-jp", "cp949", "gb18030", "big5hkscs"})

_CENTRAL = ("cp1250", "iso-8859-2")
_CYRILLIC = ("cp1251", "koi8-u", "iso-8859-5", "cp866")
_BALTIC = ("cp1257", "iso-8859-13")

# The charsets of each language, the most frequent first.
CHARSETS = {
    **dict.fromkeys(("cs", "sk", "pl", "hu", "hr", "sl", "bs", "sq", "ro", "sr-Latn"), _CENTRAL),
    **dict.fromkeys(("ru", "uk", "be", "bg", "mk", "sr", "kk"), _CYRILLIC),
    **dict.fromkeys(("lt", "lv", "et"), _BALTIC),
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256", "iso-8859-6")),
    **dict.fromkeys(("tr", "az"), ("cp1254",)),
    **dict.fromkeys(("eo", "mt"), ("iso-8859-3",)),
    "cy": ("iso-8859-14",),
    "ja": ("cp932", "euc-jp"),
    "zh": ("gb18030", "big5hkscs"),
    "ko": ("cp949",),
    "el": ("cp1253", "iso-8859-7"),
    "he": ("cp1255", "iso-8859-8"),
    "th": ("cp874",),
}

# The letters beyond ASCII of languages in Latin script: a word with any other was read in a wrong charset.
LETTERS = {
    language: frozenset(letters + letters.upper() + "İ" * (language in ("tr", "az")))
    for language, letters in {
        "cs": "áčďéěíňóřšťúůýž",
        "sk": "áäčďéíĺľňóôŕšťúýž",
        "pl": "ąćęłńóśźż",
        "hu": "áéíóöőúüű",
        "hr": "čćđšž",
        "bs": "čćđšž",
        "sr-Latn": "čćđšž",
        "sl": "čšžćđ",
        "ro": "ăâîșțşţ",
        "sq": "ëç",
        "lt": "ąčęėįšųūž",
        "lv": "āčēģīķļņšūž",
        "et": "äöõüšž",
        "tr": "çğıöşüâîû",
        "az": "çəğıöşü",
        "eo": "ĉĝĥĵŝŭ",
        "mt": "ċġħżàèìòù",
        "cy": "ŵŷâêîôûáéïöäë",
    }.items()
}

# Charsets with a script of their own, and a pattern of frequent letters. The two without one have too many letters.
FREQUENT_LETTERS = {
    "cp932": "[\u3041-\u30fe]",
    "euc-jp": "[\u3041-\u30fe]",
    "cp949": "[\uac00-\ud7a3]",
    "gb18030": "",
    "big5hkscs": "",
    **dict.fromkeys(("cp1251", "koi8-u", "iso-8859-5", "cp866"), "[аеинорствлкмдпі]"),
    **dict.fromkeys(("cp1253", "iso-8859-7"), "[αάοόιίεέτσςνρ]"),
    **dict.fromkeys(("cp1255", "iso-8859-8"), "[אבהוילמרשת]"),
    **dict.fromkeys(("cp1256", "iso-8859-6"), "[ابتدرلمنوية]"),
    "cp874": "[กงนมยรลอาเ่้]",
}

# The charsets that are tried for a text whose language is unknown.
OF_ANY_LANGUAGE = (
    "cp932", "euc-jp", "cp949", "gb18030", "big5hkscs", "cp1251", "koi8-u", "cp1253", "cp1255", "cp1256", "cp874",
)  # fmt: skip

# The least share of frequent letters among all letters of a text, by charset; 0.5 for the others.
MIN_SHARES = {
    **dict.fromkeys(("cp932", "euc-jp"), 0.15),
    **dict.fromkeys(("cp949", "gb18030", "big5hkscs"), 0.85),
    **dict.fromkeys(("cp1251", "koi8-u"), 0.6),
    "cp874": 0.4,
}
