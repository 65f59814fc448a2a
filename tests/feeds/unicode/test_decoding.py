"""Decoding: which charset bytes are read in, and what is refused."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import ParseError
from feeds.model import Document
from feeds.parsers import decode

TEXT = "Nächste Fähre – 12. März\nПаром отходит\n"


def decoded(body: bytes, charset: str | None = None) -> str:
    return decode(Document("d.txt", body, charset=charset))[0]


def problems(body: bytes, charset: str | None = None) -> list[str]:
    return [problem.message.split(":")[0] for problem in decode(Document("d.txt", body, charset=charset))[1]]


def refusal(body: bytes, charset: str | None = None) -> str:
    with pytest.raises(ParseError) as caught:
        decode(Document("d.txt", body, charset=charset))
    return caught.value.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-8"])
def test_a_byte_order_mark_tells_the_encoding_and_is_not_part_of_the_text(encoding: str) -> None:
    assert decoded(TEXT.encode(encoding)) == TEXT


def test_a_byte_order_mark_outweighs_the_declared_charset() -> None:
    assert decoded(codecs.BOM_UTF8 + TEXT.encode(), "iso-8859-1") == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_recognised_without_a_mark(encoding: str) -> None:
    assert decoded(("The ferry leaves at noon.\n" * 5).encode(encoding)) == "The ferry leaves at noon.\n" * 5


@pytest.mark.parametrize("charset", ["koi8-r", "windows-1251", "utf-16-le"])
def test_a_declared_charset_is_used(charset: str) -> None:
    assert decoded("Паром отходит".encode(charset), charset) == "Паром отходит"


def test_a_declared_charset_that_does_not_fit_gives_way_to_utf_8_with_a_problem() -> None:
    body = TEXT.encode()
    assert decoded(body, "ascii") == TEXT
    assert problems(body, "ascii") == ["charset"]
    assert problems(body, "no-such-charset") == ["charset"]


def test_a_document_of_markup_may_declare_its_charset() -> None:
    body = "<!doctype html><meta charset='koi8-r'><p>Паром</p>".encode("koi8-r")
    assert "Паром" in decoded(body)


def test_windows_1252_is_the_last_resort_and_a_problem() -> None:
    body = "Fähre – “Anna”\n".encode("cp1252")
    assert decoded(body) == "Fähre – “Anna”\n"
    assert problems(body) == ["encoding_fallback"]


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("Shift_JIS", "cp932", "第①号の渡し船は、正午に出ます"),
        ("gb2312", "gb18030", "朱镕基参观了镇上的渡口和新码头"),
        ("euc-kr", "cp949", "펲시와 똠을 실은 배가 정오에 떠난다"),
        ("big5", "big5hkscs", "渡輪於正午開出，碼頭已經啟用"),
        ("iso-8859-9", "cp1254", "Feribot öğle vakti kalkıyor – “yeni” iskele"),
    ],
    ids=lambda value: value if value.isascii() else "",
)
def test_a_label_means_what_browsers_take_it_for(label: str, codec: str, text: str) -> None:
    assert decoded(text.encode(codec), label) == text
    assert problems(text.encode(codec), label) == []


def test_utf_8_is_recognised_whatever_is_declared() -> None:
    body = "Die Fähre über die Förde fährt für fünf Wochen öfter".encode()
    assert decoded(body, "iso-8859-1") == body.decode()
    assert problems(body, "iso-8859-1") == ["charset"]


@pytest.mark.parametrize("charset", ["utf-8", None])
def test_a_broken_byte_does_not_change_the_reading_of_the_others(charset: str | None) -> None:
    body = "Die Fähre über die Förde fährt für fünf Wochen öfter. ".encode() * 5
    assert decoded(b"\xff" + body, charset) == "\ufffd" + body.decode()
    assert problems(b"\xff" + body, charset) == ["charset"]


@pytest.mark.parametrize("charset", ["utf-8", None])
def test_a_last_letter_that_was_cut_in_two_does_not_change_the_reading_of_the_others(
    charset: str | None,
) -> None:
    whole = "The café by the quay"
    assert decoded(f"{whole} é".encode()[:-1], charset) == f"{whole} \ufffd"


GERMAN = "Die Fähre über die Förde\nfährt für fünf Wochen\nöfter als sonst im März\n" + "Text " * 50


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "iso-8859-1", None])
def test_a_few_bytes_that_are_not_utf_8_are_replaced_and_their_lines_are_told(charset: str | None) -> None:
    body = GERMAN.encode() + b"\n<!-- \xa9 B\xfcro -->\r\n"
    text, found = decode(Document("d.txt", body, charset=charset))
    assert text == GERMAN + "\n<!-- \ufffd B\ufffdro -->\n"
    assert found[-1].line == 5
    assert found[-1].message == "charset: bytes on line 5 are not UTF-8, so they are replaced by U+FFFD"


def test_of_many_lines_that_are_not_utf_8_the_first_are_told() -> None:
    lines = b"".join("Fähre über die Förde, öfter als im März ".encode() + b" " * 80 + b"\xfc\n" for _ in range(9))
    _, [problem] = decode(Document("d.txt", codecs.BOM_UTF8 + lines))
    assert (problem.line, problem.message.partition(" are ")[0]) == (1, "charset: bytes on lines 1, 2, 3, 4, 5 …")


def test_with_utf_8_declared_half_as_many_bad_bytes_as_letters_are_replaced() -> None:
    body = "Fähre über".encode() + b" B\xfcro" + b" " * 100
    assert decoded(body, "utf-8").startswith("Fähre über B\ufffdro")
    assert decoded(body).startswith("FÃ¤hre Ã¼ber Büro")


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp874", "เรือข้ามฟากออกตอนเที่ยงและกลับตอนเย็น เทศบาลเปิดสะพานใหม่"),
        ("euc-jp", "渡し船は正午に出ます。お急ぎください"),
        ("cp949", "배는 정오에 떠나고 저녁에 돌아온다"),
        ("koi8-u", "Її вулиця біля річки, і міст через неї"),
        ("cp1252", "Über die Brücke führt ein Weg für Fußgänger"),
    ],
    ids=lambda value: value if value.isascii() else "",
)
def test_a_text_in_another_declared_charset_is_not_taken_for_utf_8(codec: str, text: str) -> None:
    assert decoded(text.encode(codec), codec) == text
    assert "charset" not in problems(text.encode(codec), codec)


def test_one_foreign_byte_at_the_end_is_windows_1252() -> None:
    assert decoded("The café".encode("cp1252")) == "The café"


OF_OWN_SCRIPT = [
    ("ru", "cp1251", "Паром отходит в полдень, а вечером возвращается"),
    ("ru", "koi8-r", "Паром отходит в полдень, а вечером возвращается"),
    ("ja", "cp932", "渡し船は正午に出ます。お急ぎください"),
    ("ja", "euc-jp", "渡し船は正午に出ます。お急ぎください"),
    ("zh", "gb18030", "渡轮于中午开出，新码头已经启用"),
    ("zh-TW", "big5", "渡輪於正午開出，新碼頭已經啟用"),
    ("ko", "euc-kr", "배는 정오에 떠나고 저녁에 돌아온다"),
    ("el", "iso-8859-7", "Το πλοίο φεύγει το μεσημέρι και επιστρέφει το βράδυ"),
    ("he", "cp1255", "המעבורת יוצאת בצהריים וחוזרת בערב"),
    ("ar", "cp1256", "تغادر العبارة عند الظهر وتعود في المساء"),
    ("th", "cp874", "เรือข้ามฟากออกตอนเที่ยงและกลับตอนเย็น"),
    ("fr", "cp1252", "Le bac part à midi, l’été aussi : « dernière traversée »"),
]
OF_ONE_LANGUAGE = [
    ("cs", "cp1250", "Přívoz vyplouvá v poledne, večer už ne; žádný další nejede"),
    ("pl", "iso-8859-2", "Prom odpływa w południe, następny dopiero w środę"),
]


@pytest.mark.parametrize(
    ("language", "codec", "text"),
    OF_OWN_SCRIPT + OF_ONE_LANGUAGE,
    ids=lambda value: value if value.isascii() else "",
)
def test_what_declares_no_charset_is_read_in_the_one_that_makes_words_of_its_language(
    language: str, codec: str, text: str
) -> None:
    head = f'<!doctype html><html lang="{language}"><p>'
    assert decoded(head.encode() + text.encode(codec)) == head + text
    assert problems(head.encode() + text.encode(codec)) == ["encoding_fallback"]


@pytest.mark.parametrize(("_", "codec", "text"), OF_OWN_SCRIPT, ids=lambda value: value if value.isascii() else "")
def test_a_script_shows_its_charset_without_a_language(_: str, codec: str, text: str) -> None:
    assert decoded(text.encode(codec)) == text


# One line of text each, in a usual charset of its language.
SHORT = [
    ("cs", "cp1250", "Rada města"),
    ("cs", "iso-8859-2", "Řidič šel domů"),
    ("sk", "cp1250", "Železničná stanica"),
    ("pl", "iso-8859-2", "Łąka nad rzeką"),
    ("hu", "cp1250", "Hűvös őszi szél"),
    ("ro", "cp1250", "Ştiri şi anunţuri"),
    ("sr-Latn-RS", "cp1250", "Kuća šećera"),
    ("sl", "cp1250", "Žična ograja"),
    ("lt", "cp1257", "Miškų ūkis"),
    ("lv", "iso-8859-13", "Ziņas no ciema"),
    ("tr", "cp1254", "Işık ve gölge"),
    ("eo", "iso-8859-3", "Ĉiuĵaŭde"),
    ("ru", "cp1251", "Мэр и дума"),
    ("ru", "iso-8859-5", "Мэр и дума"),
    ("uk", "koi8-u", "Її вулиця"),
    ("el", "iso-8859-7", "Ώρα για ύπνο"),
    ("he", "cp1255", "חדשות העירייה"),
    ("he", "iso-8859-8", "חדשות העירייה"),
    ("ar", "cp1256", "البلدية تعلن عن مشروع جديد"),
    ("ar", "iso-8859-6", "البلدية تعلن عن مشروع جديد"),
    ("th", "cp874", "ข่าวด่วน"),
    ("ja", "euc-jp", "市議会だより"),
    ("ko", "cp949", "시장 소식"),
    ("zh-TW", "big5hkscs", "市長的話"),
]


@pytest.mark.parametrize(("language", "codec", "text"), SHORT, ids=[f"{tag} {codec}" for tag, codec, _ in SHORT])
def test_a_short_text_without_a_charset_is_read_in_one_of_the_configured_language(
    language: str, codec: str, text: str
) -> None:
    document = Document("d.txt", text.encode(codec), language=language)
    assert decode(document)[0] == text


@pytest.mark.parametrize("language", ["de", "fr", "en", "cs", "ru", "ja", "xx"])
def test_a_western_text_stays_windows_1252_whatever_is_configured(language: str) -> None:
    text = "Über die Brücke führt ein Weg zum Gasthaus „Löwen“, täglich außer samstags"
    assert decode(Document("d.txt", text.encode("cp1252"), language=language))[0] == text


def test_the_language_of_the_page_wins_over_the_configured_one() -> None:
    page = '<!doctype html><html lang="{}"><p>Première à Genève'
    french = Document("d.html", page.format("fr").encode("cp1252"), language="cs")
    assert decode(french)[0] == page.format("fr")


def test_a_page_that_kept_the_tag_of_an_english_template_is_read_in_the_configured_language() -> None:
    page = '<!doctype html><html lang="en-US"><p>Příští zasedání rady města'
    assert decode(Document("d.html", page.encode("cp1250"), language="cs"))[0] == page


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029", "\f"])
def test_every_line_ending_is_a_line_feed(ending: str) -> None:
    assert decoded(f"one{ending}two".encode()) == "one\ntwo"


def test_punctuation_of_windows_that_was_stored_as_latin_1_is_restored() -> None:
    assert decoded("the harbour\x92s \x93new\x94 pier".encode()) == "the harbour’s “new” pier"


def test_a_stray_control_character_is_removed() -> None:
    assert decoded(b"tide\0 table" + b" text" * 40) == "tide table" + " text" * 40


@pytest.mark.parametrize("body", [b"", b" \r\n\t", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n", b"\xc2\xa0\n"])
def test_a_document_without_text_is_empty(body: bytes) -> None:
    assert refusal(body) == "empty"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"PK\x03\x04rest", id="zip"),
        pytest.param(b"%PDF-1.7 rest", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", id="jpeg"),
        pytest.param(b"\x1f\x8b\x08", id="gzip"),
        pytest.param(bytes(range(32)) * 20, id="controls"),
    ],
)
def test_what_is_not_text_is_refused(body: bytes) -> None:
    assert refusal(body) == "not_text"


def test_text_of_which_over_a_hundredth_is_unreadable_is_refused() -> None:
    assert refusal("\ufffd\ufffd ferry".encode()) == "encoding"


CHARSETS = st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "hex"])


@settings(max_examples=300, deadline=None)
@given(body=st.binary(min_size=1, max_size=200), charset=CHARSETS)
def test_any_bytes_give_legal_text_or_a_refusal(body: bytes, charset: str | None) -> None:
    try:
        text = decoded(body, charset)
    except ParseError:
        return
    assert not any(ord(char) < 32 and char not in "\t\n" for char in text)
    assert "\ufeff" not in text
    assert text.encode("utf-8")


@pytest.mark.parametrize(
    ("charset", "named"), [("utf-9", "'utf-9'"), ("/a?token", "what is declared"), ("é", "what is declared")]
)
def test_an_unknown_charset_is_quoted_if_it_can_be_a_name(charset: str, named: str) -> None:
    _, [problem] = decode(Document("d.txt", b"News", charset=charset))
    assert problem.message == f"charset: {named} is unknown, so it is ignored"
