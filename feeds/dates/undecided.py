"""Phrases that stand for a date that is not set yet, in the languages of many newsrooms: "to be confirmed", "TBA"."""

from __future__ import annotations

import re

from feeds.dates.names import flatten

# Words for a date: some phrases mean a date only after one of them ("Datum folgt", but not "folgt").
_DATE_WORDS = """date|dates|date and time|time and date|datum|termin|datum und uhrzeit|fecha|fecha y hora|data|
    data e ora|data e hora|datum en tijd|data i godzina|dato|dato og tid|datum och tid|päivämäärä|ajankohta|дата|
    дата и время|срок|tarih|tarih ve saat|ημερομηνία|dátum|időpont|日程|日時|日期|时间|時間|일정|날짜|التاريخ|תאריך"""
_ALONE = """to be announced|to be confirmed|to be determined|to be decided|to be advised|to be fixed|to be set|
    to be scheduled|to be arranged|to be agreed|to be notified|to be published|not yet announced|not yet confirmed|
    not yet scheduled|not yet known|not yet fixed|not yet set|not yet decided|awaiting confirmation|no date yet|tba|
    tbc|tbd|t.b.a.|t.b.c.|t.b.d.|wird noch bekannt gegeben|wird noch bekanntgegeben|wird bekannt gegeben|
    wird bekanntgegeben|wird noch festgelegt|wird noch mitgeteilt|noch nicht bekannt|noch nicht festgelegt|
    steht noch nicht fest|steht noch aus|noch offen|in Planung|à confirmer|à déterminer|à définir|à préciser|à fixer|
    à annoncer|à venir|reste à déterminer|pas encore fixée|pas encore connue|sera annoncée|sera communiquée|
    sera précisée|por confirmar|por determinar|por definir|por anunciar|a confirmar|a determinar|a definir|a anunciar|
    pendiente de confirmar|pendiente de confirmación|sin confirmar|se anunciará|se comunicará|da confermare|
    da definire|da destinarsi|da stabilire|da annunciare|da comunicare|in via di definizione|será anunciada|
    será confirmada|nog niet bekend|nog te bepalen|nog te bevestigen|n.t.b.|ntb|wordt nog bekendgemaakt|
    wordt nog bekend gemaakt|volgt nog|do potwierdzenia|do ustalenia|zostanie podana|zostanie podany|
    zostanie ogłoszona|zostanie ogłoszony|meddelas senare|ej fastställt|inte fastställt|annonceres senere|
    kunngjøres senere|oplyses senere|følger senere|ilmoitetaan myöhemmin|vahvistetaan myöhemmin|bude upřesněno|
    bude oznámeno|bude upresnené|bude oznámené|уточняется|будет объявлена|будет объявлено|будет уточнена|
    буде оголошена|буде оголошено|уточнюється|duyurulacak|açıklanacak|daha sonra duyurulacak|daha sonra açıklanacak|
    θα ανακοινωθεί|urmează să fie anunțată|de confirmat|va fi anunțată|
    未定|日程未定|日時未定|後日発表|後日お知らせ|調整中|待定|待公布|待通知|待确认|待確認|另行通知|日期待定|时间待定|時間待定|日期待公布|
    미정|추후 공지|추후공지|
    يحدد لاحقا|يعلن لاحقا|سيعلن لاحقا|سيحدد لاحقا|سيتم الإعلان لاحقا|יפורסם בהמשך|טרם נקבע"""
_AFTER_DATE = """will be announced|will be confirmed|follows|to follow|pending|unknown|not known|not set|not fixed|
    not confirmed|unconfirmed|undecided|folgt|folgt noch|offen|ausstehend|unbekannt|non fixée|non confirmée|
    inconnue|pendiente|desconocida|sconosciuta|desconhecida|volgt|onbekend|kommer|kommer senare|følger|
    nieznana|nieznany|неизвестна|belirsiz|bilinmiyor|avoin|ismeretlen"""
_LATER = "soon|shortly|later|at a later date|in due course|prochainement|próximamente|prossimamente|em breve|in Kürze"
# What a phrase may begin or end at within a line; a word next to it makes it part of a sentence.
_BEFORE = r"(?:^\s*|[|·•:：,;()\[\]（）\t]\s*|\s[–—-]\s+)"
_AFTER = r"(?=\s*(?:$|[|·•,;()\[\]（）\t.]|\s[–—-]\s))"


def _any(phrases: str) -> str:
    """Match any of the phrases, longest first; a dot may be missing, a space may be several."""
    found = sorted((flatten(" ".join(phrase.split())) for phrase in phrases.split("|")), key=lambda text: -len(text))
    return "|".join(re.escape(phrase).replace(r"\.", r"\.?").replace(r"\ ", r"\s+") for phrase in found if phrase)


# Flat, as the text is that they are looked for in.
_VERB = r"(?:(?:is|are|ist|est|es|still|yet|noch|encore|aun|todavia|ancora|ainda|nog|jeszcze|еще)\s+){0,2}"
_DATE = rf"(?:the\s+|der\s+|das\s+|la\s+|il\s+|de\s+)?(?:{_any(_DATE_WORDS)})"
_UNDECIDED = re.compile(
    rf"{_BEFORE}(?P<phrase>(?:(?:{_DATE}\s*)?{_VERB}(?:{_any(_ALONE)})|{_DATE}\s+{_VERB}(?:{_any(_AFTER_DATE)}))"
    rf"(?:\s+(?:{_any(_LATER)}))?){_AFTER}"
)


def find_undecided(flat: str) -> tuple[int, int] | None:
    """Return the borders of a phrase that fills a flat line or a part of it between separators."""
    match = _UNDECIDED.search(flat)
    return match.span("phrase") if match else None
