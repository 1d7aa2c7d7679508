"""`/api/leads`: leads of whom no event is told come in once, and a program may ask for them."""

from __future__ import annotations

from typing import Any

import pytest

from kweek.leads import tables
from kweek.leads.database import Database
from tests.web.conftest import NOW, Books, TestClient


@pytest.fixture
def db(database: Database) -> Database:
    """On both kinds of database."""
    return database


ANN: dict[str, Any] = {
    "email": "ann@example.com", "external_id": "crm-7", "first_name": "Ann", "company": {"name": "Acme", "size": 25},
    "contract_end": "2027-01-01",
    "consents": [{"channel": "email", "purpose": "advice", "words": "Yes, mail me.", "source": "crm"}],
}  # fmt: skip


def said(**more: object) -> dict[str, object]:
    return {"id": "r1", "lead": ANN, **more}


def kinds(books: Books) -> list[str]:
    return [row.kind for row in sorted(books.rows(tables.events), key=lambda row: row.seq)]


def test_a_lead_comes_in_without_an_event_of_the_senders(api: TestClient, books: Books) -> None:
    body = said(source={"campaign": "spring-fair", "medium": "email"})
    first, again = api.post("/api/leads", json=body), api.post("/api/leads", json=body)
    [lead], [event] = books.rows(tables.leads), books.rows(tables.events)
    assert (first.status_code, first.json()) == (201, {"id": "r1", "lead_id": lead.id, "seq": 1})
    assert (again.status_code, again.json()) == (200, first.json())
    assert (lead.first_name, lead.fields, event.kind) == ("Ann", {"contract_end": "2027-01-01"}, "lead.received")
    assert [row.words for row in books.rows(tables.consents)] == ["Yes, mail me."]
    assert [(row.campaign, row.how, row.medium) for row in books.rows(tables.touches)] == [
        ("spring-fair", "api", "email")
    ]


def test_without_an_id_the_same_twice_in_a_row_is_once(api: TestClient, books: Books) -> None:
    ann, anna = {"lead": ANN}, {"lead": {**ANN, "first_name": "Anna"}}
    answers = [api.post("/api/leads", json=one) for one in (ann, ann, anna, anna, ann)]
    assert [one.status_code for one in answers] == [201, 200, 201, 200, 201]
    assert answers[0].json() == answers[1].json()
    assert books.rows(tables.leads)[0].first_name == "Ann"


@pytest.mark.usefixtures("published")
def test_a_lead_may_enter_a_flow_with_it_once(api: TestClient, books: Books) -> None:
    for _ in range(2):
        assert api.post("/api/leads", json=said(flow="brochure-request", at="2026-01-01T00:00:00Z")).status_code in (
            200,
            201,
        )
    assert kinds(books) == ["lead.received", "enrol"]
    received, enters = books.rows(tables.events)
    assert enters.data == {"flow": "brochure-request"}
    assert (received.at.day, enters.at) == (1, NOW), "it enters when we hear of it"
    wrong = api.post("/api/leads", json=said(id="r2", flow="brochure-requst"))
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "flow")
    assert "did you mean “brochure-request”" in wrong.json()["errors"][0]["words"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"id": "r1", "lead": {"email": "bob@example.com"}}, 409, None),
        ({"lead": {"first_name": "Ann"}}, 422, "lead"),
        ({"id": " ", "lead": {"email": "ann@"}}, 422, "lead.email"),
        ({"lead": ANN, "type": "brochure.requested"}, 422, "type"),
        ({"id": "l1-1/2", "lead": ANN}, 422, "id"),
        ({"lead": ANN, "at": "2026-03-03T09:00:00Z"}, 422, "at"),
        (7, 422, "lead"),
    ],
)
def test_what_cannot_be_taken_is_said_by_its_field(
    api: TestClient, books: Books, body: object, status: int, field: str | None
) -> None:
    api.post("/api/leads", json=said())
    answer = api.post("/api/leads", json=body)
    assert answer.status_code == status
    assert field in [None, *(error["field"] for error in answer.json().get("errors", []))]
    assert books.count(tables.events) == books.count(tables.leads) == 1


def test_a_list_is_answered_one_by_one(api: TestClient, books: Books) -> None:
    sent = [said(), said(), {"lead": {"email": "bob@"}}, said(lead={"email": "bob@example.com"}), 7]
    results = api.post("/api/leads", json=sent).json()["results"]
    assert [one["status"] for one in results] == [201, 200, 422, 409, 422]
    assert api.post("/api/leads", json=[said()] * 501).status_code == 413
    assert books.count(tables.leads) == 1


