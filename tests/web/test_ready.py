"""The checklist of a lead, a fact written down by hand, and how many handovers were not sales ready."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from kweek.leads import tables
from tests.web.conftest import NOW, ORIGIN, Books, TestClient
from tests.web.scene import HANDOVER, scene

DAY = timedelta(days=1)
NL = {"accept-language": "nl"}


@pytest.fixture
def ann(books: Books, published: str) -> Books:
    """A lead of profile B, whose need is known, and whose budget was until yesterday."""
    scene(books, published)
    for fact, value, until in (
        ("need", "problem", NOW + DAY),
        ("budget", "reserved", NOW),
        ("authority", "uses", None),
    ):
        row = {"how": "survey", "evidence": "Is er budget voor? Ja", "at": NOW - 90 * DAY, "source": "ann-1/1"}
        books.add(tables.bant, lead_id="ann", fact=fact, value=value, expires_at=until, **row)
    return books


def states(page: str) -> dict[str, str]:
    found = re.findall(r'<li data-state="([^"]+)">.*?<summary><span>(.*?)</span>', page, re.DOTALL)
    return {title: state for state, title in found}


@pytest.mark.parametrize("page", ["/leads/ann", f"/handovers/{HANDOVER}"])
def test_every_need_is_met_or_not_or_unknown_or_expired(staff: TestClient, ann: Books, page: str) -> None:
    shown = staff.get(page, headers=NL).text
    assert states(shown) == {
        "Past bij het profiel": "met", "Behoefte": "met", "Budget": "expired", "Beslissingsbevoegdheid": "not met",
        "Moment van vergelijken": "unknown", "Moment van beslissen": "unknown", "Wens om te praten": "unknown",
    }  # fmt: skip
    assert "Is er budget voor? Ja" in shown
    assert "de vragenlijst “Na de beurs” (per telefoon)" in shown.replace("per mail, ", "")


def test_a_program_reads_the_same_checklist_and_each_fact(api: TestClient, ann: Books) -> None:
    known = api.get("/api/leads/ann", headers=NL).json()
    assert {one["words"]: one["state"] for one in known["checklist"]} == {
        "Past bij het profiel": "met", "Behoefte": "met", "Budget": "expired", "Beslissingsbevoegdheid": "not met",
        "Moment van vergelijken": "unknown", "Moment van beslissen": "unknown", "Wens om te praten": "unknown",
    }  # fmt: skip
    assert (known["sales_ready"], known["disqualified"]) == (False, [])
    assert any("Na de beurs" in who for one in known["checklist"] for who in one["asked_by"])
    assert {one["key"] for one in known["checklist"]} >= {"need", "budget", "authority"}
    assert [one["name"] for one in known["facts"]] == ["authority", "budget", "need"]
    assert known["facts"][1] == {
        "name": "budget", "value": "reserved", "how": "survey", "by": None, "source": "ann-1/1",
        "evidence": "Is er budget voor? Ja", "at": (NOW - 90 * DAY).isoformat(), "expires_at": NOW.isoformat(),
        "holds": False,
    }  # fmt: skip
    shape = api.get("/api/openapi.json").json()
    described = {**shape["components"]["schemas"]["Lead"], "components": shape["components"]}
    assert not list(Draft202012Validator(described).iter_errors(known))


def test_a_colleague_writes_a_fact_down_and_it_is_in_the_story(staff: TestClient, ann: Books) -> None:
    said = {
        "action": "note",
        "by": "anna",
        "id": "one",
        "value": "planned",
        "note": "Begroot <b>voor</b> mei, zei zij.",
    }
    for _ in range(2):
        answer = staff.post("/leads/ann/facts/budget", data=said, headers={"origin": ORIGIN})
        assert (answer.status_code, answer.headers["location"]) == (303, "/leads/ann#ready")
    [row] = [row for row in ann.rows(tables.bant) if row.fact == "budget"]
    assert (row.value, row.how, row.by, row.evidence, row.at) == ("planned", "person", "anna", said["note"], NOW)
    assert row.expires_at is not None
    assert row.expires_at.date().isoformat() == "2027-03-02"
    [event] = [row for row in ann.rows(tables.events) if row.kind == "fact_noted"]
    assert (event.data, event.by, event.note) == ({"budget": "planned"}, "anna", said["note"])
    shown = staff.get("/leads/ann", headers=NL).text
    assert states(shown)["Budget"] == "met"
    assert "Begroot &lt;b&gt;voor&lt;/b&gt; mei" in shown
    assert "Genoteerd wat bekend is" in shown
    assert "budget: in de begroting" in shown, "in the words of the definition"
    assert "budget: in de begroting, eerder vrijgemaakt" in shown


def seen_on(page: str) -> str:
    """What was known when the page was made."""
    return re.findall('name="seen" value="([^"]*)"', page)[0]


def test_of_two_colleagues_who_find_out_what_nobody_knew_the_second_is_told_too(staff: TestClient, ann: Books) -> None:
    path = "/leads/ann/facts/time"
    staff.cookies.set("kweek_as", "anna")
    opened = seen_on(staff.get(path).text)
    first = {"action": "note", "by": "els", "id": "a", "value": "six-months", "note": "zei hij", "seen": opened}
    assert staff.post(path, data=first, headers={"origin": ORIGIN}).status_code == 303
    second = first | {"by": "anna", "id": "b", "value": "three-months"}
    assert staff.post(path, data=second, headers={"origin": ORIGIN}).status_code == 409


def test_of_two_colleagues_at_once_the_second_is_told_what_the_first_wrote_down(staff: TestClient, ann: Books) -> None:
    path = "/leads/ann/facts/budget"
    staff.cookies.set("kweek_as", "anna")
    opened = seen_on(staff.get(path).text)
    first = {"action": "note", "by": "els", "id": "a", "value": "none", "note": "geen geld", "seen": opened}
    second = first | {"by": "anna", "id": "b", "value": "planned", "note": "toch wel"}
    assert staff.post(path, data=first, headers={"origin": ORIGIN}).status_code == 303
    assert staff.post(path, data=first, headers={"origin": ORIGIN}).status_code == 303, "the same once more"
    told = staff.post(path, data=second, headers={"origin": ORIGIN, **NL})
    assert told.status_code == 409
    assert "Iemand heeft dit genoteerd" in told.text
    assert "geen geld" in told.text
    assert [row.value for row in ann.rows(tables.bant) if row.fact == "budget"] == ["none"]
    assert staff.post(path, data=second | {"seen": seen_on(told.text)}, headers={"origin": ORIGIN}).status_code == 303
    assert [row.value for row in ann.rows(tables.bant) if row.fact == "budget"] == ["planned"]


WRONG = {
    "no value": ({"value": ""}, "Kies wat het is"),
    "a value that there is not": ({"value": "much"}, "Kies wat het is"),
    "nothing on which it rests": ({"note": " "}, "Zeg waar het uit blijkt"),
    "nobody": ({"by": "stranger"}, "Zeg wie u bent"),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_written_down_is_said_and_stays_in_the_form(
    staff: TestClient, ann: Books, change: dict[str, str], words: str
) -> None:
    said = {"action": "note", "by": "anna", "value": "planned", "note": "zei zij"} | change
    staff.cookies.set("kweek_as", "anna")
    answer = staff.post("/leads/ann/facts/budget", data=said, headers={"origin": ORIGIN, **NL})
    assert answer.status_code == 422
    assert words in answer.text
    assert [row.value for row in ann.rows(tables.bant) if row.fact == "budget"] == ["reserved"]
    assert answer.text.count(" checked") == (said["value"] == "planned")


@pytest.mark.parametrize("path", ["/leads/ann/facts/charm", "/leads/nobody/facts/budget"])
def test_a_fact_or_a_lead_that_there_is_not(staff: TestClient, ann: Books, path: str) -> None:
    said = {"action": "note", "by": "anna", "value": "planned", "note": "zei zij"}
    assert staff.get(path).status_code == 404
    assert staff.post(path, data=said, headers={"origin": ORIGIN}).status_code == 404


def test_a_program_may_tell_facts_and_a_form_may_not(api: TestClient, books: Books, published: str) -> None:
    lead = {"email": "ann@example.com", "bant": {"budget": "reserved", "time": "three-months"}}
    event = {"id": "e1", "type": "brochure.requested", "at": "2026-03-01T09:00:00Z", "lead": lead}
    assert api.post("/api/events", json=event).is_success
    found = {row.fact: row for row in books.rows(tables.bant)}
    assert {name: (row.value, row.how, row.source) for name, row in found.items()} == {
        "budget": ("reserved", "api", "e1"), "time": ("three-months", "api", "e1"),
    }  # fmt: skip
    assert found["time"].expires_at is not None
    assert found["time"].expires_at.isoformat() == "2026-06-01T08:00:00+00:00"  # three months on, by the office's clock
    wrong = api.post("/api/events", json=event | {"id": "e2", "lead": lead | {"bant": {"budget": "reservd", "x": 1}}})
    assert wrong.status_code == 422
    said = {one["field"]: one["words"] for one in wrong.json()["errors"]}
    assert "did you mean “reserved”" in said["lead.bant.budget"]
    assert "no such field" in said["lead.bant.x"]
    assert api.post("/forms/brochure.requested", data={"email": "ann@example.com", "bant.budget": "none"}).is_success
    assert {row.value for row in books.rows(tables.bant)} == {"reserved", "three-months"}


def test_what_a_program_told_rests_on_its_key_and_its_event(api: TestClient, books: Books) -> None:
    lead = {"email": "ann@example.com", "bant": {"budget": "reserved"}}
    assert api.post("/api/events", json={"id": "order-17", "type": "brochure.requested", "lead": lead}).is_success
    told = {"lead": lead | {"bant": {"time": "three-months"}}}
    assert api.post("/api/leads", json=told).is_success
    found = {row.fact: (row.by, row.evidence) for row in books.rows(tables.bant)}
    [key] = books.rows(tables.api_keys)
    assert found["budget"] == (key.name, "brochure.requested · order-17")
    assert found["time"][0] == key.name
    assert str(found["time"][1]).startswith("lead.received · content/")


ASKED = {"email": "bob@example.com", "bant.budget": "reserved", "language": "nl"}


@pytest.mark.parametrize(
    ("more", "evidence"),
    [
        ({"question.bant.budget": "Is er  budget?"}, "Brochure aangevraagd · Is er budget? vrijgemaakt"),
        ({}, "Brochure aangevraagd · Budget: vrijgemaakt"),
        ({"language": "en"}, "Brochure requested · Budget: set aside"),
    ],
)
def test_what_a_form_told_rests_on_its_question_and_the_answer(
    staff: TestClient, books: Books, published: str, more: dict[str, str], evidence: str
) -> None:
    assert staff.post("/forms/brochure.requested", data=ASKED | more).is_success
    [fact] = books.rows(tables.bant)
    assert (fact.how, fact.evidence) == ("form", evidence)
    page = staff.get(f"/leads/{fact.lead_id}", headers={"accept-language": "nl"}).text
    assert f"<q>{evidence}</q>" in page
    assert f"Budget: vrijgemaakt (“{evidence}”)" in page[page.index('id="past"') :]


def test_the_definition_in_words_and_the_share_that_was_not_ready(staff: TestClient, ann: Books) -> None:
    for number, ready in enumerate((False, None, True)):
        row = {"team": "sales", "status": "open", "given_at": NOW, "sales_ready": ready, "enrolment_id": "bas-1"}
        ann.add(tables.handovers, key=f"bas-1/{number + 7}", lead_id="bas", **row)
    shown = staff.get("/sales-ready", headers=NL).text
    assert "Past bij het profiel" in shown
    assert "“binnen drie maanden” geldt 3 maanden" in shown
    cells = re.findall(r'<td class="count"[^>]*>([^<]*)</td>', shown)
    assert cells == ["4", "2", "1", "1", "50%"] * 2
