"""What a website's visitors tell: of our websites only, checked, slowed down, and of nobody who does not want it."""

from __future__ import annotations

import json
import re
from typing import Any

from kweek.leads import tables
from kweek.web.house import House
from kweek.web.visits import SCRIPT
from tests.web.conftest import Books, TestClient
from tests.web.pages import form

SITE = "https://www.lisveld.example.com"
V = "0123456789abcdef" * 2
VIEW: dict[str, Any] = {"did": "page.viewed", "visitor": V, "id": "1" * 32, "path": "/prices", "agreed": "Follow me"}


def tell(web: TestClient, message: object, origin: str = SITE, **headers: str) -> Any:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return web.post("/v", content=body, headers={"origin": origin, "content-type": "text/plain", **headers})


def test_the_script_is_small_and_sets_nothing(web: TestClient) -> None:
    answer = web.get("/v.js")
    assert len(answer.content) <= 3_000
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert "set-cookie" not in answer.headers
    assert "//" not in SCRIPT, "what is for readers stays here"


def test_a_visit_is_kept_for_our_websites_and_no_cookie_is_set(web: TestClient, books: Books) -> None:
    utm = ["utm_source=news%20letter", "utm_campaign=spring", "utm_id=7", "utm_term"]
    more = {"title": "Prices", "topic": "energy", "utm": utm, "referrer": "https://search.example/?q=secret"}
    answer = tell(web, VIEW | more)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    [visitor], [visit] = books.rows(tables.visitors), books.rows(tables.visits)
    assert (visitor.id, visitor.consent, visitor.lead_id) == (V, "Follow me", None)
    assert (visit.what, visit.title, visit.topic) == ("/prices", "Prices", "energy")
    assert visit.source == {"utm_source": "news letter", "utm_campaign": "spring", "referrer": "search.example"}


def test_the_two_that_a_page_left_at_once_tells_may_overtake_each_other(web: TestClient, books: Books) -> None:
    tell(web, {"did": "page.left", "visitor": V, "id": "1" * 32, "seconds": 1, "depth": 30})
    assert tell(web, VIEW).status_code == 204
    [visit] = books.rows(tables.visits)
    assert (visit.seconds, visit.depth) == (1, 30)


def test_other_websites_are_denied(web: TestClient, books: Books) -> None:
    for origin in ("https://evil.example", "null", "", SITE.replace("https", "http"), SITE + "/"):
        answer = tell(web, VIEW, origin)
        assert answer.status_code == 403, origin
        assert "access-control-allow-origin" not in answer.headers
    assert books.count(tables.visitors) == 0


def test_who_does_not_want_it_and_what_is_nobody_is_not_kept(web: TestClient, books: Books) -> None:
    for header in ({"sec-gpc": "1"}, {"dnt": "1"}, {"user-agent": "Googlebot/2.1"}, {"user-agent": ""}):
        assert tell(web, VIEW, **header).status_code == 204, header
    assert books.count(tables.visitors) == 0


WRONG = (
    b"", b"[]", b"\xff", b"[" * 4000, {"did": "page.viewed"}, {"did": "nothing", "visitor": V},
    VIEW | {"visitor": "V" * 32}, VIEW | {"id": "1"}, VIEW | {"path": "/a?q=1"}, VIEW | {"path": "a"},
    VIEW | {"title": "a\u0000"}, VIEW | {"title": 7}, VIEW | {"agreed": "a" * 2001},
    VIEW | {"agreed": ""}, VIEW | {"ip": "1.2.3.4"}, VIEW | {"who": "a b"},
    {"did": "page.left", "visitor": V, "id": "1" * 32, "seconds": "long", "depth": 1},
)  # fmt: skip


def test_what_is_too_long_is_cut_and_the_consent_is_kept(web: TestClient, books: Books) -> None:
    utm = [*[f"utm_x{n}=1" for n in range(30)], "utm_campaign=" + "a" * 3_000]
    long = {"title": "t" * 3_000, "topic": "s" * 3_000, "referrer": "https://a.example/" + "r" * 3_000}
    assert tell(web, VIEW | long | {"path": "/" + "p" * 2_500, "utm": utm, "who": "w" * 600}).status_code == 204
    [visitor], [visit] = books.rows(tables.visitors), books.rows(tables.visits)
    assert visitor.consent == "Follow me"
    assert (len(visit.what), len(visit.title), len(visit.topic)) == (2_000, 200, 200)
    assert visit.source == {"utm_campaign": "a" * 200, "referrer": "a.example"}