@pytest.mark.parametrize("body", [{"id": " "}, {"type": " "}])
def test_blanks_are_nothing(api: TestClient, books: Books, body: dict[str, str]) -> None:
    event = {"id": "e1", "type": "brochure.requested", "lead": {"email": "ann@example.com"}}
    assert api.post("/api/events", json=event | body).status_code == 422
    assert books.count(tables.events) == 0


def test_null_takes_away_what_is_known_and_what_is_left_out_stays(api: TestClient, books: Books) -> None:
    full = ANN | {"job_title": "Student", "phone": "+31201234567", "city": "Lisse"}
    api.post("/api/leads", json=said(lead=full))
    gone = {"job_title": None, "contract_end": None, "city": None, "company": None, "email": None, "consents": None}
    for _ in range(2):
        assert api.post("/api/leads", json={"lead": {"external_id": "crm-7", **gone}}).status_code in (200, 201)
    [lead] = books.rows(tables.leads)
    assert (lead.job_title, lead.company_id, lead.fields) == (None, None, {})
    assert (lead.email, lead.phone, lead.first_name) == ("ann@example.com", "+31201234567", "Ann")
    assert books.count(tables.consents) == 1
    kept = {row.name: (row.was, row.became) for row in books.rows(tables.replaced)}
    assert kept == {
        "job_title": ("Student", ""), "contract_end": ("2027-01-01", ""), "city": ("Lisse", ""),
        "company.name": ("Acme", ""),
    }  # fmt: skip


@pytest.mark.parametrize("field", ["job_title", "phone", "country", "city", "company"])
def test_an_empty_text_is_refused_where_it_may_mean_either(api: TestClient, books: Books, field: str) -> None:
    api.post("/api/leads", json=said())
    answer = api.post("/api/leads", json={"lead": {"email": "ann@example.com", field: " "}})
    assert answer.status_code == 422
    [error] = answer.json()["errors"]
    assert error["field"] == f"lead.{field}"
    assert "write null" in error["words"]
    assert books.count(tables.events) == 1


# --- and asked for ------------------------------------------------------------------------------------


def test_all_that_is_known_of_a_lead(api: TestClient, books: Books, published: str) -> None:
    event = {"id": "e1", "type": "contact.requested", "lead": ANN, "data": {"subject": "Fans"}}
    lead_id = api.post("/api/events", json=event).json()["lead_id"]
    known = api.get(f"/api/leads/{lead_id}").json()
    assert {name: known[name] for name in ("email", "external_id", "first_name", "stage", "fields")} == {
        "email": "ann@example.com", "external_id": "crm-7", "first_name": "Ann", "stage": "sales qualified",
        "fields": {"contract_end": "2027-01-01"},
    }  # fmt: skip
    assert (known["company"]["name"], known["company"]["size"]) == ("Acme", 25)
    assert known["grade"] == "C3"
    [asked] = known["points"]["intent"]["reasons"]
    assert (known["points"]["intent"]["total"], asked["points"], asked["times"]) == (15, 15, 1)
    assert known["consents"][0]["words"] == "Yes, mail me."


def test_a_fact_that_a_program_wrote_is_read_back(api: TestClient, books: Books) -> None:
    books.lead()
    row = {"how": "api", "source": "e1", "evidence": "She said so", "at": NOW, "expires_at": None}
    books.add(tables.bant, lead_id="l1", fact="need", value="problem", **row)
    known = api.get("/api/leads/l1").json()
    assert known["facts"] == [
        {"name": "need", "value": "problem", **row, "by": None, "at": NOW.isoformat(), "holds": True}
    ]
    assert {one["key"]: one["state"] for one in known["checklist"]}["need"] == "met"
    assert known["sales_ready"] is not True
    assert api.get("/api/leads", params={"email": known["email"]}).json() == {"leads": [known]}


def test_what_rules_a_lead_out_is_told_by_its_name_and_in_words(api: TestClient, books: Books) -> None:
    books.lead(job_title="Student")
    books.lead("l2")
    out, other = (api.get(f"/api/leads/{one}", headers={"accept-language": "nl"}).json() for one in ("l1", "l2"))
    assert (out["sales_ready"], out["disqualified"]) == (False, [{"key": "student", "words": "Student"}])
    assert other["disqualified"] == []


