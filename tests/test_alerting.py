"""What is told: each thing once, again when it comes back, in lines that no mail header can be smuggled through."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_cases import NOW, YES, at, claim, ledger, seed, span, spec

from factdrift.facts.alerting import claims_shown, clean_line, in_words, keyed, should_alert, to_tell
from factdrift.facts.ledger import compare
from factdrift.model import (
    AttributionKind,
    ChangeKind,
    Evidence,
    Mention,
    Money,
    Name,
    Stage,
    Text,
)
from factdrift.topic import AlertPolicy

POLICY = AlertPolicy()
HELD_43 = (seed(43), seed(15, Stage.PLANNED, 1))
DONE = claim(15, Stage.COMPLETED, 9, by=AttributionKind.COMPANY)


def alerts_for(changes, already=frozenset(), policy=POLICY, claims=None, urls=None):
    return in_words(to_tell(changes, policy, frozenset(already)), "t", NOW, claims or {}, urls or {})


def alerts(*folded, **more):
    return alerts_for([change for each in folded for change in each.changes], **more)


def test_a_change_is_told_with_its_sentence_outlet_date_and_address():
    (alert,) = alerts(ledger(*HELD_43, DONE), claims={DONE.claim_id: DONE}, urls={DONE.version_id: "https://e.org/1"})

    assert alert.title == "stake: 43 % -> 15 % (completed)"
    assert "was: 43 % (current)" in alert.body
    assert "now: 15 % (completed)" in alert.body
    assert "“It says so.”" in alert.body
    assert "Outlet, 2023-04-23 https://e.org/1" in alert.body
    assert (alert.topic, alert.fact, alert.created_at, alert.sent_at, alert.attempts) == ("t", "stake", NOW, None, 0)


def test_a_change_without_its_claim_at_hand_is_still_told():
    (alert,) = alerts(ledger(*HELD_43, DONE))

    assert "“" not in alert.body


def test_nothing_is_told_twice():
    folded = ledger(*HELD_43, DONE)
    (first,) = alerts(folded)

    assert alerts(folded, already={first.key}) == ()
    assert [alert.key for alert in alerts(folded)] == [first.key]


def test_a_refold_through_another_outlets_rounding_tells_nothing_new():
    (first,) = alerts(ledger(*HELD_43, DONE))
    earlier = claim(15.1, Stage.COMPLETED, 8)

    assert alerts(ledger(*HELD_43, earlier, DONE), already={first.key}) == ()


def test_a_value_that_comes_back_after_another_is_told_again():
    party = {"by": AttributionKind.COMPANY}
    folded = ledger(*HELD_43, DONE, claim(43, Stage.CURRENT, 20, **party), claim(15, Stage.COMPLETED, 30, **party))

    told = alerts(folded)

    assert [alert.title.split("-> ")[1] for alert in told] == ["15 % (completed)", "43 % (current)", "15 % (completed)"]
    assert len({alert.key for alert in told}) == 3


def test_of_a_value_that_held_twice_the_time_that_is_withdrawn_is_told_and_the_other_is_not_told_again():
    party = {"by": AttributionKind.COMPANY}
    history = [*HELD_43, DONE, claim(43, Stage.CURRENT, 20, **party)]
    again, once_more = (claim(15, Stage.COMPLETED, day, **party) for day in (30, 40))
    old, new = ledger(*history, again), ledger(*history)
    told = {alert.key for alert in alerts(old)}

    fallen = alerts_for((*new.changes, *compare(old, new, [again.claim_id], {}, NOW)), told)
    told |= {alert.key for alert in fallen}

    assert [alert.title for alert in fallen] == ["stake: retracted: 15 % -> 43 % (current)"]
    assert alerts(new, already=told) == ()
    assert [a.title for a in alerts(ledger(*history, once_more), already=told)] == ["stake: 43 % -> 15 % (completed)"]


def test_what_stood_before_a_withdrawal_and_still_stands_is_not_told_again():
    party = {"by": AttributionKind.COMPANY}
    back = claim(43, Stage.CURRENT, 20, **party)
    first, again = ledger(seed(43), DONE), ledger(seed(43), DONE, back, claim(15, Stage.COMPLETED, 30, **party))
    none = ledger(seed(43))
    told = {alert.key for alert in alerts(first)}
    told |= {alert.key for alert in alerts_for(compare(first, none, [DONE.claim_id], {}, NOW), told)}
    told |= {alert.key for alert in alerts(again, already=told)}

    assert len(told) == 5
    assert alerts(again, already=told) == ()
    assert alerts(first, already=told) == ()


def test_what_waits_for_review_and_confirmations_are_not_told():
    folded = ledger(seed(43), claim(43), claim(15, Stage.COMPLETED, 3, by=AttributionKind.UNNAMED))

    assert len(folded.changes) == 2
    assert alerts(folded) == ()


def test_what_waited_is_told_when_it_is_confirmed():
    waiting = claim(15, Stage.COMPLETED, 3, by=AttributionKind.UNNAMED)

    assert [a.title for a in alerts(ledger(seed(43), waiting, DONE))] == ["stake: 43 % -> 15 % (completed)"]


def test_the_topic_chooses_the_kinds():
    folded = ledger(seed(43), claim(43))

    assert [a.title for a in alerts(folded, policy=AlertPolicy(kinds=("confirmed",)))] == [
        "stake: 43 % -> 43 % (current)"
    ]
    assert not should_alert(folded.changes[0], AlertPolicy(kinds=()))


def test_every_kind_of_change_has_words():
    due, later = span("2023-05-01", "2023-05-31"), span("2023-07-01", "2023-07-31")
    slipped = ledger(seed(15, Stage.PLANNED, due=due), claim(15, Stage.PLANNED, 9, due=later))
    dates = ledger(seed(due, Stage.PLANNED), claim(later, Stage.PLANNED, 9), spec_=spec("date"), now=at("2023-06-01"))
    contested = ledger(*HELD_43, claim(15, Stage.COMPLETED, 9), claim(18, Stage.CURRENT, 10))
    overdue = ledger(seed(15, Stage.PLANNED, due=due))
    old, new = ledger(*HELD_43, DONE), ledger(*HELD_43)
    retracted = compare(old, new, [DONE.claim_id], {}, NOW)
    vanished = compare(ledger(DONE), ledger(), [DONE.claim_id], {}, NOW)

    titles = [a.title for each in (slipped, dates, contested, overdue) for a in alerts(each)]
    more = [a.title for each in (retracted, vanished) for a in alerts_for(each)]

    assert titles == [
        "stake: May 2023 -> Jul 2023 (date slipped)",
        "stake: overdue: 15 % (planned, due Jul 2023)",
        "stake: May 2023 -> Jul 2023 (date slipped)",
        "stake: 43 % -> 15 % (completed)",
        "stake: contested: 15 % -> 18 % (current, contested)",
        "stake: overdue: 15 % (planned, due May 2023)",
    ]
    assert more == ["stake: retracted: 15 % -> 43 % (current)", "stake: retracted: 15 % -> nothing"]


def test_a_slip_seen_without_its_past_is_told():
    later = claim(15, Stage.PLANNED, 9, due=span("2023-12-01"))
    change = ledger(seed(15, Stage.PLANNED, due=span("2023-05-01")), later).changes[0]

    (alert,) = alerts_for([replace(change, old=None)])

    assert alert.title == "stake: nothing -> 1 Dec 2023 (date slipped)"


def test_different_measures_and_different_facts_are_different_things():
    one = claim(20, measure="economic")
    two = claim(20, measure="direct")

    folded = ledger(one, two)
    elsewhere = ledger(replace(one, claim=replace(one.claim, fact="other")), spec_=spec(name="other"))

    assert len({key for _, key in keyed([*folded.changes, *elsewhere.changes])}) == 3


def test_names_and_texts_are_one_thing_whatever_their_case():
    folded = ledger(claim(Name("Ada | B")), spec_=spec("name"))
    shouted = ledger(claim(Name("ADA | B"), day=2), spec_=spec("name"))
    text = ledger(claim(Text("x")), spec_=spec("name", also=("text",)))
    money = ledger(claim(Money(6e8, "EUR")), spec_=spec("money"))

    keys = [keyed(each.changes)[0][1] for each in (folded, shouted, text, money)]

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_titles_are_one_clean_line_of_bounded_length():
    name = Name("Evil\r\nBcc: x\u2028\u202e\x00" + "y" * 400)

    (alert,) = alerts(ledger(claim(name), spec_=spec("name")))

    assert alert.title.startswith("stake: Evil Bcc: x yyy")
    assert len(alert.title) == 160


def test_the_body_holds_the_sentence_without_its_control_characters():
    dirty = replace(
        DONE, outlet="Out\nlet", claim=replace(DONE.claim, evidence=Evidence("text", "a\r\n.\r\nb", "", "", 0, 7))
    )

    (alert,) = alerts(ledger(*HELD_43, dirty), claims={dirty.claim_id: dirty})

    assert "“a . b”" in alert.body
    assert "Out let, 2023-04-23" in alert.body


@given(st.text())
def test_a_clean_line_holds_no_line_break_or_control_character(text):
    line = clean_line(text)

    assert line.isprintable() or all(c.isprintable() or not c.isspace() for c in line)
    assert len(line.splitlines()) <= 1
    assert clean_line(line) == line


@pytest.mark.parametrize("mention", [Mention.NEWS, Mention.BACKGROUND])
def test_an_overdue_plan_is_told_once_an_interval_however_often_the_ledger_is_folded(mention):
    claims = [seed(YES, Stage.PLANNED, due=span("2023-05-01")), claim(YES, Stage.PLANNED, 90, mention=mention)]
    first = alerts(ledger(*claims, spec_=spec("state")))
    later = ledger(*claims, spec_=spec("state"), now=datetime(2024, 1, 1, tzinfo=UTC))

    assert [a.title for a in first] == ["stake: overdue: yes (planned, due 1 May 2023)"]
    assert alerts(later, already={a.key for a in first}) == ()
    assert {c.kind for c in later.changes} == {ChangeKind.OVERDUE, ChangeKind.CONFIRMED}


def test_a_dispute_and_a_correction_show_both_sentences():
    rival = claim(18, Stage.CURRENT, 10, name="rival")
    rival = replace(rival, claim=replace(rival.claim, evidence=Evidence("text", "It says 18.", "", "", 0, 11)))
    done = claim(15, Stage.COMPLETED, 9, name="done")
    claims = {"rival": rival, "done": done}

    contested = alerts(ledger(*HELD_43, done, rival), claims=claims)[-1]
    fallen = compare(ledger(*HELD_43, done), ledger(*HELD_43, rival), ["done"], {"done": "rival"}, NOW)
    (corrected,) = alerts_for(fallen, claims=claims)

    assert claims_shown(to_tell(fallen, POLICY, frozenset())) == {"done", "rival"}
    for alert in (contested, corrected):
        assert "It says 18." in alert.body
        assert "It says so." in alert.body


def test_a_change_of_nothing_into_nothing_has_a_key_of_its_own():
    (change,) = ledger(claim(15)).changes
    empty = replace(change, old=None, new=None)

    assert keyed([empty]) == [(empty, f"{change.change_id}#0")]