def test_what_is_no_visit_is_refused_whole(web: TestClient, books: Books) -> None:
    for wrong in WRONG:
        answer = tell(web, wrong)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), wrong
        assert answer.json()["errors"][0]["words"]
    assert books.count(tables.visitors) == 0


def test_too_much_is_refused(web: TestClient, house: House) -> None:
    assert tell(web, b" " * 50_000).status_code == 413
    house.visit_rate.most = 1
    assert [tell(web, VIEW).status_code for _ in range(2)] == [204, 429]


def test_whoever_is_not_known_is_told_to_stop(web: TestClient) -> None:
    unasked = {key: value for key, value in VIEW.items() if key != "agreed"}
    assert tell(web, unasked).json() == {"visitor": None}
    assert tell(web, {"did": "forget", "visitor": V}).json() == {"visitor": None}


def test_a_form_of_a_visitor_ties_it_and_a_second_lead_is_another_visitor(web: TestClient, books: Books) -> None:
    tell(web, VIEW)
    assert form(web, visitor=V).status_code == form(web, visitor="\x00nonsense", email="eve@example.com").status_code
    asked = "brochure.requested"
    assert sorted(row.kind for row in books.rows(tables.events)) == [asked, asked, "page.viewed", "pricing.viewed"]
    assert books.rows(tables.problems) == []
    form(web, visitor=V, email="bob@example.com")
    other = tell(web, VIEW | {"id": "2" * 32}).json()["visitor"]
    assert other not in (None, V)
    assert tell(web, VIEW | {"id": "3" * 32, "visitor": other}).status_code == 204


def test_a_click_in_a_mail_says_whose_browser_it_is_for_a_while(web: TestClient, house: House, books: Books) -> None:
    books.lead()
    key = books.mail()
    books.link(1, "home", f"{SITE}/?a=1#top")
    click = f"/c/{house.tokens.issue('click', key, 1)}"
    target = web.get(click).headers["location"]
    token = target.removeprefix(f"{SITE}/?a=1&kweek=").removesuffix("#top")
    assert target == f"{SITE}/?a=1&kweek={token}#top"
    assert house.tokens.read("visit", token) == ("l1",)
    assert web.get(click, headers={"sec-gpc": "1"}).headers["location"] == f"{SITE}/?a=1#top"
    assert books.count(tables.hits) == 2, "and is a click all the same"
    assert tell(web, VIEW | {"who": "forged"}).status_code == 204
    assert books.count(tables.events) == 0
    tell(web, VIEW | {"id": "2" * 32, "who": token})
    kinds = [row.kind for row in books.rows(tables.events)]
    assert kinds == ["page.viewed", "pricing.viewed"] * 2


def test_a_survey_leads_on_to_the_website(web: TestClient, house: House, books: Books, published: str) -> None:
    books.lead(language="nl")
    books.enrolment(published)
    survey = f"/s/{house.tokens.issue('survey', books.mail(enrolment_id='l1-1'))}"
    given = {"need": "replacement", "budget": "reserved", "authority": "decides", "time": "later", "wish": "call"}
    page = web.post(survey, data={"role": "Grower", **given}).text
    [token] = re.findall(rf'href="{SITE}/\?kweek=([\w.-]+)"', page)
    assert house.tokens.read("visit", token) == ("l1",)


def test_a_mail_to_a_colleague_says_nothing_of_the_lead(web: TestClient, house: House, books: Books) -> None:
    books.lead()
    key = books.mail(audience="colleague")
    books.link(1, "home", f"{SITE}/")
    assert web.get(f"/c/{house.tokens.issue('click', key, 1)}").headers["location"] == f"{SITE}/"


def test_colleagues_see_what_is_looked_at_and_whom_it_is_about_on_its_own_page(staff: TestClient, books: Books) -> None:
    assert "Nobody came in this time" in staff.get("/visitors").text
    tell(staff, VIEW | {"title": "<b>Prices", "topic": "energy", "utm": ["utm_source=fair"]})
    tell(staff, {"did": "page.left", "visitor": V, "id": "1" * 32, "seconds": 75, "depth": 80})
    tell(staff, {"did": "download.taken", "visitor": V, "id": "2" * 32, "path": "/files/guide.pdf"})
    page = staff.get("/visitors?days=7")
    assert page.status_code == 200
    for shown in ("&lt;b&gt;Prices", "energy", "guide.pdf", "fair", "75 s", "80 %", "/v.js"):
        assert shown in page.text, shown
    assert V not in page.text
    form(staff, visitor=V)
    [lead] = books.rows(tables.leads)
    assert "energy" in (text := staff.get(f"/leads/{lead.id}").text)
    assert "Follow me" in text
    assert "looked at a page" in text.lower()
