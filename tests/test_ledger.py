"""The rules of the ledger, each as one small history."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from ledger_cases import (
    NO,
    NOW,
    POLICY,
    SEED_DAY,
    YES,
    article,
    at,
    claim,
    ledger,
    reason_of,
    reasons,
    seed,
    span,
    spec,
    standing,
    told,
)

from factdrift.facts.ledger import compare, finish, fold, seed_claims, start, step
from factdrift.facts.order import in_order, reference_time
from factdrift.facts.seeding import locate
from factdrift.model import (
    AttributionKind,
    ChangeKind,
    Mention,
    Money,
    Name,
    Percent,
    Review,
    Slot,
    Stage,
    Text,
    Track,
    Years,
)
from factdrift.topic import FactPolicy, FactSpec, SeedState, Topic

COMPANY, FILING, NAMED, UNNAMED = (
    AttributionKind.COMPANY,
    AttributionKind.FILING,
    AttributionKind.NAMED,
    AttributionKind.UNNAMED,
)
BACKGROUND = Mention.BACKGROUND
R, P, A, DONE, NOW_SO, DENIED, OFF = (
    Stage.RUMOURED,
    Stage.PLANNED,
    Stage.AGREED,
    Stage.COMPLETED,
    Stage.CURRENT,
    Stage.DENIED,
    Stage.CANCELLED,
)
HELD_43 = (seed(43), seed(15, P, 1))


# --- planned is not done ---


def test_a_planned_value_never_touches_the_actual_track():
    folded = ledger(seed(43), claim(15, P))

    assert told(folded) == [("added", "expected", 15, "planned")]
    assert ("actual", "43", "current") in standing(folded) or ("actual", "43.0", "current") in standing(folded)


def test_completing_a_plan_moves_the_actual_value_and_ends_the_plan():
    folded = ledger(*HELD_43, claim(15, DONE, "2023-11-08"))

    assert told(folded) == [("value_changed", "actual", 15, "completed")]
    assert [b.track for b in folded.beliefs if b.valid_to is None] == [Track.ACTUAL]
    assert folded.changes[0].old.value == Percent(43)
    assert folded.changes[0].at == at("2023-11-08")


def test_completing_a_plan_whose_number_does_not_change_is_still_a_change():
    folded = ledger(seed(YES, P), claim(YES, DONE, by=COMPANY), spec_=spec("state"))

    assert told(folded) == [("stage_changed", "actual", YES, "completed")]
    assert folded.changes[0].old.stage is P


def test_a_stage_alone_completes_the_plan_that_stands():
    folded = ledger(*HELD_43, claim(None, DONE, 5))

    assert told(folded) == [("value_changed", "actual", 15, "completed")]


def test_a_plan_to_keep_what_holds_is_no_news():
    same = claim(43, P)

    folded = ledger(seed(43), claim(43.4, NOW_SO, hour=1), same)

    assert reason_of(folded, same) == "same_value"
    assert told(folded) == [("confirmed", "actual", 43.4, "current")]


def test_a_plan_grows_firmer_and_a_weaker_restatement_is_no_change():
    weaker = claim(15, P, 9)

    folded = ledger(claim(15, R, 1), claim(15, P, 2), claim(15, A, 3), weaker)

    assert [t[3] for t in told(folded)] == ["rumoured", "planned", "agreed"]
    assert reason_of(folded, weaker) == "same_value"


def test_a_plan_of_another_value_replaces_the_plan():
    folded = ledger(*HELD_43, claim(20, A, 3))

    assert told(folded) == [("value_changed", "expected", 20, "agreed")]


def test_a_plan_without_a_value_learns_its_value_even_from_a_rumour():
    folded = ledger(seed(None, P), claim(Name("Ampere"), R, 3, by=UNNAMED), spec_=spec("name"))

    assert told(folded) == [("value_changed", "expected", Name("Ampere"), "rumoured")]


def test_a_done_thing_fulfils_a_plan_without_a_value():
    folded = ledger(seed(None, P), claim(Name("Honda"), DONE, 3), spec_=spec("name"))

    assert told(folded) == [("value_changed", "actual", Name("Honda"), "completed")]
    assert len([b for b in folded.beliefs if b.valid_to is None]) == 1


def test_what_holds_said_again_does_not_fulfil_a_plan_without_a_value():
    again = claim(Name("Uchida"), NOW_SO, 3)

    folded = ledger(seed(Name("Uchida")), seed(None, P, 1), again, spec_=spec("name"))

    assert reason_of(folded, again) == "confirmed"
    assert len(standing(folded)) == 2


# --- rumours ---


def test_a_rumour_never_moves_the_actual_track_nor_a_plan():
    rumour = claim(20, R, 3, by=UNNAMED)

    folded = ledger(*HELD_43, rumour)

    assert reason_of(folded, rumour) == "low_authority"
    assert told(folded) == []


def test_a_rumour_with_a_name_behind_it_contests_a_plan_once():
    first, second = claim(20, R, 3, by=NAMED), claim(20, R, 4, by=NAMED)

    folded = ledger(*HELD_43, first, second)

    assert told(folded) == [("contested", "expected", 20, "rumoured")]
    assert reason_of(folded, second) == "low_authority"
    assert [b.contested for b in folded.beliefs if b.track is Track.EXPECTED] == [True]


def test_a_recalled_rumour_is_background_and_a_reviewed_one_contests():
    recalled, accepted = claim(20, R, 3, mention=BACKGROUND), claim(25, R, 4, by=UNNAMED)

    folded = ledger(*HELD_43, recalled, accepted, reviews=[Review("r", accepted.claim_id, "accept", "me", NOW)])

    assert reason_of(folded, recalled) == "background"
    assert reason_of(folded, accepted) == "contested"


def test_a_rumour_on_an_empty_track_is_added_as_a_rumour():
    folded = ledger(seed(43), claim(20, R, 3, by=UNNAMED), claim(22, R, 4, by=UNNAMED))

    assert told(folded) == [("added", "expected", 20, "rumoured"), ("value_changed", "expected", 22, "rumoured")]


# --- typed equality on the ledger ---


def test_a_rounded_twin_sharpens_the_value_without_an_event():
    folded = ledger(seed(43), claim(43.4, NOW_SO, 1), claim(43, NOW_SO, 2))

    assert told(folded) == [("confirmed", "actual", 43.4, "current")]
    assert folded.beliefs[0].value == Percent(43.4, 1)
    assert reasons(folded) == ["seed", "confirmed", "same_value"]


def test_an_unknown_page_does_not_sharpen_a_value():
    folded = ledger(seed(43), claim(43.4, NOW_SO, 1, tier=3))

    assert folded.beliefs[0].value == Percent(43)


@pytest.mark.parametrize(
    ("said", "bound", "reason"),
    [(40, "min", "less_precise"), (50, "max", "less_precise"), (43, "max", "confirmed"), (50, "min", "value_changed")],
)
def test_a_bound_that_what_stands_satisfies_is_no_change(said, bound, reason):
    stored = claim(said, NOW_SO, 9, bound=bound)

    folded = ledger(seed(43), claim(43, NOW_SO, 1) if reason != "confirmed" else claim(43, P, 1, by=None), stored)

    assert reason_of(folded, stored) == (reason if reason != "confirmed" else "same_value")


def test_a_bound_is_compared_with_a_bound():
    eur = Money(600e6, "EUR", 1)
    up_to, other = claim(eur, A, 1, bound="max"), claim(eur, A, 2, bound="min")

    folded = ledger(up_to, other, spec_=spec("money"))

    assert reason_of(folded, other) == "value_changed"


def test_a_bound_satisfied_in_another_currency_or_on_no_number_is_not_known_to_be_satisfied():
    eur, czk = Money(600e6, "EUR", 1), Money(700e9, "CZK", 1)
    other, name = claim(czk, A, 2, bound="max"), claim(Name("x"), A, 3, bound="max", fact="stake")

    folded = ledger(claim(eur, A, 1), other, name, spec_=spec("money", also=("name",)))

    assert reason_of(folded, other) == "value_changed"
    assert reason_of(folded, name) == "added"


def test_a_converted_sum_is_the_same_sum():
    euro, dollar, yen = Money(600e6, "EUR", 1), Money(663e6, "USD", 3), Money(100e9, "JPY", 1)
    converted, far = claim(dollar, A, 2), claim(Money(100e9, "USD", 1), A, 3)

    folded = ledger(claim(euro, A, 1), converted, claim(yen, A, 2, hour=11), far, spec_=spec("money"))

    assert reasons(folded) == ["added", "same_value", "same_value", "value_changed"]
    assert folded.reasons[1].detail == "in another currency"


def test_a_counter_is_not_a_change():
    folded = ledger(
        seed(Years(1999, 2000)), claim(Years(1998, 1999), NOW_SO, 50), claim(Years(2000, 2000)), spec_=spec("year")
    )

    assert [t[0] for t in told(folded)] == ["confirmed"]


# --- background, order, going back ---


def test_background_never_moves_a_belief_back():
    recalled = claim(43, NOW_SO, 300, mention=BACKGROUND)

    folded = ledger(*HELD_43, claim(15, DONE, 200), recalled)

    assert reason_of(folded, recalled) == "background"
    assert told(folded) == [("value_changed", "actual", 15, "completed")]


def test_background_confirms_what_stands():
    recalled = claim(43, NOW_SO, 3, mention=BACKGROUND)

    assert reason_of(ledger(seed(43), recalled), recalled) == "confirmed"


def test_an_open_fact_is_learnt_from_background_but_not_from_long_ago_nor_from_a_plan():
    old = claim(30, DONE, "2025-03-31", mention=BACKGROUND, as_of=span("2010-01-01"))
    plan = claim(30, A, "2025-03-31", mention=BACKGROUND)
    unknown = claim(34, NOW_SO, "2023-10-23", mention=BACKGROUND, tier=3)
    recent = claim(34, NOW_SO, "2023-10-24", mention=BACKGROUND)

    folded = ledger(old, plan, unknown, recent)

    assert [reason_of(folded, c) for c in (old, plan, unknown, recent)] == ["background"] * 3 + ["added"]


def test_what_is_older_than_the_seed_changes_nothing():
    before = claim(44, NOW_SO, -3)

    folded = ledger(seed(43), before)

    assert reason_of(folded, before) == "older"
    assert standing(folded) == [("actual", "43", "current")]


def test_going_back_takes_two_origins():
    first, second = claim(43, NOW_SO, 100), claim(43, NOW_SO, 102)

    folded = ledger(*HELD_43, claim(15, DONE, 10), first, second)

    assert reason_of(folded, first) == "older"
    assert reason_of(folded, second) == "value_changed"
    assert folded.changes[-1].new.valid_from == at(102)


def test_two_origins_far_apart_do_not_bring_a_value_back():
    folded = ledger(*HELD_43, claim(15, DONE, 10), claim(43, NOW_SO, 100), claim(43, NOW_SO, 200))

    assert len(told(folded)) == 1


@pytest.mark.parametrize("cue", [{"by": COMPANY}, {"by": FILING}, {"returns": True}])
def test_a_party_or_a_word_like_again_brings_a_value_back(cue):
    folded = ledger(*HELD_43, claim(15, DONE, 10), claim(43, NOW_SO, 100, **cue))

    assert [t[2] for t in told(folded)] == [15, 43]


def test_a_reprint_of_an_earlier_value_never_brings_it_back():
    told_then = claim(43, NOW_SO, 2, origin="wire")
    reprints = [claim(43, NOW_SO, 100 + n, origin="wire", by=COMPANY) for n in range(3)]

    folded = ledger(*HELD_43, told_then, claim(15, DONE, 10), *reprints)

    assert {reason_of(folded, c) for c in reprints} == {"reprint"}


def test_a_late_article_slots_in_where_it_belongs():
    folded = ledger(claim(43, NOW_SO, 1), claim(10, DONE, 60), claim(15, DONE, 30))

    assert [t[2] for t in told(folded)] == [43, 15, 10]


def test_the_sentence_dates_the_event_where_the_day_is_past():
    dated = claim(15, DONE, "2023-11-10", as_of=span("2023-11-08"))
    this_year = claim(15, DONE, "2023-11-10", as_of=span("2023-01-01", "2023-12-31"))

    assert reference_time(dated) == datetime(2023, 11, 8, tzinfo=UTC)
    assert reference_time(this_year) == at("2023-11-10")


def test_the_later_known_of_two_rows_with_one_id_counts():
    early, late = claim(43, name="one", tier=3), claim(43, name="one", tier=2, origin="o")
    late = type(late)(**{f: getattr(late, f) for f in late.__slots__ if f != "system_from"}, system_from=at(9))

    assert in_order([late, early]) == in_order([early, late]) == [late]


# --- origins, authority, review ---


def test_reprints_are_counted_not_told():
    first, copy = claim(15, DONE, 3, origin="wire"), claim(15, DONE, 4, origin="wire")

    folded = ledger(*HELD_43, first, copy, claim(15, DONE, 5))

    assert reason_of(folded, copy) == "reprint"
    assert folded.beliefs[-1].origins == 2


def test_the_title_and_the_text_of_one_article_are_no_reprint():
    title, text = claim(15, DONE, 3, article="x", name="t"), claim(15, DONE, 3, article="x", name="u", origin="t")

    assert reason_of(ledger(*HELD_43, title, text), text) == "same_value"


def test_claims_without_an_origin_are_independent_by_article():
    folded = ledger(
        claim(15, DONE, 3, origin="", article="x", tier=3), claim(15, DONE, 4, origin="", article="y", tier=3)
    )

    assert told(folded) == [("added", "actual", 15, "completed")]


def test_one_unknown_page_overturns_nothing_alone_but_waits_for_another():
    first, second = claim(15, DONE, 3, tier=3), claim(15, DONE, 5, tier=3)

    alone, both = ledger(*HELD_43, first), ledger(*HELD_43, first, second)

    assert told(alone) == []
    assert [c.needs_review for c in alone.changes] == [True]
    assert reason_of(alone, first) == "needs_review"
    assert told(both) == [("value_changed", "actual", 15, "completed")]
    assert both.changes[-1].new.valid_from == at(3)
    assert both.changes[-1].at == at(5)


def test_more_words_on_too_little_authority_make_no_second_event():
    copies = [claim(15, DONE, 4, tier=3, origin="w", article=f"x{n}", hour=n) for n in range(2)]
    unnamed = [claim(20, DONE, 6 + n, by=UNNAMED) for n in range(2)]

    folded = ledger(*HELD_43, *copies, *unnamed)

    assert [reason_of(folded, c) for c in copies] == ["needs_review", "reprint"]
    assert [reason_of(folded, c) for c in unnamed] == ["needs_review", "low_authority"]
    assert len(folded.changes) == 2


def test_a_party_confirms_at_its_own_time_what_unnamed_sources_said_before():
    folded = ledger(*HELD_43, claim(15, DONE, 3, by=UNNAMED), claim(15, DONE, 30, by=COMPANY))

    assert folded.changes[-1].new.valid_from == at(30)


def test_a_topic_may_ask_for_more_origins():
    strict = FactPolicy(min_origins=2, confirm=(COMPANY,))
    of_another_kind = claim(15, DONE, 4)

    folded = ledger(
        *HELD_43, claim(15, DONE, 3, by=COMPANY), of_another_kind, claim(15, DONE, 5, by=COMPANY), policy=strict
    )

    assert reasons(folded)[2:] == ["needs_review", "low_authority", "value_changed"]


def test_a_reviewer_accepts_rejects_and_undoes():
    waiting = claim(15, DONE, 3, tier=3)
    accept = Review("1", waiting.claim_id, "accept", "ann", NOW)
    reject = Review("2", waiting.claim_id, "reject", "bob", NOW + timedelta(hours=1))
    undone = Review("2", waiting.claim_id, "reject", "bob", NOW + timedelta(hours=1), undone=True)
    note = Review("3", waiting.claim_id, "note", "bob", NOW + timedelta(hours=2), note="odd")

    assert reason_of(ledger(*HELD_43, waiting, reviews=[accept, note]), waiting) == "value_changed"
    assert reason_of(ledger(*HELD_43, waiting, reviews=[reject, accept]), waiting) == "rejected"
    assert reason_of(ledger(*HELD_43, waiting, reviews=[undone, accept]), waiting) == "value_changed"
    assert reason_of(ledger(*HELD_43, waiting, reviews=[note]), waiting) == "needs_review"


# --- cancellation, denial ---


def test_a_cancelled_plan_falls_and_stays_fallen_until_said_again():
    again, denied = claim(YES, OFF, 9), claim(None, DENIED, 10)

    folded = ledger(seed(YES, P), claim(YES, A, 2), claim(YES, OFF, 8, by=COMPANY), again, denied, spec_=spec("state"))

    assert [t[3] for t in told(folded)] == ["agreed", "cancelled"]
    assert reason_of(folded, again) == reason_of(folded, denied) == "same_value"


def test_a_cancelled_plan_that_is_planned_again_by_a_party_is_back():
    rumour, back = claim(YES, R, 9), claim(YES, P, 10, by=COMPANY)

    folded = ledger(seed(YES, P), claim(YES, OFF, 8), rumour, back, spec_=spec("state"))

    assert reason_of(folded, rumour) == "older"
    assert reason_of(folded, back) == "stage_changed"
    assert standing(folded) == [("expected", str(YES), "planned")]


def test_what_fell_is_not_talked_of_again_by_what_else_the_same_hour_says():
    rumour, later = claim(YES, R, 8, origin="other"), claim(YES, R, 9, origin="other")

    folded = ledger(seed(YES), claim(YES, OFF, 8), rumour, later, spec_=spec("state"))

    assert reason_of(folded, rumour) == "older"
    assert reason_of(folded, later) == "stage_changed"


def test_a_plan_of_another_value_after_a_cancelled_one_is_a_new_plan():
    folded = ledger(claim(15, P, 1), claim(15, OFF, 2), claim(20, P, 3))

    assert [t[0] for t in told(folded)] == ["added", "stage_changed", "value_changed"]


def test_a_denial_of_a_plan_that_does_not_stand_is_kept_out():
    other = claim(20, DENIED, 9)

    assert reason_of(ledger(*HELD_43, other), other) == "wrong_slot"


def test_a_state_said_to_fall_takes_the_claims_value():
    folded = ledger(claim(NO, R, 1), claim(YES, OFF, 2), spec_=spec("state"))

    assert told(folded)[-1] == ("stage_changed", "expected", YES, "cancelled")


def test_what_holds_and_is_cancelled_shows_on_the_expected_track():
    folded = ledger(seed(YES), claim(YES, OFF, 9, by=COMPANY), spec_=spec("state"))

    assert told(folded) == [("stage_changed", "expected", YES, "cancelled")]
    assert folded.changes[0].old.stage is NOW_SO
    assert standing(folded) == [("actual", str(YES), "current"), ("expected", str(YES), "cancelled")]


@pytest.mark.parametrize("over", [claim(NO, OFF, 9), claim(YES, OFF, 9, as_of=span("2023-04-20"))])
def test_what_holds_and_is_said_to_be_over_ends_on_the_actual_track_too(over):
    folded = ledger(seed(YES), over, spec_=spec("state"))

    assert told(folded) == [("stage_changed", "expected", YES, "cancelled")]
    assert standing(folded) == [("actual", str(NO), "completed"), ("expected", str(YES), "cancelled")]


def test_a_state_that_ended_moves_the_actual_track():
    folded = ledger(seed(YES), claim(NO, DONE, 9), spec_=spec("state"))

    assert told(folded) == [("value_changed", "actual", NO, "completed")]


def test_what_was_called_off_is_not_back_because_an_outlet_forgot():
    forgot, back = claim(YES, NOW_SO, 9), claim(YES, NOW_SO, 10, returns=True)

    folded = ledger(seed(YES), claim(YES, OFF, 8), forgot, back, spec_=spec("state"))

    assert reason_of(folded, forgot) == "confirmed"
    assert told(folded)[-1] == ("stage_changed", "actual", YES, "current")


def test_a_share_that_is_held_is_no_plan_that_could_be_called_off():
    off = claim(43, OFF, 9)

    folded = ledger(seed(43), off)

    assert (reason_of(folded, off), folded.changes) == ("wrong_slot", ())


def test_a_denial_where_nothing_stands_is_learnt():
    folded = ledger(claim(YES, DENIED, 1, by=COMPANY), spec_=spec("state"))

    assert told(folded) == [("added", "expected", YES, "denied")]


def test_a_denial_of_another_value_than_what_holds_is_a_fact_of_its_own():
    folded = ledger(seed(43), claim(60, DENIED, 1, by=COMPANY))

    assert told(folded) == [("added", "expected", 60, "denied")]


# --- dates, silence ---

MID_2023 = span("2023-05-01", "2023-08-31")


def dated(name="stake"):
    return spec("date", also=("state",), name=name)


def test_a_date_that_moves_has_slipped():
    folded = ledger(seed(MID_2023, P), claim(span("2023-09-01", "2023-11-30"), P, 9), spec_=dated())

    assert [(str(c.kind), c.old.value) for c in folded.changes] == [("date_slipped", MID_2023)]


def test_a_day_within_the_interval_fulfils_the_date_and_sharpens_it_while_planned():
    july, day = span("2023-07-01", "2023-07-31"), span("2023-07-26")

    folded = ledger(seed(MID_2023, P), claim(july, P, 9), claim(day, DONE, "2023-07-26"), spec_=dated())

    assert told(folded) == [("confirmed", "expected", july, "planned"), ("stage_changed", "actual", day, "completed")]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ({}, span("2023-07-26")),
        ({"as_of": span("2023-07-24")}, span("2023-07-24")),
    ],
)
def test_a_date_done_without_a_date_has_the_day_of_the_sentence(said, value):
    folded = ledger(seed(MID_2023, P), claim(None, DONE, "2023-07-26", **said), spec_=dated())

    assert told(folded) == [("stage_changed", "actual", value, "completed")]


def test_it_will_happen_is_no_other_date_and_it_will_not_is():
    yes, no = claim(YES, P, 2), claim(NO, DONE, 3)

    folded = ledger(seed(MID_2023, P), yes, no, spec_=dated())

    assert reason_of(folded, yes) == "confirmed"
    assert told(folded)[-1] == ("added", "actual", NO, "completed")
    assert any(b.track is Track.EXPECTED and b.valid_to is None for b in folded.beliefs)


def test_a_due_interval_that_ends_without_news_is_overdue_once():
    after = datetime(2023, 9, 1, tzinfo=UTC)

    before = ledger(seed(MID_2023, P), spec_=dated(), now=after - timedelta(seconds=1))
    folded = ledger(seed(MID_2023, P), claim(YES, P, "2023-10-01"), spec_=dated(), now=after + timedelta(days=90))

    assert told(before) == []
    assert [t[0] for t in told(folded)] == ["overdue", "confirmed"]
    assert folded.changes[0].at == after


def test_a_slip_told_after_the_date_has_passed_leaves_the_overdue_on_the_ledger():
    late = claim(span("2023-12-01", "2023-12-31"), P, "2023-09-10")

    folded = ledger(seed(MID_2023, P), late, spec_=dated(), now=at("2024-02-01"))

    assert [t[0] for t in told(folded)] == ["overdue", "date_slipped", "overdue"]


def test_rumours_fallen_plans_and_the_end_of_the_calendar_are_never_overdue():
    far = span("9999-01-01", "9999-12-31")
    for value, stage in ((MID_2023, R), (MID_2023, OFF), (far, P)):
        assert "overdue" not in [t[0] for t in told(ledger(claim(value, stage), spec_=dated(), now=at("2030-01-01")))]


def test_two_plans_overdue_at_once_are_told_in_the_order_of_their_dates():
    first, second = claim(2.5, P, 1, due=span("2023-06-30")), claim(5, P, 1, due=span("2023-05-31"))

    folded = ledger(first, second, spec_=spec(cardinality="many"))

    assert [c.new.value.percent for c in folded.changes if c.kind is ChangeKind.OVERDUE] == [5, 2.5]


def test_a_due_interval_slips_is_sharpened_and_is_learnt():
    learnt = claim(15, P, 1, due=span("2023-07-01", "2023-12-31"))
    sharper = claim(15, P, 2, due=span("2023-09-01", "2023-09-30"))
    later = claim(15, P, 3, due=span("2024-03-01", "2024-03-31"))
    rumour = claim(15, R, 4, due=span("2024-09-01", "2024-09-30"))

    folded = ledger(*HELD_43, learnt, sharper, later, rumour)

    assert [reason_of(folded, c) for c in (learnt, sharper, later, rumour)] == [
        "confirmed",
        "same_value",
        "date_slipped",
        "same_value",
    ]
    assert folded.changes[-1].old.due == sharper.claim.due
    assert folded.changes[-1].new.due == later.claim.due


def test_a_slip_told_as_a_firmer_plan_is_one_event():
    folded = ledger(seed(15, P, due=span("2023-05-01")), claim(15, A, 3, due=span("2023-12-01")), now=at("2023-04-30"))

    assert [(str(c.kind), c.new.due) for c in folded.changes] == [("stage_changed", span("2023-12-01"))]


def test_an_earlier_date_comes_back_only_with_support():
    folded = ledger(seed(MID_2023, P), claim(span("2023-12-01"), P, 3), claim(MID_2023, P, 5), spec_=dated())

    assert [t[0] for t in told(folded)] == ["date_slipped"]


# --- several values, steps ---

MANY = spec("name", "many")


def test_each_value_of_a_many_valued_fact_has_its_own_line():
    folded = ledger(
        seed(Name("Geely")), seed(Name("Saudi Aramco"), number=1), claim(Name("Aramco")), claim(Name("Mubadala"), R, 2),
        claim(Name("Mubadala"), DONE, 3), spec_=MANY,
    )  # fmt: skip

    assert [t[0] for t in told(folded)] == ["confirmed", "added", "stage_changed"]
    assert len(standing(folded)) == 3


def test_a_stage_alone_never_picks_one_of_many_plans_to_complete():
    sold = claim(None, DONE, 40)

    folded = ledger(claim(28.4, P, 1), sold, spec_=spec(cardinality="many"))

    assert told(folded) == [("added", "expected", 28.4, "planned"), ("added", "actual", None, "completed")]


def test_a_stage_alone_soon_after_a_step_speaks_of_that_step():
    sold = claim(None, DONE, 40)

    folded = ledger(claim(5, DONE, 1), claim(2.5, DONE, 38), sold, spec_=spec(cardinality="many"))

    assert reason_of(folded, sold) == "same_value"


def test_what_falls_unnamed_is_the_only_plan_there_is():
    one, two = claim(Name("A"), R, 1), claim(Name("B"), R, 2)
    off = claim(None, OFF, 3)

    assert told(ledger(one, off, spec_=MANY))[-1] == ("stage_changed", "expected", Name("A"), "cancelled")
    assert told(ledger(one, two, off, spec_=MANY))[-1] == ("added", "expected", None, "cancelled")


def test_a_second_sale_of_the_same_size_is_another_step_and_its_report_next_day_is_not():
    many = spec(cardinality="many")
    sales = [claim(5, DONE, "2023-12-12"), claim(5, DONE, "2023-12-13"), claim(5, P, "2024-09-20"),
             claim(5, DONE, "2024-09-27"), claim(5, NOW_SO, "2025-01-27")]  # fmt: skip

    folded = ledger(*sales, spec_=many, now=at("2025-02-01"))

    assert reasons(folded) == ["added", "same_value", "added", "stage_changed", "same_value"]


# --- measures ---


def test_a_measured_share_stands_beside_the_main_one():
    economic, twin = claim(35.7, NOW_SO, 300, measure="economic"), claim(36, NOW_SO, 301)

    folded = ledger(*HELD_43, claim(15, DONE, 200), economic, twin)

    assert told(folded)[1:] == [("added", "actual", 35.7, "current")]
    assert reason_of(folded, twin) == "same_value"
    assert {b.measure for b in folded.beliefs if b.valid_to is None} == {None, "economic"}


def test_a_measured_share_that_was_the_plan_completes_the_main_plan():
    folded = ledger(*HELD_43, claim(15, DONE, 200, measure="direct"), claim(15, NOW_SO, 201, measure="voting"))

    assert told(folded) == [("value_changed", "actual", 15, "completed")]


def test_a_measured_claim_moves_only_its_own_line():
    folded = ledger(
        *HELD_43,
        claim(36, NOW_SO, 1, measure="economic"),
        claim(30, NOW_SO, 90, measure="economic"),
        claim(20, DONE, 99),
    )

    assert [(t[0], t[2]) for t in told(folded)] == [("added", 36), ("value_changed", 30), ("value_changed", 20)]


# --- conflicts ---


def test_two_outlets_that_contradict_each_other_within_days_are_contested_once():
    rival, again = claim(18, NOW_SO, 202), claim(18, NOW_SO, 203, origin="rival-2", article="r2")
    first = [claim(15, DONE, 200), claim(15, NOW_SO, 201)]

    folded = ledger(*HELD_43, *first, rival, again)

    assert told(folded)[1:] == [("contested", "actual", 18, "current")]
    assert reason_of(folded, again) == "low_authority"
    assert [b.contested for b in folded.beliefs if b.valid_to is None] == [True]


def test_a_dispute_is_won_by_more_origins_however_long_it_takes():
    rivals = [claim(18, NOW_SO, day) for day in (202, 215, 220)]

    folded = ledger(*HELD_43, claim(15, DONE, 200), claim(15, NOW_SO, 201), *rivals)

    assert reasons(folded)[-3:] == ["contested", "low_authority", "value_changed"]
    assert not folded.beliefs[-1].contested


def test_a_dispute_is_settled_by_a_party_either_way():
    history = [*HELD_43, claim(15, DONE, 200), claim(18, NOW_SO, 202)]

    upheld = ledger(*history, claim(15, NOW_SO, 205, by=COMPANY))
    lost = ledger(*history, claim(18, NOW_SO, 205, by=COMPANY))

    assert [b.contested for b in upheld.beliefs if b.valid_to is None] == [False]
    assert told(lost)[-1] == ("value_changed", "actual", 18, "current")


def test_what_a_party_said_is_not_outvoted_within_days():
    rivals = [claim(18, NOW_SO, 202 + n) for n in range(3)]

    folded = ledger(*HELD_43, claim(15, DONE, 200, by=COMPANY), *rivals)

    assert [t[0] for t in told(folded)] == ["value_changed", "contested"]


@pytest.mark.parametrize("explained", [{"as_of": span("2023-11-02")}, {"by": FILING}, {"returns": True}])
def test_a_dated_event_a_filing_or_a_cue_is_a_change_not_a_dispute(explained):
    history = [*HELD_43, claim(15, DONE, "2023-11-01"), claim(10, DONE, "2023-11-04", **explained)]

    assert told(ledger(*history))[-1] == ("value_changed", "actual", 10, "completed")


def test_a_value_learnt_for_one_that_was_not_stated_is_no_dispute():
    folded = ledger(claim(None, DONE, 1), claim(51, DONE, 2), now=NOW)

    assert [t[0] for t in told(folded)] == ["added", "value_changed"]


# --- slots, seeds, state ---


def test_a_claim_of_another_fact_slot_or_kind_is_kept_out():
    other_fact = claim(15, fact="other")
    swapped = claim(15, slot=Slot("holds_stake", "b", "a"), name="swapped")
    other_kind = claim(Text("15"), name="text")

    folded = ledger(seed(43), other_fact, swapped, other_kind)

    assert [reason_of(folded, c) for c in (other_fact, swapped, other_kind)] == ["wrong_slot"] * 3


def test_a_withdrawn_claim_that_is_handed_over_does_nothing():
    gone = claim(15, DONE, 3, system_to=NOW)

    assert reason_of(ledger(*HELD_43, gone), gone) == "withdrawn"


def test_the_seed_article_read_against_its_own_facts_only_confirms():
    own = {"article": "seed-article", "origin": "seed", "hour": 0}
    said = [claim(43, NOW_SO, 0, **own), claim(15, P, 0, **own), claim(43, NOW_SO, 0, name="title", **own)]

    folded = ledger(*HELD_43, *said)

    assert {str(c.kind) for c in folded.changes} == {"confirmed"}
    assert reason_of(folded, said[2]) in {"same_value", "confirmed"}


def test_the_fold_goes_on_from_a_pickled_state():
    claims = in_order([*HELD_43, claim(15, A, 3), claim(15, DONE, 9), claim(43, NOW_SO, 11)])
    state = start(spec())
    for stored in claims:
        state = pickle.loads(pickle.dumps(step(spec(), state, stored, POLICY)))

    assert finish(state, NOW) == fold(spec(), claims, POLICY, NOW)


def test_times_in_other_zones_are_the_same_times():
    zoned = claim(15, DONE, 3)
    moved = type(zoned)(
        **{f: getattr(zoned, f) for f in zoned.__slots__ if f != "published_at"},
        published_at=zoned.published_at.astimezone(timezone(timedelta(hours=9))),
    )

    assert told(ledger(*HELD_43, moved)) == told(ledger(*HELD_43, zoned))


def topic(*facts):
    return Topic(topic="t", title="T", seed_article="t.md", entities={}, facts=facts)


def test_seed_states_become_claims_with_their_sentence():
    states = (
        SeedState(stage=NOW_SO, value={"percent": 43}, quote="It holds 43%."),
        SeedState(stage=P, value={"percent": 15}, due_to=SEED_DAY, quote="Title"),
    )
    fact = spec().model_copy(update={"seed": states})

    held, planned = seed_claims(topic(fact), article("Before. It holds 43%. After."))

    assert held.claim_id == "seed:stake:0"
    assert (held.claim.evidence.prefix, held.claim.evidence.suffix) == ("Before. ", " After.")
    assert held.claim.value == Percent(43)
    assert held.published_at == at(0, 0)
    assert planned.claim.evidence.part == "title"
    assert planned.claim.due.date_to == planned.claim.due.date_from == SEED_DAY


def test_a_seed_date_without_a_value_is_its_due_interval():
    state = SeedState(stage=P, due_from=MID_2023.date_from, due_to=MID_2023.date_to, quote="By mid-year.")
    fact = FactSpec(name="f", meaning="m", relation="r", subject="a", value="date", seed=(state,))

    (stored,) = seed_claims(topic(fact), article("By mid-year."))

    assert stored.claim.value == stored.claim.due == MID_2023


def test_a_quote_that_is_not_there_is_an_error():
    with pytest.raises(ValueError, match="substring not found"):
        locate(article("text"), "nowhere")


# --- corrections ---


def moved(history, gone=(), replaced_by=None, new=()):
    old = ledger(*history)
    folded = ledger(*[c for c in history if c not in gone], *new)
    return compare(old, folded, [c.claim_id for c in gone], replaced_by or {}, NOW)


def test_a_withdrawn_claim_retracts_what_rested_on_it():
    wrong = claim(15, DONE, 3)

    (change,) = moved([*HELD_43, wrong], [wrong])

    assert change.kind is ChangeKind.RETRACTED
    assert (change.old.value, change.new.value) == (Percent(15), Percent(43))
    assert (change.claim_id, change.at) == (wrong.claim_id, NOW)


def test_a_corrected_article_says_what_it_says_now():
    wrong, right = claim(15, DONE, 3, name="v1"), claim(18, DONE, 3, name="v2")

    (change,) = moved([*HELD_43, wrong], [wrong], {"v1": "v2"}, [right])

    assert change.kind is ChangeKind.CORRECTED
    assert (change.old.claim_id, change.new.claim_id) == ("v1", "v2")


@pytest.mark.parametrize(
    ("value", "mention", "kind"),
    [
        (43, Mention.NEWS, "corrected"),  # it now says what stands
        (18, Mention.BACKGROUND, "retracted"),  # it now says nothing that counts
    ],
)
def test_a_replacement_corrects_only_where_it_is_heard(value, mention, kind):
    wrong, other = claim(15, DONE, 3, name="v1"), claim(value, NOW_SO, 3, name="v2", mention=mention)

    (change,) = moved([seed(43), wrong], [wrong], {"v1": "v2"}, [other])

    assert str(change.kind) == kind


def test_what_another_claim_carries_as_well_is_not_retracted():
    wrong = claim(15, DONE, 3)

    assert moved([*HELD_43, wrong, claim(15, DONE, 4)], [wrong]) == ()
    assert moved([*HELD_43, wrong]) == ()


def test_of_a_value_that_held_twice_the_second_time_is_retracted():
    party = {"by": AttributionKind.COMPANY}
    first, between, second = claim(15, DONE, 3, **party), claim(43, NOW_SO, 20, **party), claim(15, DONE, 30, **party)

    (change,) = moved([*HELD_43, first, between, second], [second])

    assert (change.kind, change.claim_id) == (ChangeKind.RETRACTED, second.claim_id)
    assert (change.old.value, change.new.value) == (Percent(15), Percent(43))


def test_of_a_value_that_held_twice_neither_time_is_retracted_where_what_came_between_is():
    party = {"by": AttributionKind.COMPANY}
    first, between, second = claim(15, DONE, 3, **party), claim(43, NOW_SO, 20, **party), claim(15, DONE, 30, **party)

    (change,) = moved([*HELD_43, first, between, second], [between])

    assert (change.claim_id, change.old.value, change.new.value) == (between.claim_id, Percent(43), Percent(15))
    assert [c.claim_id for c in moved([*HELD_43, first, between, second], [between, second])] == [between.claim_id]


def test_a_value_that_was_a_rivals_before_it_held_is_retracted():
    rival, party = claim(18, NOW_SO, 10), claim(18, DONE, 12, by=AttributionKind.COMPANY)
    history = [*HELD_43, claim(15, DONE, 9), rival, party]

    (change,) = moved(history, [party])

    assert change.old.value == Percent(18)


def test_a_withdrawn_corroboration_retracts_what_it_carried():
    first, second = claim(15, DONE, 3, tier=3), claim(15, DONE, 5, tier=3)

    (change,) = moved([*HELD_43, first, second], [first])

    assert (change.kind, change.claim_id) == (ChangeKind.RETRACTED, first.claim_id)


def test_nothing_stands_instead_of_an_open_fact_that_was_withdrawn():
    only = claim(15, DONE, 3)

    (change,) = moved([only], [only])

    assert change.new is None


def test_what_vanished_for_another_reason_is_not_blamed_on_a_later_withdrawal():
    early, late = claim(15, DONE, 30), claim(43, NOW_SO, 40)
    old, new = ledger(*HELD_43, early, late), ledger(*HELD_43, claim(20, DONE, 20), claim(15, DONE, 30, name="x"))

    assert compare(old, new, [late.claim_id], {}, NOW) == ()


# --- what hardening taught ---


def test_news_of_what_happened_long_ago_is_background():
    old = claim(37, DONE, "2025-03-31", as_of=span("1999-03-27"))

    assert reason_of(ledger(old), old) == "background"


def test_a_reviewer_may_make_news_of_background():
    recalled = claim(24, NOW_SO, 90, mention=BACKGROUND)

    folded = ledger(seed(43), recalled, reviews=[Review("1", recalled.claim_id, "accept", "ann", NOW)])

    assert told(folded) == [("value_changed", "actual", 24, "current")]


def test_a_coming_day_that_dates_a_plan_is_its_due_day():
    leaves = claim(None, P, 5, as_of=span("2023-06-15"))

    folded = ledger(seed(Name("Ada")), leaves, spec_=spec("name"))

    assert [(str(c.kind), c.new.due) for c in folded.changes] == [
        ("added", span("2023-06-15")),
        ("overdue", span("2023-06-15")),
    ]


def test_a_plan_without_a_value_that_is_done_leaves_the_value_unknown():
    folded = ledger(seed(Name("Ada")), claim(None, P, 5), claim(None, DONE, 9), spec_=spec("name"))

    assert told(folded)[-1] == ("value_changed", "actual", None, "completed")


def test_a_carried_out_plan_of_a_many_valued_fact_leaves_its_other_values_alone():
    many = spec(cardinality="many")

    folded = ledger(claim(5, DONE, 1), claim(None, R, 9), claim(None, DONE, 12), spec_=many)

    assert reasons(folded) == ["added", "added", "stage_changed"]
    assert ("actual", "5", "completed") in [(t, v.removesuffix(".0"), s) for t, v, s in standing(folded)]


def test_the_day_of_the_page_gives_way_to_the_day_that_is_said():
    near, far = claim(span("2023-07-26"), DONE, "2023-07-28"), claim(span("2023-07-10"), DONE, "2023-08-20")
    history = [seed(MID_2023, P), claim(None, DONE, "2023-07-27")]

    assert [b.value for b in ledger(*history, near, spec_=dated()).beliefs if b.valid_to is None] == [near.claim.value]
    assert told(ledger(*history, far, spec_=dated(), now=at("2023-09-01")))[-1][0] == "value_changed"


def test_about_gives_way_to_the_exact_number_without_an_event():
    folded = ledger(claim(40, NOW_SO, 1, approx=True), claim(43, NOW_SO, 2))

    assert [b.value for b in folded.beliefs] == [Percent(43)]
    assert len(folded.changes) == 1


def test_a_plan_told_after_its_date_is_not_overdue():
    late = claim(15, P, 60, due=span("2023-05-01"))

    assert [t[0] for t in told(ledger(late))] == ["added"]


def test_an_overdue_plan_that_grows_firmer_is_not_overdue_twice():
    folded = ledger(seed(YES, P, due=span("2023-05-01")), claim(YES, A, 40), spec_=spec("state"))

    assert [t[0] for t in told(folded)] == ["overdue", "stage_changed"]


def test_after_the_days_of_a_dispute_three_origins_win_it():
    crowd = [claim(15, NOW_SO, 201, hour=n) for n in range(6)]
    rivals = [claim(18, NOW_SO, day) for day in (202, 203, 215)]

    folded = ledger(*HELD_43, claim(15, DONE, 200), *crowd, *rivals)

    assert reasons(folded)[-3:] == ["contested", "low_authority", "value_changed"]


def test_what_waited_begins_after_what_stood_meanwhile():
    waiting, confirming = claim(15, A, 3, tier=3), claim(15, A, 20, tier=3)
    history = [claim(20, P, 1), waiting, claim(20, DONE, 10), confirming]

    folded = ledger(*history)

    expected = [b for b in folded.beliefs if b.track is Track.EXPECTED]
    assert [(b.valid_from, b.valid_to) for b in expected] == [(at(1), at(10)), (at(10), None)]


def test_a_many_valued_fact_dates_what_waited_from_its_first_report():
    waiting, confirming = claim(15, DONE, 3, tier=3), claim(15, DONE, 20, tier=3)
    history = [claim(20, P, 1), waiting, claim(20, DONE, 10), confirming]

    folded = ledger(*history, spec_=spec(cardinality="many"))

    assert folded.changes[-1].new.valid_from == at(3)


def test_a_withdrawn_seed_founds_nothing():
    gone = replace(seed(43), system_to=NOW)

    folded = ledger(gone)

    assert (folded.beliefs, reasons(folded)) == ((), ["withdrawn"])


def test_a_return_at_the_very_moment_of_the_change_is_no_return():
    same_moment = claim(43, NOW_SO, 10, by=COMPANY, name="z")

    folded = ledger(*HELD_43, claim(15, DONE, 10, name="a"), same_moment)

    assert reason_of(folded, same_moment) == "older"


@pytest.mark.parametrize("value", [15, 20])
def test_a_claim_stepped_out_of_order_moves_and_confirms_nothing(value):
    state = start(spec())
    for stored in (claim(15, NOW_SO, 10), claim(value, NOW_SO, 5)):
        state = step(spec(), state, stored, POLICY)

    assert [str(r.reason) for r in state.reasons] == ["added", "older"]


def test_a_many_valued_fact_learns_the_value_of_its_open_plan():
    seeking = seed(None, P)
    recalled, found = claim(Name("Apple"), A, 3, mention=BACKGROUND), claim(Name("Honda"), A, 5)

    folded = ledger(seeking, recalled, found, claim(Name("Mitsubishi"), R, 6), spec_=MANY)

    assert reason_of(folded, recalled) == "background"
    assert [t[0] for t in told(folded)] == ["value_changed", "added"]


def test_what_is_done_fulfils_the_open_plan_of_a_many_valued_fact():
    folded = ledger(seed(None, P), claim(Name("Honda"), DONE, 5), spec_=MANY)

    assert told(folded) == [("value_changed", "actual", Name("Honda"), "completed")]
    assert len(standing(folded)) == 1


@pytest.mark.parametrize("stage", [P, OFF])
def test_a_measured_claim_of_a_plan_compares_with_what_holds(stage):
    folded = ledger(seed(15), claim(15, stage, 3, measure="direct"))

    assert {b.measure for b in folded.beliefs} == {None}


def test_a_page_dated_thirty_years_ahead_is_as_old_as_our_knowing_it():
    ahead = replace(claim(15, DONE, 9), published_at=at("2053-01-01"), system_from=at(9))

    folded = ledger(*HELD_43, ahead, claim(10, DONE, 60))

    assert [(t[2], c.at) for t, c in zip(told(folded), folded.changes, strict=True)] == [(15, at(9)), (10, at(60))]


def test_what_waited_and_what_it_became_are_two_events():
    waiting = claim(15, DONE, 3, tier=3)

    before = ledger(*HELD_43, waiting)
    after = ledger(*HELD_43, waiting, reviews=[Review("1", waiting.claim_id, "accept", "ann", NOW)])

    assert before.changes[0].change_id != after.changes[0].change_id


def test_a_plan_for_what_holds_since_then_is_no_new_plan_and_a_reversed_plan_is():
    settled = [claim(Name("A"), R, 1), claim(Name("B"), DONE, 5)]
    restated, reversed_ = claim(Name("B"), A, 6), claim(43, P, 5)

    assert reason_of(ledger(*settled, restated, spec_=spec("name")), restated) == "same_value"
    assert reason_of(ledger(*HELD_43, reversed_), reversed_) == "value_changed"


# --- edges ---


def test_a_day_named_on_that_day_is_the_publication_and_no_due_day():
    today = claim(15, P, 9, as_of=span("2023-04-23"))

    (change,) = ledger(today).changes

    assert (change.at, change.new.due) == (at(9), None)


def test_a_date_that_is_said_is_not_about():
    folded = ledger(seed(MID_2023, P), claim(span("2023-07-26"), DONE, "2023-07-27"), spec_=dated())

    assert [b.approx for b in folded.beliefs if b.valid_to is None] == [False]


def test_what_holds_has_no_due_day():
    keeps = claim(43, P, 3, due=span("2023-06-01"))

    folded = ledger(seed(43), keeps, claim(43, NOW_SO, 4, due=span("2023-06-01")))

    assert [b.due for b in folded.beliefs] == [None]


def test_a_plan_told_at_the_end_of_its_day_is_not_overdue():
    plan = claim(15, P, 1, hour=0, due=span("2023-04-14"))

    assert [t[0] for t in told(ledger(plan))] == ["added"]


def test_the_same_plan_for_its_earlier_day_comes_back_only_with_support():
    may, july = {"due": span("2023-05-01")}, {"due": span("2023-07-01")}
    back, third = claim(15, P, 5, **may), claim(15, P, 6, due=span("2023-07-20"))

    folded = ledger(claim(15, P, 1, **may), claim(15, P, 3, **july), back, third, now=at("2023-04-25"))

    assert reason_of(folded, back) == "older"
    assert reason_of(folded, third) == "date_slipped"


def test_a_date_for_what_was_only_planned_is_no_slip():
    folded = ledger(claim(YES, P, 1), claim(MID_2023, P, 2), spec_=dated())

    assert [t[0] for t in told(folded)] == ["added", "value_changed"]


def test_an_unmeasured_share_is_not_that_of_a_measured_plan_nor_of_another_measured_value():
    plan = claim(30, P, 1, measure="economic")
    holds = claim(36, NOW_SO, 1, measure="economic")

    planned, other = claim(30, NOW_SO, 5), claim(20, NOW_SO, 5)

    assert {b.measure for b in ledger(plan, planned).beliefs if b.track is Track.ACTUAL} == {None}
    assert {b.measure for b in ledger(holds, other).beliefs} == {None, "economic"}


def test_a_sum_within_a_bound_of_the_same_currency_is_less_precise():
    eur = Money(600e6, "EUR", 1)
    bound = claim(Money(900e6, "EUR", 1), A, 2, bound="max")

    assert reason_of(ledger(claim(eur, A, 1), bound, spec_=spec("money")), bound) == "less_precise"


def test_an_open_plan_is_live_on_the_expected_track_and_of_the_same_measure():
    none_holds = ledger(claim(None, DONE, 1), claim(5, P, 2), spec_=spec(cardinality="many"))
    called_off = ledger(claim(None, OFF, 1), claim(5, P, 2), spec_=spec(cardinality="many"))
    measured = ledger(claim(None, P, 1), claim(5, P, 2, measure="direct"), spec_=spec(cardinality="many"))

    for folded in (none_holds, called_off, measured):
        assert [t[0] for t in told(folded)] == ["added", "added"]


def test_what_unnamed_sources_said_first_does_not_date_what_unknown_pages_confirm():
    said = [claim(15, DONE, 3, tier=3, by=UNNAMED), claim(15, DONE, 5, tier=3), claim(15, DONE, 9, tier=3)]

    assert ledger(*HELD_43, *said).changes[-1].new.valid_from == at(5)


@pytest.mark.parametrize("vague", [{"mention": BACKGROUND}, {"stage": R, "by": UNNAMED}])
def test_neither_background_nor_a_rumour_sharpens_a_plan(vague):
    said = {"stage": P, "day": 3, **vague}

    folded = ledger(seed(15, P), claim(15.2, **said))

    assert [b.value for b in folded.beliefs] == [Percent(15)]


def test_a_plan_of_the_same_size_as_another_long_ago_is_the_same_plan():
    folded = ledger(claim(5, P, 1), claim(5, P, 100), spec_=spec(cardinality="many"))

    assert reasons(folded) == ["added", "same_value"]


@pytest.mark.parametrize("fallen", [claim(YES, DENIED, 9, as_of=span("2023-04-20")), claim(NO, DENIED, 9)])
def test_a_denial_does_not_end_what_holds(fallen):
    folded = ledger(seed(YES), fallen, spec_=spec("state"))

    assert ("actual", str(YES), "current") in standing(folded)


def test_a_cancelled_thing_that_did_not_hold_stays_as_it_is():
    folded = ledger(seed(NO), claim(NO, OFF, 9), spec_=spec("state"))

    assert [b.value for b in folded.beliefs if b.track is Track.ACTUAL] == [NO]
    assert len([b for b in folded.beliefs if b.track is Track.ACTUAL]) == 1


def test_a_stage_alone_speaks_of_the_main_line_even_beside_measured_ones():
    folded = ledger(seed(15), claim(36, NOW_SO, 1, measure="economic"), claim(None, P, 5))

    assert [(b.measure, b.value) for b in folded.beliefs if b.track is Track.EXPECTED] == [(None, None)]
