"""Where leads come from, on the web: what forms and programs say of it, the pages about campaigns, and a lead's own."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

from kweek.intake.ears import FlowEars
from kweek.intake.grading import GRADE_AFTER, Hit
from kweek.intake.hits import grade_hits, note_hit
from kweek.intake.touches import settle_campaigns
from kweek.leads import tables
from tests.web.conftest import NOW, ORIGIN, Books, TestClient


def campaigns(books: Books) -> dict[str, Any]:
    return {row.id: row for row in books.rows(tables.campaigns)}


def send(staff: TestClient, path: str, **fields: str) -> Any:
    return staff.post(path, data=fields, headers={"origin": ORIGIN})


def as_shown(staff: TestClient, path: str) -> dict[str, str]:
    """What stood in the form when somebody looked."""
    found = re.findall(r'name="(was\.\w+)" value="([^"]*)"', staff.get(path).text)
    return {name: unescape(text) for name, text in found}


def person(staff: TestClient) -> str:
    """Somebody of rules/teams.yaml."""
    found = re.search(r"<option>([^<]+)</option>", staff.get("/campaigns/fair").text)
    assert found
    return found[1]


@pytest.fixture
def fair(books: Books) -> Books:
    """A campaign with a part, and a lead of each."""
    for word, parent in (("fair", None), ("stand", "fair")):
        books.add(tables.campaigns, id=word, title=word.title(), parent_id=parent, created_at=NOW)
        books.lead(word, campaign=word, last_campaign=word, campaign_at=NOW, name=f"Ann of the {word}")
        books.add(tables.touches, lead_id=word, campaign=word, how="form", source="x", more={}, at=NOW)
    return books


# --- what comes in --------------------------------------------------------------------------------------


def test_a_form_and_its_address_say_from_where(web: TestClient, books: Books) -> None:
    fields = {"email": "ann@example.com", "utm_source": "linkedin", "gclid": "secret"}
    address = "/forms/brochure.requested?utm_campaign=Spring+Fair&utm_source=other&email=eve@example.com"
    assert web.post(address, data=fields).status_code == 200
    [touch], [lead] = books.rows(tables.touches), books.rows(tables.leads)
    assert (touch.campaign, touch.how, touch.source, touch.more) == ("spring-fair", "form", "linkedin", {})
    assert (lead.campaign, lead.last_campaign, lead.email) == ("spring-fair", "spring-fair", "ann@example.com")
    assert books.rows(tables.problems) == []


def test_a_program_says_from_where(api: TestClient, books: Books) -> None:
    event = {"id": "e", "type": "brochure.requested", "lead": {"email": "ann@example.com"}}
    answer = api.post("/api/events", json=event | {"source": {"campain": "fair"}})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "source.campain")
    for _ in range(2):
        assert api.post("/api/events", json=event | {"source": {"campaign": "fair"}}).status_code in (200, 201)
    assert [touch.how for touch in books.rows(tables.touches)] == ["api"]


def test_a_click_in_a_mail_is_a_touch_if_its_link_says_so(books: Books) -> None:
    lead, mail = books.lead(), books.mail()
    books.link(1, "offer", "https://example.com/a?utm_campaign=June")
    books.link(2, "plain")
    for name in ("offer", "plain"):
        note_hit(books.db, mail, Hit("click", NOW, "GET", name, "Mozilla/5.0 (X11; Linux) Firefox/140.0", "net"))
    grade_hits(books.db, NOW + GRADE_AFTER + timedelta(seconds=1))
    assert [(touch.lead_id, touch.campaign, touch.how) for touch in books.rows(tables.touches)] == [
        (lead, "june", "mail")
    ]


# --- what colleagues see --------------------------------------------------------------------------------


def test_nobody_else_sees_what_campaigns_cost(web: TestClient, fair: Books) -> None:
    assert [web.get(path).status_code for path in ("/campaigns", "/campaigns/fair", "/campaigns/fair/leads")] == [
        401
    ] * 3
    assert web.post("/campaigns", data={"title": "x"}, headers={"origin": ORIGIN}).status_code == 401


def test_every_number_leads_to_its_leads(staff: TestClient, fair: Books) -> None:
    fair.lead("nobody")
    html = staff.get("/campaigns?from=2026-03-02&until=2026-03-02").text
    links = {
        link.replace("&amp;", "&"): int(count) for link, count in re.findall(r'href="([^"]+/leads[^"]*)">(\d+)<', html)
    }
    assert links["/campaigns/fair/leads?of=leads&from=2026-03-02&until=2026-03-02"] == 2
    assert links["/campaigns/-/leads?of=leads&from=2026-03-02&until=2026-03-02"] == 1
    for link, count in links.items():
        assert staff.get(link).text.count('href="/leads/') == count, link
    assert "Ann of" not in staff.get("/campaigns/fair/leads?from=2026-03-03").text
    assert staff.get("/campaigns/fair/leads?of=all").status_code == 404
    assert staff.get("/campaigns/gone").status_code == 404


def test_a_list_goes_on_page_by_page(staff: TestClient, fair: Books) -> None:
    for n in range(60):
        fair.lead(f"l{n}", campaign="fair", campaign_at=NOW + timedelta(minutes=n // 2))
    seen: list[str] = []
    path: str | None = "/campaigns/fair/leads"
    while path is not None:
        html = staff.get(path).text
        seen += re.findall(r'href="/leads/([^"]+)"', html)
        on = re.search(r'href="(\?of=[^"]+after[^"]+)"', html)
        path = "/campaigns/fair/leads" + on[1].replace("&amp;", "&") if on else None
    assert (len(seen), len(set(seen))) == (62, 62)


@pytest.mark.parametrize("query", ["from=x", "until=2026-02-30", "from=2026-03-02&until=2026-03-01"])
def test_a_period_that_is_none_is_said(staff: TestClient, fair: Books, query: str) -> None:
    answer = staff.get(f"/campaigns?{query}")
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text


def test_a_campaign_is_made_and_changed(staff: TestClient, fair: Books) -> None:
    made = send(staff, "/campaigns", title="Autumn <b>Fair</b>", word="Autumn Fair", channel="stand", norm_roi="2,5")
    assert (made.status_code, made.headers["location"]) == (303, "/campaigns/autumn-fair")
    changed = send(
        staff,
        "/campaigns/autumn-fair",
        action="change",
        title="Autumn <i>",
        parent="fair",
        **as_shown(staff, "/campaigns/autumn-fair"),
    )
    assert changed.headers["location"] == "/campaigns/autumn-fair?done=change"
    row = campaigns(fair)["autumn-fair"]
    assert (row.title, row.parent_id, row.channel, row.norm_roi) == ("Autumn <i>", "fair", None, None)
    assert "Autumn &lt;i&gt;" in staff.get("/campaigns/autumn-fair?done=change").text
    assert "Autumn &lt;i&gt;" in staff.get("/campaigns").text


def test_of_two_who_change_the_same_the_second_is_told(staff: TestClient, fair: Books) -> None:
    anna = els = as_shown(staff, "/campaigns/fair")
    form = {"action": "change", "title": "Fair", "parent": "", "channel": "", "norm_roi": ""}
    send(staff, "/campaigns/fair", **form | {"title": "Bank A", "channel": "telephone"}, **anna)
    assert send(staff, "/campaigns/fair", **form | {"norm_roi": "4"}, **els).status_code == 303
    row = campaigns(fair)["fair"]
    assert (row.title, row.channel, row.norm_roi) == ("Bank A", "telephone", 4)
    late = send(staff, "/campaigns/fair", **form | {"channel": "fair", "parent": "stand"}, **els)
    assert late.status_code == 409
    assert "Somebody changed this since you looked" in late.text
    assert 'id="change-channel" name="channel" type="text" value="fair"' in late.text
    assert 'id="change-title" name="title" type="text" value="Bank A"' in late.text
    assert campaigns(fair)["fair"].channel == "telephone"


def test_whom_another_channel_concerns_is_looked_at_and_for_another_title_nobody(
    staff: TestClient, fair: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = list[str]()
    monkeypatch.setattr(FlowEars, "changed_in_common", lambda self, tx, what, id, now: looked.append(f"{what} {id}"))
    form = {"action": "change", "title": "Bank", "parent": "", "channel": "", "norm_roi": ""}
    send(staff, "/campaigns/fair", **form, **as_shown(staff, "/campaigns/fair"))
    assert looked == []
    send(staff, "/campaigns/fair", **form | {"channel": "telephone"}, **as_shown(staff, "/campaigns/fair"))
    assert looked == ["campaign fair"]


def test_a_fault_makes_no_older_form_a_newer_one(staff: TestClient, fair: Books) -> None:
    els = as_shown(staff, "/campaigns/fair")
    form = {"action": "change", "title": "Fair", "parent": "", "channel": "", "norm_roi": ""}
    send(staff, "/campaigns/fair", **form | {"channel": "telephone"}, **els)
    wrong = send(staff, "/campaigns/fair", **form | {"channel": "stand", "norm_roi": "x"}, **els)
    assert wrong.status_code == 422
    assert 'name="was.channel" value=""' in wrong.text


@pytest.mark.parametrize(
    ("path", "fields", "wrong"),
    [
        ("/campaigns", {"title": ""}, "make-title"),
        ("/campaigns", {"title": "Fair", "channel": "stand"}, "make-word"),
        ("/campaigns", {"title": "x" * 101}, "make-title"),
        ("/campaigns", {"title": "…", "word": "..."}, "make-word"),
        ("/campaigns", {"title": "x", "norm_roi": "-1"}, "make-norm_roi"),
        ("/campaigns/fair", {"action": "change", "title": "Fair", "parent": "stand"}, None),
        ("/campaigns/fair", {"action": "change", "title": "Fair", "parent": "gone"}, None),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field(
    staff: TestClient, fair: Books, path: str, fields: dict[str, str], wrong: str | None
) -> None:
    answer = send(staff, path, **fields)
    assert answer.status_code == 422
    assert (f'id="fault-{wrong}"' if wrong else 'class="fault"') in answer.text
    assert fields.get("channel", "") in answer.text, "nothing is lost"
    assert campaigns(fair)["fair"].parent_id is None
    assert len(campaigns(fair)) == 2


def test_a_cost_is_entered_once_and_taken_back_once(staff: TestClient, fair: Books) -> None:
    cost = {"action": "spend", "amount": "€ 1.250,00", "on": "2026-03-01", "words": "stand", "by": person(staff)}
    for _ in range(2):
        assert send(staff, "/campaigns/fair", **cost, id="once").status_code == 303
    [row] = fair.rows(tables.costs)
    assert (row.cents, row.on, row.words, row.by) == (125_000, date(2026, 3, 1), "stand", cost["by"])
    page = staff.get("/campaigns/fair").text
    assert "€1,250.00" in page
    assert "€625.00" in page, "two leads with those of its part"
    for _ in range(2):
        back = send(staff, "/campaigns/fair", action="back", entry=str(row.id), by=cost["by"], id="other")
        assert back.status_code == 303
    assert sorted(row.cents for row in fair.rows(tables.costs)) == [-125_000, 125_000]
    assert send(staff, "/campaigns/fair", action="back", entry="x", by=cost["by"]).status_code == 404


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "lots"}, "amount"),
        ({"on": "soon"}, "on"),
        ({"words": "x" * 501}, "words"),
    ],
)
def test_a_cost_that_is_none_is_said_and_nothing_is_lost(
    staff: TestClient, fair: Books, change: dict[str, str], wrong: str
) -> None:
    who = person(staff)
    staff.cookies.set("kweek_as", who)
    cost = {"action": "spend", "amount": "95", "on": "2026-03-01", "words": "pens", "by": who, "id": "once"} | change
    answer = send(staff, "/campaigns/fair", **cost)
    assert answer.status_code == 422
    assert f'id="fault-spend-{wrong}"' in answer.text
    assert cost["words"] in answer.text
    assert fair.rows(tables.costs) == []


def test_somebody_has_to_have_done_it(staff: TestClient, fair: Books) -> None:
    for by in ({}, {"by": "nobody at all"}):
        assert send(staff, "/campaigns/fair", action="spend", amount="1", on="2026-03-01", **by).status_code == 422
    assert send(staff, "/campaigns/fair", action="burn").status_code == 400
    assert send(staff, "/campaigns/gone", action="change", title="x").status_code == 404
    assert fair.rows(tables.costs) == []


def test_a_leads_page_tells_from_where_it_came(staff: TestClient, fair: Books) -> None:
    fair.add(
        tables.touches, lead_id="stand", campaign="fair", how="mail", source="news<b>", medium="email",
        more={"referrer": "https://example.com/"}, at=NOW + timedelta(days=1),
    )  # fmt: skip
    with fair.db.write() as tx:
        assert not settle_campaigns(tx, "stand"), "the first is the same"
    html = staff.get("/leads/stand", headers={"accept-language": "nl"}).text
    card = html.partition('id="sources"')[2].partition("</section>")[0]
    assert re.findall(r'href="/campaigns/(\w+)"', card) == ["stand", "fair", "fair", "stand"]
    assert "link in een mail" in card
    assert "news&lt;b&gt;" in card
    assert "https://example.com/" in card
    assert staff.get("/leads/fair").status_code == 200
