"""Into flows, out of them, and between them: starts, re-entry, endings, moves."""

from __future__ import annotations

from typing import Any

import pytest

from kweek.flow.conditions import parse_condition
from kweek.flow.duration import parse_duration
from kweek.flow.plan import Reentry, Start
from kweek.rules.stages import Conversions
from tests.drafts import call, choose, end, flow, go, handover, score, send, wait
from tests.lives import DAY, HOUR, MONDAY, Life

ENDS = {"a": [end("done", "a")], "b": [end("done", "b")]}


def flows_of(life: Life) -> list[str]:
    return [enrolment.flow for enrolment in life.state.enrolments]


# --- in -------------------------------------------------------------------------------------------------------


def test_an_event_starts_every_flow_that_wants_it_and_its_data_goes_along() -> None:
    plans = [
        flow("one", [wait("1 day"), choose(('event.topic == "pumps"', "a"), (None, "b"))], ENDS),
        flow("two", [wait("1 day"), end("done")]),
        flow("three", [end("done")], start="other.seen"),
    ]
    life = Life(plans).hear("brochure.requested", topic="pumps")
    assert flows_of(life) == ["one", "two"]
    assert [e.id for e in life.state.enrolments] == ["lead-1", "lead-2"]
    assert life.after(DAY).at("one") == "done: a"


def test_a_start_may_have_a_condition_that_sees_the_event() -> None:
    start = [Start(event="page.viewed", condition=parse_condition('matches(event.path, "/prices*")'))]
    plan = flow("f", [wait("1 day"), end("done")], start=start)
    assert flows_of(Life([plan]).hear("page.viewed", path="/about")) == []
    assert flows_of(Life([plan]).hear("page.viewed", path="/prices/2")) == ["f"]


def test_by_hand_or_import_a_lead_enters_without_conditions_but_not_against_reentry() -> None:
    life = Life([flow("f", [wait("1 day"), end("done")], start=[Start(manual=True)])])
    life.hear("enrol", flow="f").hear("enrol", flow="f").hear("enrol", flow="unknown")
    assert flows_of(life) == ["f"]
    assert flows_of(life.after(2 * DAY).hear("enrol", flow="f")) == ["f"]


def test_a_start_event_during_an_enrolment_of_the_same_flow_changes_nothing() -> None:
    plan = flow("f", [wait("1 day"), end("done")], reentry=Reentry("always"))
    life = Life([plan]).hear("brochure.requested").after(HOUR)
    before = life.enrolment().token
    life.hear("brochure.requested")
    assert (flows_of(life), life.enrolment().token) == (["f"], before)


AFTER = Reentry("after", after=parse_duration("30 days"))


@pytest.mark.parametrize(
    ("reentry", "days", "again"),
    [(Reentry(), 900, False), (Reentry("always"), 2, True), (AFTER, 30, False), (AFTER, 31, True)],
)
def test_reentry(reentry: Reentry, days: int, again: bool) -> None:
    life = Life([flow("f", [wait("1 day"), end("done")], reentry=reentry)]).hear("brochure.requested")
    life.until(MONDAY + days * DAY).hear("brochure.requested")
    assert len(flows_of(life)) == 1 + again


def test_reentry_per_value_gives_each_value_a_life_of_its_own() -> None:
    plan = flow("f", [wait("1 day"), end("done")], reentry=Reentry("per", per="event.webinar"))
    life = Life([plan])
    for webinar in ("spring", "summer", "spring"):
        life.hear("brochure.requested", webinar=webinar)
    assert [e.per for e in life.state.enrolments] == ["spring", "summer"]
    life.after(2 * DAY).hear("brochure.requested", webinar="spring")
    assert len(flows_of(life)) == 2


# --- out ------------------------------------------------------------------------------------------------------


def three() -> Life:
    """A lead in three flows: one that ends as it is told, one that waits, one on the desk."""
    ends = {result: [end(result)] for result in ("done", "won", "lost", "discard")}
    plans = [
        flow("told", [wait("9 days", {f"go.{result}": result for result in ends})], ends),
        flow("waits", [send("x"), wait("9 days"), end("done")]),
        flow("desk", [call("x", "9 days", {"else": "b"})], ENDS),
    ]
    return Life(plans, holds_mail=True).hear("brochure.requested")


