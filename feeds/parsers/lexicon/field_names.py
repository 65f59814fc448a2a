"""Names of fields and columns in the languages of newsrooms, and the field that each means.

Such names are part of a format, as tag names are. Without them, parsers go by structure alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from feeds.unicode.normalise import key

_NAMES = {
    "title": """
        title, headline, name, subject, titel, überschrift, titre, título, titulo, títol, titolo,
        oggetto, tittel, rubrik, otsikko, tytuł, temat, název, nadpis, naslov, наслов, cím, titlu,
        заголовок, название, тема, назва, заглавие, τίτλος, başlık, judul, tiêu đề, ชื่อ, ชื่อเรื่อง,
        หัวข้อ, शीर्षक, العنوان, عنوان, כותרת, 标题, 標題, 题名, 主题, タイトル, 件名, 題名, 제목,
        antraštė, virsraksts, pealkiri,
        topic, thema, betreff, onderwerp, konu
    """,
    "label": """
        category, categories, subjects, type, topic, topics, section, tag, tags, kind, kategorie,
        kategorien, typ, thema, art, catégorie, catégories, rubrique, rubriques, thème, thématique,
        thématiques, thematique, categoría, categorías, sección, tipo, categoria, categorias, categorie,
        tipologia, categorieën, rubriek, onderwerp, soort, kategori, aihe, luokka, kategoria, rodzaj, druh,
        sekce, rubrika, kategória, kategorija, kategorijos, категория, категории, рубрика, раздел, тип,
        категорія, κατηγορία, konu, danh mục, chuyên mục, หมวดหมู่, ประเภท, श्रेणी, الفئة, التصنيف, القسم,
        קטגוריה, 分类, 类别, 類別, 分類, 栏目, カテゴリ, カテゴリー, 種別, 区分,
        發布單位, 发布单位, 發佈單位, 公告單位, 분류, 카테고리, 구분,
        말머리, 담당부서, 부서, 주제, 유형, jenis, rubrik, dept, department, abteilung, ressort, bereich,
        tema, temas, temaer, emner, ämnen, aiheet, onderwerpen, rubrieken, tematy, kategoriat,
        liik, kategooria, valdkond, teema, rūšis, sritis, tēma, veids, vrsta, tipus, típus,
        rovat, téma, tematica, área temática, ämne, emne, kategorier, тема, вид, категорија, врста,
        рубрики, сфера, loại, chủ đề, kateqoriya, tür, kategoriler, الموضوع, النوع, دسته, دسته‌بندی,
        موضوع, סוג, נושא, หมวด, genre, genres, género, genero, gênero, gatunek, žánr, žáner, жанр, műfaj,
        etiqueta, etiquetas, etiquette, étiquette, étiquettes, etichetta, etichette, schlagwort, schlagworte,
        schlagwörter, stichwort, stichworte, trefwoord, trefwoorden, stikkord, emneord, nyckelord, avainsana,
        avainsanat, mots-clés, palabras clave, palavras-chave, marcadores, słowa kluczowe, címkék, etiket,
        etiketler, rechtsgebiet, sachgebiet, themenbereich, domaine, ámbito, ambito,
        метки, теги, мітки, ετικέτες, 标签, 標籤, タグ, 태그
    """,
    "date": """
        date, posted, published, publication date, date published, posted on, published on, datum,
        erschienen, veröffentlicht, veröffentlicht am, publié, publié le, date de publication, fecha,
        publicado, publicado en, publicado el, publicat, publicat el, fecha de publicación, publicado em,
        data de publicação, data, pubblicato,
        data pubblicazione, data di pubblicazione, gepubliceerd, gepubliceerd op, data publikacji, dato,
        pvm, päivämäärä, dátum, datums, kuupäev, дата, дата публикации, датум, ημερομηνία, tarih, ngày,
        tanggal, วันที่, दिनांक, तारीख, التاريخ, تاریخ, תאריך,
        pubblicato il, publicerad, publicerat, udgivet, publisert, julkaistu, opublikowano, publikováno,
        zveřejněno, objavljeno, közzétéve, publicēts, paskelbta, avaldatud, опубликовано, опубліковано,
        δημοσιεύτηκε, ngày đăng, diterbitkan,
        日期, 时间, 時間, 发布时间, 发布日期, 發布日期, 日付, 公開日, 掲載日, 날짜, 작성일, 등록일, 게시일
    """,
    "summary": """
        description, summary, abstract, text, teaser, excerpt, intro, body, beschreibung,
        zusammenfassung, kurztext, résumé, descripción, resumen, descrizione, sommario, descrição,
        resumo, beschrijving, samenvatting, описание, аннотация, опис, opis, streszczenie, beskrivning,
        beskrivelse, sammanfattning, kuvaus, popis, leírás, περιγραφή,
        περίληψη, açıklama, özet, mô tả, deskripsi,
        विवरण, الوصف, ملخص, תיאור, 摘要, 内容, 简介, 概要, 説明, 내용, 요약
    """,
    "number": """
        no, nr, number, id, nummer, numéro, n°, número, numero, номер, 编号, 序号, 番号, 번호, رقم, lp,
        sıra
    """,
    "other": """
        author, by, editor, views, hits, comments, autor, verfasser, autorin, auteur, autore, forfatter,
        kirjoittaja, автор, просмотры, συγγραφέας, yazar, tác giả, ผู้เขียน, लेखक, الكاتب, מחבר, 作者,
        浏览, 点击, 阅读, 投稿者, 閲覧数, 글쓴이, 작성자, 조회, 조회수, venue, location, place, ort,
        lieu, lugar, luogo, local, plaats, место, 地点, 場所, 장소,
        where, wo, où, dónde, dove, onde, contact, kontakt
    """,
}
# Names that are too general as classes or folders of a URL; "views" is a list in Drupal.
TOO_GENERAL = frozenset(("section", "art", "body", "text", "type", "id", "by", "kind", "views"))
_ROLES: dict[str, tuple[str, ...]] = {}
for _role, _list in _NAMES.items():
    for _name in map(key, _list.split(",")):
        _ROLES[_name] = (*_ROLES.get(_name, ()), _role)


def role_of(name: str) -> str | None:
    """Return the field that a name means, "other" for known names of no field, or None."""
    roles = _ROLES.get(key(name))
    return roles[0] if roles else None


def may_mean(name: str, role: str) -> bool:
    """Whether a name may mean a field; some names mean several."""
    return role in _ROLES.get(key(name), ())


def roles_of(names: Iterable[str]) -> dict[str, str]:
    """Return the fields of names that are used together: an ambiguous name means a field that no other means."""
    known = {name: roles for name in names if (roles := _ROLES.get(key(name)))}
    plain = {roles[0] for roles in known.values() if len(roles) == 1}
    return {name: next((role for role in roles if role not in plain), roles[0]) for name, roles in known.items()}
