"""The catcher's pages: mails as their readers see them, shut in; and what comes back goes through the real door."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from httpx import Response

from kweek.intake.mail_kinds import classify
from kweek.leads import tables
from kweek.mails.addresses import Addresses
from kweek.returned import complaint_report, delivery_report, reply
from kweek.web.board import Board
from kweek.web.house import House
from kweek.web.live import _Mails
from tests.web.conftest import NOW, ORIGIN, Books, TestClient

HOUR = timedelta(hours=1)


def caught(books: Books, subject: str = "Hello", html: str = "<p>Hi <script>alert(1)</script></p>") -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "us@example.com", "ann@example.com"
    message.set_content("Hi there")
    message.add_alternative(html, subtype="html")
    row = {"sender": "us@example.com", "recipient": "ann@example.com", "subject": subject, "at": NOW}
    books.add(tables.caught, raw=message.as_bytes(), **row)


def test_the_catcher_lists_and_shows_mails(staff: TestClient, books: Books) -> None:
    for n in range(52):
        caught(books, f"Mail {n}")
    page = staff.get("/mails").text
    assert page.count("/mails/") == 50
    assert "Mail 51" in page
    assert "/mails?before=3" in page
    assert "Mail 0<" in staff.get("/mails?before=3").text
    assert 'sandbox="allow-popups' in staff.get("/mails/1").text
    assert "Hi there" in staff.get("/mails/1?view=text").text
    assert "Subject: Mail 0" in staff.get("/mails/1?view=source").text


def test_a_caught_mail_is_shut_in(staff: TestClient, books: Books) -> None:
    caught(books)
    answer = staff.get("/mails/1/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups")
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize(
    "path", ["/mails/9", "/mails/99999999999999999999", "/mails/9/html", "/mails/x", "/mails?before=x"]
)
def test_a_mail_that_is_not_there_is_not_found(staff: TestClient, path: str) -> None:
    assert staff.get(path).status_code == 404


# --- what comes back --------------------------------------------------------------------------------


@pytest.fixture
def addresses(house: House) -> Addresses:
    return Addresses(house.settings.key, "own.example")


@pytest.fixture
def received(books: Books, addresses: Addresses, published: str) -> str:
    """A mail that the flow sent to l1, as the catcher caught it: number 1; the key of it."""
    books.lead(name="Ann de Vries")
    books.enrolment(published, "steps/send-survey")
    identifier = addresses.message_id("l1-1/1")
    key = books.mail("l1-1/1", enrolment_id="l1-1", message_id=identifier)
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Hello", "Us <us@own.example>", "l1@example.com"
    message["Message-ID"], message["Reply-To"] = identifier, "advice@own.example"
    message.set_content("Hi there, https://own.example/demo")
    row = {"sender": addresses.address("bounces", identifier), "recipient": "l1@example.com", "subject": "Hello"}
    books.add(tables.caught, raw=message.as_bytes(), message_id=identifier, at=NOW, **row)
    return key


def press(staff: TestClient, action: str, origin: str = ORIGIN, **fields: str) -> Response:
    return staff.post("/mails/1", data={"action": action} | fields, headers={"origin": origin})


def test_an_answer_comes_in_as_the_leads_own_and_lies_in_the_mailbox(
    staff: TestClient, books: Books, received: str
) -> None:
    words = "Wat kost het?\n\nGroet, Ann — één vraag"
    answer = press(staff, "reply", words=words)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mails/1?meant=replied")
    [event] = books.rows(tables.events)
    assert (event.kind, event.ref, event.lead_id) == ("replied", received, "l1")
    assert books.count(tables.outbox) == 1
    original, kept = books.rows(tables.caught)
    message = message_from_bytes(kept.raw, policy=policy.default)
    assert (kept.recipient, kept.sender, kept.subject) == ("advice@own.example", "l1@example.com", "Re: Hello")
    assert message["In-Reply-To"] == original.message_id
    assert "één vraag" in staff.get("/mails/2?view=text").text
    assert 'method="post"' not in staff.get("/mails/2").text  # nobody of ours sent that one
    assert "task to answer it" in staff.get("/mails/1?meant=replied").text


def test_a_bounce_is_a_real_report_to_the_envelope_and_counts_once(
    staff: TestClient, books: Books, received: str
) -> None:
    for _ in range(2):
        assert press(staff, "bounce").headers["location"] == "/mails/1?meant=bounced"
    assert [(row.kind, row.ref) for row in books.rows(tables.events)] == [("bounced", received)]
    assert books.rows(tables.mails)[0].status == "bounced"
    assert [row.reason for row in books.rows(tables.suppressions)] == ["bounced"]
    assert "bounced</span>" in staff.get("/mails/1").text


def test_a_complaint_keeps_all_mail_from_the_address(staff: TestClient, books: Books, received: str) -> None:
    assert press(staff, "complain").headers["location"] == "/mails/1?meant=complained"
    assert [(row.kind, row.ref) for row in books.rows(tables.events)] == [("complained", received)]
    assert [row.reason for row in books.rows(tables.suppressions)] == ["complained"]


def test_links_in_the_text_can_be_pressed(staff: TestClient, received: str) -> None:
    page = staff.get("/mails/1?view=text").text
    assert '<a href="https://own.example/demo" rel="noopener" target="_blank">' in page
    assert "Ann de Vries" in page


@pytest.mark.parametrize(
    ("action", "fields", "origin", "status"),
    [
        ("reply", {"words": "  "}, ORIGIN, 422),
        ("reply", {}, ORIGIN, 422),
        ("forward", {}, ORIGIN, 422),
        ("bounce", {}, "https://evil.example", 403),
        ("complain", {}, "null", 403),
    ],
)
def test_what_is_empty_unknown_or_from_elsewhere_changes_nothing(
    staff: TestClient, books: Books, received: str, action: str, fields: dict[str, str], origin: str, status: int
) -> None:
    assert press(staff, action, origin, **fields).status_code == status
    assert (books.count(tables.events), books.count(tables.caught)) == (0, 1)


def test_nothing_comes_back_to_what_is_no_mail_to_a_lead(staff: TestClient, books: Books) -> None:
    caught(books)
    assert press(staff, "bounce").status_code == 404
    assert "Be its reader" not in staff.get("/mails/1").text


def test_looking_is_not_doing(staff: TestClient, books: Books, received: str) -> None:
    for path in ("/mails/1?action=bounce", "/mails/1?meant=bounced", "/mails/1?meant=<script>", "/mails/1?view=x"):
        page = staff.get(path)
        assert page.status_code == 200
        assert "<script>" not in page.text
    assert books.count(tables.events) == 0


# --- as others would write it -----------------------------------------------------------------------


def parts(raw: bytes) -> list[str]:
    return [part.get_content_type() for part in message_from_bytes(raw, policy=policy.default).walk()]


def test_a_complaint_has_the_shape_of_rfc_5965() -> None:
    raw = complaint_report(
        b"Message-ID: <m@own.example>\nTo: l1@example.com\n\nHi", "l1@example.com", "b@own.example", NOW
    )
    message = message_from_bytes(raw, policy=policy.default)
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "feedback-report"
    assert [kind for kind in parts(raw) if kind in ("text/plain", "message/feedback-report", "text/rfc822-headers")][
        :2
    ] == ["text/plain", "message/feedback-report"]
    feedback = next(part for part in message.walk() if part.get_content_type() == "message/feedback-report")
    [fields] = feedback.get_payload()
    assert (fields["Feedback-Type"], fields["Version"], bool(fields["User-Agent"])) == ("abuse", "1", True)
    came = classify(raw, "")
    assert (came.what, came.about) == ("complaint", ("<m@own.example>",))


def test_a_bounce_has_the_shape_of_rfc_3464() -> None:
    raw = delivery_report(b"Message-ID: <m@own.example>\n\nHi", "l1@example.com", "b@own.example", at=NOW)
    message = message_from_bytes(raw, policy=policy.default)
    assert (message["To"], bool(message["Date"])) == ("b@own.example", True)
    assert {"text/plain", "message/delivery-status", "text/rfc822-headers"} <= set(parts(raw))
    came = classify(raw, "")
    assert (came.what, came.verdict and came.verdict.kind, came.about) == ("bounce", "hard", ("<m@own.example>",))


def test_an_answer_goes_where_answers_shall_go() -> None:
    for headers, goes in (("Reply-To: a@own.example\n", "a@own.example"), ("", "us@own.example")):
        to, raw = reply(
            f"From: Us <us@own.example>\nSubject: Héllo\n{headers}\nHi".encode(), "l1@example.com", "Yes", NOW
        )
        assert to == goes
        assert classify(raw, "l1@example.com").what == "reply"


# --- playing the lead -------------------------------------------------------------------------------


def test_the_list_can_be_of_one_lead_alone(staff: TestClient, books: Books, received: str) -> None:
    caught(books, "To somebody else")
    page = staff.get("/mails?lead=l1").text
    assert "Only those to Ann de Vries." in page
    assert "To somebody else" not in page
    assert 'href="/mails/1?lead=l1"' in page
    assert staff.get("/mails?lead=nobody").status_code == 404


def test_a_mail_says_what_came_of_it_and_leads_to_the_story(staff: TestClient, books: Books, received: str) -> None:
    assert "Nothing has come back yet." in staff.get("/mails/1").text
    staff.post("/mails/1", data={"action": "reply", "words": "Hello"}, headers={"origin": ORIGIN})
    page = staff.get("/mails/1").text
    after = page.partition('id="after"')[2]
    assert "Wrote back" in after
    assert "Send survey, wait 7 days" in after
    assert 'href="/leads/l1"' in after


@pytest.mark.parametrize(("given", "status", "words"), [
    ({"action": "reply", "words": "x" * 10_001}, 422, "Write at most 10,000 characters."),
    ({"action": "reply"}, 422, "Write something first."),
    ({"action": "zzz"}, 422, "Reply, bounce or complain: press one of the three."),
])  # fmt: skip
def test_what_cannot_come_back_is_told_in_a_sentence(
    staff: TestClient, books: Books, received: str, given: dict[str, str], status: int, words: str
) -> None:
    answer = staff.post("/mails/1", data=given, headers={"origin": ORIGIN})
    assert (answer.status_code, words in answer.text) == (status, True)
    assert given.get("words", "") in answer.text  # nothing that was typed is lost
    assert "Nothing has come back yet." in staff.get("/mails/1").text


def test_nothing_comes_back_to_a_mail_to_a_colleague(staff: TestClient, books: Books) -> None:
    caught(books, "To a colleague")
    [number] = [row.id for row in books.rows(tables.caught)]
    answer = staff.post(f"/mails/{number}", data={"action": "bounce"}, headers={"origin": ORIGIN})
    assert (answer.status_code, "nothing can come back to it" in answer.text) == (404, True)


PICTURE = '<img src="https://own.example/o/token.gif" width="1" height="1" alt="">'


@pytest.mark.parametrize(("grade", "opens"), [(None, False), ("human", False), ("machine", True), ("unclear", True)])
def test_to_look_again_is_not_to_open_again(
    staff: TestClient, books: Books, received: str, grade: str | None, opens: bool
) -> None:
    caught_again(books, f"<p>Hello</p>{PICTURE}")
    assert PICTURE in staff.get("/mails/1/html").text
    look(books, received, grade)
    page = staff.get("/mails/1/html").text
    assert ("<p>Hello</p>" in page, PICTURE in page) == (True, opens)


def test_what_came_of_a_mail_is_in_order_of_time_and_an_open_stands_once(
    staff: TestClient, books: Books, received: str
) -> None:
    look(books, received, "human", at=NOW - 2 * HOUR)
    look(books, received, "machine", at=NOW)
    about = {"lead_id": "l1", "ref": received, "data": {}, "recorded_at": NOW}
    books.add(tables.events, id="e1", seq=1, kind="opened", at=NOW - 2 * HOUR, **about)
    books.add(tables.events, id="e2", seq=2, kind="replied", at=NOW - HOUR, **about)
    after = staff.get("/mails/1").text.partition('id="after"')[2]
    lines = re.findall("<div>(.*?)</div></li>", after)
    assert lines == ["Opened: a person", "Wrote back", "Opened: a machine"]


def caught_again(books: Books, html: str) -> None:
    """The mail that was received, with an HTML part."""
    message = message_from_bytes(books.rows(tables.caught)[0].raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    message.add_alternative(html, subtype="html")
    with books.db.write() as tx:
        tx.execute(tables.caught.update().values(raw=message.as_bytes()))


def look(books: Books, key: str, grade: str | None, at: datetime = NOW) -> None:
    books.add(tables.hits, mail_key=key, lead_id="l1", kind="open", at=at, method="GET", grade=grade, reasons=[])


def test_the_list_can_be_of_mails_to_leads_alone(staff: TestClient, books: Books, received: str) -> None:
    caught(books, "To a colleague")
    page = staff.get("/mails?to=leads").text
    assert "To a colleague" not in page
    assert 'href="/mails/1?to=leads"' in page
    assert 'data-watch="/live?to=leads&amp;mails=1"' in page
    assert "To a colleague" in staff.get("/mails?to=anything").text


def test_how_many_arrived_is_told_to_whoever_watches(house: House, books: Books, received: str) -> None:
    def told(watcher: _Mails) -> object:
        return watcher.changes(house.db, Board(house.db, house.now).look()).get("mails")

    everybody = _Mails(1, "")
    assert told(everybody) is None
    caught(books, "To somebody else")
    assert told(everybody) == 1
    caught(books, "And another")
    assert (told(everybody), told(everybody)) == (2, None)
    assert told(_Mails(0, "l1")) == 1
    assert told(_Mails(1, "l1")) is None
    assert (told(_Mails(0, "", only=True)), told(_Mails(1, "", only=True))) == (1, None)