def test_where_a_lead_is_in_which_flow(api: TestClient, books: Books, published: str) -> None:
    books.lead()
    books.enrolment(published, "triage/send-1")
    [flow] = api.get("/api/leads/l1").json()["flows"]
    assert (flow["flow"], flow["version"], flow["step"], flow["ended_at"]) == (
        "brochure-request", 1, "triage/send-1", None,
    )  # fmt: skip
    assert flow["started_at"] == NOW.isoformat()


def test_a_lead_is_found_by_its_address_and_by_the_senders_own_id(api: TestClient, books: Books) -> None:
    books.lead("ann", external_id="crm-7")
    books.lead("bob")

    def found(**asked: str) -> list[str]:
        return [one["id"] for one in api.get("/api/leads", params=asked).json()["leads"]]

    assert found(email="ANN@example.com") == found(external_id="crm-7") == ["ann"]
    assert found(external_id="crm-7", email="bob@example.com") == ["ann", "bob"]
    assert found(email="eve@example.com") == []
    assert [api.get("/api/leads", params=one).status_code for one in ({}, {"email": "\0"}, {"email": ""})] == [
        422,
        200,
        422,
    ]


def test_who_is_not_there_is_said_to_be_so(api: TestClient) -> None:
    assert [api.get(f"/api/leads/{one}").status_code for one in ("nobody", "%00", "é")] == [404] * 3


def test_who_was_merged_is_found_by_either_address_and_is_the_one_that_goes_on(api: TestClient, books: Books) -> None:
    books.lead("kept", external_id="crm-1")
    books.lead("gone", merged_into="kept")
    asked = ["email=gone@example.com", "email=kept@example.com", "email=gone@example.com&external_id=crm-1"]
    found = [api.get(f"/api/leads?{one}").json()["leads"] for one in asked]
    assert [[lead["id"] for lead in leads] for leads in found] == [["kept"]] * 3
    assert [leads[0]["merged_from"] for leads in found] == ["gone", None, None]


def test_asked_for_by_its_old_id_it_is_the_one_that_goes_on_and_says_so(api: TestClient, books: Books) -> None:
    books.lead("last", profile="C", engagement=1)
    books.lead("kept", merged_into="last")
    books.lead("gone", merged_into="kept", profile="C", engagement=3)
    row = {"axis": "interest", "points": 1, "because": "looked at a page", "at": NOW, "rule": "x"}
    books.add(tables.points, lead_id="last", source="last/x", about=None, **row)
    gone, last = (api.get(f"/api/leads/{one}").json() for one in ("gone", "last"))
    assert gone == {**last, "merged_from": "gone"}
    assert (last["id"], last["grade"], last["merged_from"]) == ("last", "C1", None)
    gone, last = (api.get(f"/api/leads/{one}/why").json() for one in ("gone", "last"))
    assert gone == {**last, "merged_from": "gone"}
    assert (last["lead_id"], last["merged_from"], len(last["rows"])) == ("last", None, 1)


def test_each_row_of_its_points_is_answered(api: TestClient, books: Books) -> None:
    """A page after the other, to the first; whatever came in between."""
    books.lead()
    books.lead("l2")
    row = {"axis": "interest", "points": 1, "because": "looked at a page", "at": NOW, "rule": "x"}
    with books.db.write() as tx:
        rows = [{"lead_id": "l1", "source": f"l1/x/v{n}/{n % 2}", "about": f"v{n}", **row} for n in range(1_001)]
        tx.execute(tables.points.insert(), [*rows, {"lead_id": "l2", "source": "l2/x", "about": None, **row}])
    found, older = [], None
    while not found or older is not None:
        answer = api.get("/api/leads/l1/why", params={"before": older} if older else {}).json()
        found, older = [*found, *answer["rows"]], answer["older"]
    assert [one["about"] for one in found] == [f"v{n}" for n in reversed(range(1_001))]
    assert found[0] == {**row, "at": NOW.isoformat(), "about": "v1000", "anew": False}
    assert found[1]["anew"] is True
    assert [api.get(f"/api/leads/{one}/why").status_code for one in ("nobody", "%00")] == [404] * 2
    assert [api.get(f"/api/leads/l1/why?before={one}").status_code for one in ("x", "-1", 2**63)] == [422] * 3
