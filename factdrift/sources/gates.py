"""Tells pages that are no article from articles: consent walls, paywalls, soft 404s, bot checks, log-in pages.

Pure. The words are what such pages say to their visitor ("we use cookies", "accept all"), never what news says about
cookies or subscriptions; and a page with real prose beside them is an article all the same.
"""

import re
import unicodedata

ENOUGH_PROSE = 140  # letters and digits beside the gate's own sentences; a short wire item has more

_CUES = {
    "bot_challenge": r"""
        verify(ing)?\ (that\ )?you\ are\ (a\ )?human|are\ you\ a\ robot|not\ a\ robot|
        enable\ javascript\ and\ cookies|
        checking\ (if\ the\ site|your\ browser)|unusual\ traffic|
        complete\ the\ captcha|needs\ to\ review\ the\ security|
        vérifi(er|ez|ons)\ que\ vous\ (êtes\ humain|n'êtes\ pas\ un\ robot)|activez\ javascript|
        bestätigen\ sie,?\ dass\ sie\ (ein\ mensch|kein\ roboter)|aktivieren\ sie\ javascript|
        verifi(que|ca)\ que\ (eres|es)\ (un\ )?humano|no\ (eres|soy)\ un\ robot|non\ sei\ un\ robot|
        ロボットではありません""",
    "not_found": r"""
        (page|article|story)\ (you\ (requested|are\ looking\ for|were\ looking\ for)|(was\ |could\ )?not\ (be\ )?found|
        (no\ longer|does\ not|doesn't)\ exist)|page\ (est\ )?introuvable|
        page\ (demandée|que\ vous\ (cherchez|recherchez))|
        n'existe\ (plus|pas)|seite\ (wurde\ )?(leider\ )?nicht\ gefunden|seite\ existiert\ nicht|
        página\ no\ (encontrada|existe)|no\ (se\ ha\ podido|hemos\ podido)\ encontrar\ la\ página|
        pagina\ non\ (è\ stata\ )?trovata|pagina\ non\ esiste|
        ページが見つかりません|ページは(存在しません|見つかりません)""",
    "consent_wall": r"""
        we\ (and\ our\ (\w+\ )?partners|use\ cookies)|accept\ (all|cookies)|reject\ all|
        manage\ (my\ )?(preferences|cookies)|
        before\ you\ continue|your\ (privacy|consent)\ (choices|is\ important)|we\ value\ your\ privacy|
        nous\ (et\ nos\ partenaires|utilisons\ des\ cookies)|(tout|continuer\ sans)\ (accepter|refuser)|
        gérer\ (mes|vos)\ (choix|préférences)|avant\ de\ continuer|wir\ (und\ unsere\ partner|verwenden\ cookies)|
        alle(s)?\ (akzeptieren|ablehnen)|bevor\ sie\ (fortfahren|weitermachen)|einwilligung\ (verwalten|widerrufen)|
        (nosotros\ y\ nuestros\ socios|utilizamos\ cookies|usamos\ cookies)|(aceptar|rechazar)\ tod[ao]s?|
        noi\ e\ i\ nostri\ partner|utilizziamo\ (i\ )?cookie|(accetta|rifiuta)\ tutt[oi]|
        クッキーを使用|cookieを使用|すべて(同意|許可|拒否)""",
    "paywall": r"""
        (subscribe|sign\ up|register|log\ in)\ (now\ )?to\ (continue|read|keep)|(for|to)\ subscribers\ only|
        subscriber-only|already\ a\ (subscriber|member)|subscribe\ to\ (unlock|read)|
        this\ (article|content)\ is\ (reserved|for\ (our\ )?subscribers)|
        (article|contenu)\ (est\ )?réservé\ aux?\ abonnés|abonnez-vous\ pour|déjà\ abonné|
        il\ vous\ reste\ .{0,40}à\ (lire|découvrir)|
        (jetzt|um)\ weiter(zu)?lesen|bereits\ abonnent|nur\ für\ abonnenten|
        (solo|exclusivo)\ para\ suscriptores|suscríbete\ para|ya\ eres\ suscriptor|
        (contenuto\ )?riservato\ agli\ abbonati|abbonati\ per|sei\ già\ abbonato|
        会員限定|有料会員|この記事は(会員|有料)|続きを読むには|残り\d*文字""",
    "login": r"""
        (log|sign)\ in\ to\ (your\ account|continue)|forgot(ten)?\ (your\ )?password|enter\ your\ password|
        mot\ de\ passe\ oublié|connectez-vous\ (à\ votre|pour)|passwort\ vergessen|melden\ sie\ sich\ an|
        (olvidaste|has\ olvidado)\ (tu|la|su)\ contraseña|inicia\ sesión\ para|password\ dimenticata|accedi\ per|
        パスワードを(忘れ|入力)|ログインして""",
}
_GATES = {gate: re.compile(pattern, re.IGNORECASE | re.VERBOSE) for gate, pattern in _CUES.items()}
_DEAD_TITLE = re.compile(
    r"^\W*(error\s*)?(404|410)\b(?!\s+\w+\s+\w+\s+\w+\s+\w+)|^\W*(page not found|not found|page introuvable|"
    r"seite nicht gefunden|página no encontrada|pagina non trovata|ページが見つかりません)",
    re.IGNORECASE,
)
_CHALLENGE_TITLE = re.compile(
    r"^\W*(just a moment|attention required|access denied|un instant|einen moment|un momento|"
    r"security check|robot check)\W*(\|.*)?$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s*|\n+")


def gate_of(title: str, text: str, *, is_free: bool | None = None) -> str | None:
    """Why a page is no article (`empty`, `bot_challenge`, `not_found`, `consent_wall`, `paywall`, `login`), or None.

    `is_free` is what the page itself says of being free to read.
    """
    plain = text.replace("’", "'")
    if prose_size(_without_gates(plain)) >= ENOUGH_PROSE:
        return None
    if _CHALLENGE_TITLE.search(title):
        return "bot_challenge"
    if _DEAD_TITLE.search(title):
        return "not_found"
    for gate, cues in _GATES.items():
        if cues.search(plain):
            return gate
    if is_free is False and prose_size(plain) < ENOUGH_PROSE // 2:
        return "paywall"
    return "empty" if prose_size(plain) < 20 else None


def prose_size(text: str) -> int:
    """How many letters and digits; one of a script without spaces counts as two and a half."""
    return int(sum(2.5 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text[:5000] if char.isalnum()))


def _without_gates(text: str) -> str:
    """The sentences that do not speak for a gate."""
    parts = _SENTENCE_END.split(text[:20_000])
    return "\n".join(part for part in parts if not any(cues.search(part) for cues in _GATES.values()))