@pytest.mark.parametrize("result", ["done", "lost"])
def test_done_and_lost_leave_this_flow_only(result: str) -> None:
    life = three().hear(f"go.{result}")
    assert [life.at(f) for f in ("told", "waits", "desk")] == [f"{result}: None", "steps/2-wait", "steps/1-call-x"]


def test_won_ends_the_leads_other_enrolments_done() -> None:
    life = three().hear("go.won")
    assert [life.at(f) for f in ("told", "waits", "desk")] == ["won: None", "done: won", "done: won"]


def test_discard_leaves_all_flows_with_its_reason_and_takes_back_what_was_under_way() -> None:
    life = three()
    mail, desk = life.enrolment("waits").unsent, life.ref("desk")
    life.hear("go.discard")
    assert [life.at(f) for f in ("told", "waits", "desk")] == ["discard: go.discard"] * 3
    assert life.cancelled == list(mail)
    assert life.issued("withdraw")[0].args == {"ref": desk, "because": "go.discard"}


def test_a_farewell_is_not_cancelled_by_the_ending_below_it() -> None:
    life = Life([flow("f", [send("farewell"), end("discard")])], holds_mail=True).hear("brochure.requested")
    assert (life.at(), life.kinds(), life.cancelled) == ("discard: None", ["send_mail"], [])


def test_a_hard_conversion_brings_a_discarded_lead_back() -> None:
    plan = flow("f", [wait("1 day", {"mail.hated": "discard"}), end("done")])
    for hard, entered in ((frozenset({"brochure.requested"}), 2), (frozenset[str](), 1)):
        life = Life([plan], world={"conversions": Conversions(hard)}).hear("brochure.requested").hear("mail.hated")
        assert life.state.discarded
        life.hear("brochure.requested")
        assert len(flows_of(life)) == entered
        assert life.state.discarded is (entered == 1)


def test_a_hard_conversion_does_not_override_reentry_for_who_was_never_discarded() -> None:
    plan = flow("f", [end("done")])
    life = Life([plan], world={"conversions": Conversions(frozenset({"brochure.requested"}))})
    assert len(flows_of(life.hear("brochure.requested").hear("brochure.requested"))) == 1


def test_a_conversion_that_one_flow_discards_on_still_starts_the_other() -> None:
    plans = [
        flow("old", [wait("9 days"), end("done")], whenever={"demo.requested": "discard"}),
        flow("demo", [wait("1 day"), end("done")], start="demo.requested"),
    ]
    life = (
        Life(plans, world={"conversions": Conversions(frozenset({"demo.requested"}))})
        .hear("brochure.requested")
        .hear("demo.requested")
    )
    assert (life.at("old"), life.at("demo")) == ("discard: demo.requested", "steps/1-wait")
    assert not life.state.discarded


def test_discard_wins_over_where_another_flow_sends_the_lead_at_the_same_moment() -> None:
    for one, other in (("flow long", "discard"), ("discard", "flow long")):
        plans = [
            flow("one", [handover("sales", {"else": one})]),
            flow("two", [handover("sales", {"else": other})]),
            flow("long", [wait("90 days"), end("done")], start="x.y"),
        ]
        life = Life(plans).hear("brochure.requested")
        life.hear("rejected", life.ref("one"))
        assert all(e.ended is not None for e in life.state.enrolments)
        assert life.state.discarded


def test_a_merged_lead_leaves_everything() -> None:
    life = three().hear("merged")
    assert {e.ended and e.ended.result for e in life.state.enrolments} == {"merged"}
    assert life.wake_at is None


def test_who_was_put_into_a_flow_can_be_taken_out_of_that_one_again() -> None:
    life = Life(
        [
            flow("one", [call("reach", "9 days", {"else": [end("done")]})], start=[Start(manual=True)]),
            flow("two", [wait("9 days"), end("done")]),
        ]
    )
    life.hear("enrol", flow="one").hear("brochure.requested")
    [put, _] = life.state.enrolments
    life.hear("unenrol", since=put.since + 7)
    assert all(e.ended is None for e in life.state.enrolments), "that is another one"
    life.hear("unenrol", since=put.since).hear("unenrol", since=put.since)
    assert [e.ended and e.ended.result for e in life.state.enrolments][-1] is None
    assert flows_of(life)[-1] == "two"
    assert [e.args for e in life.issued("withdraw")] == [{"ref": "lead-1/1", "because": "unenrol"}]


