"""Titles of pages that are not listings, such as a privacy policy, "about us" or "contact".

They are boilerplate on sites in every language. Without them, parsers go by structure alone.
"""

from __future__ import annotations

import re

from feeds.unicode.normalise import key

_NAMES = """
    privacy, privacy policy, privacy notice, privacy statement, data protection, cookies, cookie policy,
    terms, terms of use, terms of service, terms and conditions, general terms and conditions, legal notice,
    legal, disclaimer, imprint, accessibility, accessibility statement, copyright, about, about us,
    who we are, our history, our mission, our team, our values, mission, vision, history, contact,
    contact us, contacts, opening hours, how to find us, visit us, frequently asked questions, faq,
    your rights, datenschutz, datenschutzerklärung, datenschutzhinweise, impressum, agb,
    nutzungsbedingungen, allgemeine geschäftsbedingungen, haftungsausschluss, barrierefreiheit,
    erklärung zur barrierefreiheit, über uns, wir über uns, kontakt, anfahrt, öffnungszeiten,
    haftung für inhalte, haftung für links, urheberrecht, ihre rechte, widerrufsbelehrung, mentions légales,
    politique de confidentialité, confidentialité, conditions d utilisation, conditions générales,
    conditions générales de vente, conditions générales d utilisation, accessibilité, à propos,
    qui sommes nous, nos missions, notre histoire, nous contacter, contactez nous, vos droits,
    propriété intellectuelle, données personnelles, hébergement, hébergeur, éditeur du site, aviso legal,
    política de privacidad, privacidad, política de cookies, condiciones de uso, términos y condiciones,
    accesibilidad, quiénes somos, sobre nosotros, nuestra historia, misión, visión, contacto, sus derechos,
    política de privacidade, privacidade, termos de uso, termos e condições, acessibilidade, quem somos,
    sobre nós, sobre, missão, visão, contato, contatos, fale conosco, note legali,
    informativa sulla privacy, informativa privacy, cookie, termini e condizioni, condizioni generali,
    accessibilità, chi siamo, la nostra storia, contatti, dove siamo, privacyverklaring, privacybeleid,
    cookiebeleid, algemene voorwaarden, gebruiksvoorwaarden, toegankelijkheid, over ons, onze missie,
    wie zijn wij, uw rechten, integritetspolicy, om oss, om webbplatsen, tillgänglighet, kontakta oss,
    användarvillkor, personvern, personvernerklæring, tilgjengelighet, kontakt oss, om nettstedet,
    privatlivspolitik, persondatapolitik, tilgængelighed, handelsbetingelser, tietosuoja, tietosuojaseloste,
    saavutettavuus, saavutettavuusseloste, käyttöehdot, tietoa meistä, yhteystiedot, meistä,
    polityka prywatności, regulamin, dostępność, deklaracja dostępności, o nas, nota prawna,
    ochrana osobních údajů, obchodní podmínky, prohlášení o přístupnosti, o nás, kontakty, adatvédelem,
    adatvédelmi tájékoztató, impresszum, rólunk, kapcsolat, felhasználási feltételek,
    politica de confidențialitate, termeni și condiții, despre noi, политика конфиденциальности,
    пользовательское соглашение, о нас, о компании, контакты, условия использования,
    політика конфіденційності, про нас, контакти, за нас, общи условия, πολιτική απορρήτου, όροι χρήσης,
    σχετικά με εμάς, ποιοι είμαστε, επικοινωνία, gizlilik politikası, kullanım koşulları, hakkımızda,
    iletişim, kvkk, çerez politikası, سياسة الخصوصية, شروط الاستخدام, من نحن, اتصل بنا, תנאי שימוש,
    מדיניות פרטיות, אודות, צור קשר, गोपनीयता नीति, हमारे बारे में, संपर्क, नियम और शर्तें,
    นโยบายความเป็นส่วนตัว, เกี่ยวกับเรา, ติดต่อเรา, chính sách bảo mật, điều khoản sử dụng, giới thiệu,
    liên hệ, kebijakan privasi, syarat dan ketentuan, tentang kami, hubungi kami, プライバシーポリシー,
    個人情報保護方針, 利用規約, 会社概要, お問い合わせ, サイトポリシー, 特定商取引法に基づく表記, 隐私政策,
    隐私声明, 使用条款, 服务条款, 法律声明, 免责声明, 关于我们, 联系我们, 隱私權政策, 使用條款, 關於我們,
    개인정보처리방침, 이용약관, 회사소개, 오시는 길
"""
_KEYS = frozenset(map(key, _NAMES.replace("\n", ",").split(","))) - {""}
_TRAIL = re.compile(r"\s[>»›/|–-]\s")
_NUMBER = re.compile(r"(?:§|\d+[.)]?|[A-Z][.)])\s*\d*\s+")
_LONGEST = 80


def is_other_page(text: str) -> bool:
    """Whether a heading is the title of a page, or part of a page, that is not a listing."""
    if len(text) > _LONGEST:
        return False
    *_, last = _TRAIL.split(text)
    return key(_NUMBER.sub("", last, count=1)) in _KEYS
