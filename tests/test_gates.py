"""Pages that are no article are told from short news."""

# ruff: noqa: E501  prose is easier to read unbroken

import pytest

from factdrift.sources.gates import gate_of

NEWS = {
    "en": "A carmaker said on Tuesday it would cut its stake in a supplier to 15 percent from 43 percent by the end of the "
    "year. The two companies signed the deal after months of talks, according to a filing with the exchange. Shares rose.",
    "fr": "Le constructeur a annoncé mardi qu'il réduirait sa participation dans un équipementier à 15 % d'ici la fin de "
    "l'année, après plusieurs mois de discussions. L'accord a été signé à Paris, selon un communiqué du groupe publié hier.",
    "ja": "自動車大手は火曜日、部品会社への出資比率を年内に43%から15%へ引き下げると発表した。両社は数カ月の協議を経て契約に署名した。"
    "東京証券取引所への提出書類で明らかになった。株価は上昇した。関係者によると、手続きは年末までに完了する見通しだ。",
}


@pytest.mark.parametrize("lang", NEWS)
def test_a_short_news_item_passes(lang: str) -> None:
    assert gate_of("A headline", NEWS[lang]) is None


@pytest.mark.parametrize("lang", NEWS)
def test_a_short_item_with_a_subscription_line_below_passes(lang: str) -> None:
    assert (
        gate_of("A headline", NEWS[lang] + "\nAlready a subscriber? Log in to continue reading.", is_free=False) is None
    )


def test_news_about_cookies_and_passwords_passes() -> None:
    text = (
        "The regulator fined a search company 150 million euros over cookies, saying that refusing them was harder than "
        "accepting them. The company said it would appeal. A court in Paris will hear the case next spring, officials said, "
        "and consumer groups welcomed the decision, which they had asked for since 2019."
    )
    assert gate_of("Regulator fines search company over cookie consent", text) is None


@pytest.mark.parametrize(
    ("gate", "title", "text"),
    [
        ("bot_challenge", "Just a moment...", "Verify you are human by completing the action below."),
        ("bot_challenge", "Example", "Our systems have detected unusual traffic from your network."),
        ("not_found", "404 - Page not found", "Sorry. Try the search or go to our home page."),
        ("not_found", "Le Journal", "Oups ! La page demandée n’existe plus. Retournez à l'accueil."),
        ("not_found", "Zeitung", "Die Seite wurde leider nicht gefunden."),
        ("not_found", "新聞", "お探しのページが見つかりませんでした。"),
        (
            "consent_wall",
            "News",
            "We and our partners store information on a device. Accept all. Reject all. Manage preferences.",
        ),
        ("consent_wall", "Infos", "Nous et nos partenaires stockons des informations. Tout accepter. Tout refuser."),
        ("consent_wall", "Nachrichten", "Wir verwenden Cookies. Alle akzeptieren."),
        ("consent_wall", "Noticias", "Utilizamos cookies propias y de terceros. Aceptar todo."),
        ("consent_wall", "Notizie", "Noi e i nostri partner archiviamo informazioni. Accetta tutto."),
        ("paywall", "Deal", "The carmaker said on Tuesday. Subscribe to continue reading."),
        ("paywall", "Accord", "Le constructeur a dit mardi. Cet article est réservé aux abonnés."),
        ("paywall", "記事", "自動車大手は火曜日。この記事は会員限定です。"),
        ("login", "Sign in", "Enter your password. Forgot your password?"),
        ("empty", "A headline", ""),
        ("empty", "A headline", " \n ..."),
    ],
)
def test_a_page_that_is_no_article_has_its_reason(gate: str, title: str, text: str) -> None:
    assert gate_of(title, text) == gate


def test_a_page_that_says_it_is_not_free_and_shows_a_line_is_a_paywall() -> None:
    assert gate_of("Deal", "The carmaker said on Tuesday.", is_free=False) == "paywall"
    assert gate_of("Deal", "The carmaker said on Tuesday.", is_free=True) is None


def test_a_headline_that_begins_with_the_number_404_is_news() -> None:
    assert gate_of("404 workers lose their jobs at a plant in Turin", "The plant closes in May, a union said.") is None