def test_who_was_taken_out_may_be_put_in_again() -> None:
    life = Life([flow("f", [wait("9 days"), end("done")], start=[Start(manual=True)])]).hear("enrol", flow="f")
    life.hear("unenrol", since=life.enrolment().since).hear("enrol", flow="f")
    assert life.enrolment().ended is None, "that was no life in it, though it may come but once"


def test_what_sales_holds_stays_with_sales_whoever_put_the_lead_in() -> None:
    life = Life([flow("f", [handover("sales", {"else": [end("done")]})], start=[Start(manual=True)])])
    life.hear("enrol", flow="f")
    life.hear("unenrol", since=life.enrolment().since)
    assert life.enrolment().ended is None


# --- between -------------------------------------------------------------------------------------------------


def move(then: Any = None, **long: Any) -> Life:
    plans = [
        flow("f", [wait("1 day"), go("flow long", then=then)], ENDS, reentry=Reentry("always")),
        flow("long", [wait("30 days"), end("done")], start="x.y", **long),
    ]
    return Life(plans)


def test_go_flow_leaves_this_flow_for_that_one_whatever_starts_it() -> None:
    life = move().hear("brochure.requested", topic="pumps").after(DAY)
    assert (life.at("f"), life.at("long")) == ("moved: long", "steps/1-wait")
    assert life.enrolment("long").start_data == {"topic": "pumps"}
    assert life.enrolment("long").since == life.state.seen


def test_where_its_reentry_refuses_then_decides() -> None:
    life = move("b").hear("brochure.requested").after(40 * DAY)
    life.hear("brochure.requested").after(DAY)
    assert life.at("f") == "done: b"
    life = move("b", reentry=Reentry("always")).hear("brochure.requested").after(40 * DAY)
    assert life.hear("brochure.requested").after(DAY).at("f") == "moved: long"
    assert flows_of(life) == ["f", "long", "f", "long"]


def test_who_already_walks_there_is_where_it_should_be() -> None:
    life = move("b").hear("x.y").hear("brochure.requested").after(DAY)
    assert (life.at("f"), life.at("long"), len(flows_of(life))) == ("moved: long", "steps/1-wait", 2)


def test_a_flow_may_send_its_lead_back_to_its_own_start() -> None:
    plan = flow("f", [wait("1 day"), go("flow f", then="b")], ENDS, reentry=Reentry("always"))
    life = Life([plan]).hear("brochure.requested").after(DAY)
    assert (flows_of(life), life.at()) == (["f", "f"], "steps/1-wait")
    never = flow("f", [wait("1 day"), go("flow f", then="b")], ENDS)
    assert Life([never]).hear("brochure.requested").after(DAY).at() == "done: b"


def ping_pong() -> Life:
    always = Reentry("always")
    plans = [
        flow("ping", [wait("1 day"), go("flow pong")], reentry=always),
        flow("pong", [wait("1 day"), go("flow ping")], start="x.y", reentry=always),
    ]
    return Life(plans).hear("brochure.requested")


def test_a_lead_is_moved_between_flows_twenty_times_in_thirty_days_then_a_person_is_asked() -> None:
    life = ping_pong().after(40 * DAY)
    assert len(life.state.enrolments) == 21
    [asked] = life.issued("open_task")
    assert life.token().asks == "flow pong"
    life.hear("carry on", asked.key)
    assert (life.enrolment().flow, life.at()) == ("pong", "steps/1-wait")


def test_moves_longer_ago_than_thirty_days_do_not_count() -> None:
    always = Reentry("always")
    plans = [
        flow("ping", [wait("2 days"), go("flow pong")], reentry=always),
        flow("pong", [wait("2 days"), go("flow ping")], start="x.y", reentry=always),
    ]
    life = Life(plans).hear("brochure.requested").after(200 * DAY)
    assert life.issued("open_task") == []


def test_points_given_by_one_flow_are_seen_by_another_in_the_same_moment() -> None:
    plans = [
        flow("gives", [score(intent=10), end("done")]),
        flow("sees", [choose(("lead.score.intent >= 10", "a"), (None, "b"))], ENDS),
    ]
    assert Life(plans).hear("brochure.requested").at("sees") == "done: a"
