"""What can be done on the pages of a handover, a call task and a task: a button for each thing."""

from __future__ import annotations

import re

import pytest

from kweek.flow.reasons import reasons_of
from kweek.leads import tables
from kweek.versions import plan_of, source_of
from kweek.workspace import read_workspace
from tests.web.conftest import NOW, ORIGIN, ROOT, Books, TestClient
from tests.web.pages import press, told
from tests.web.scene import ANSWER, CALL, HANDOVER, scene

DUTCH = {"accept-language": "nl"}


@pytest.fixture(autouse=True)
def the_scene(books: Books, published: str) -> None:
    scene(books, published)


def test_who_comes_from_a_notice_acts_under_his_own_name_and_is_remembered(staff: TestClient, books: Books) -> None:
    page = staff.get(f"/handovers/{HANDOVER}?as=bram").text
    assert "You act as bram." in page
    assert 'name="by" value="bram"' in page
    assert "You act as" not in staff.get(f"/handovers/{HANDOVER}").text  # looking is remembered by nobody
    done = press(staff, f"/handovers/{HANDOVER}", "contact", by="bram", note="Wil een rondleiding")
    assert (done.status_code, done.headers["location"]) == (303, f"/handovers/{HANDOVER}?done=contact")
    page = staff.get(done.headers["location"]).text
    for words in ("You act as bram.", "Noted: Contacted.", "Wil een rondleiding", "made 2 Mar 2026"):
        assert words in page
    assert [row.kind for row in books.rows(tables.events) if row.by == "bram"] == ["contacted"]
    assert told(books, HANDOVER) == ["contacted"]
    assert "You act as" not in staff.get(f"/handovers/{HANDOVER}?as=").text  # somebody else?


def test_what_could_not_be_noted_is_said_at_the_top_and_nothing_else_is_there(staff: TestClient) -> None:
    wrong = press(staff, f"/calls/{CALL}?done=take&as=els", "call back", by="els", call_back_at="2020-01-01T10:00")
    assert wrong.status_code == 422
    top, _, rest = wrong.text.partition("<dl")
    assert 'role="alert"' in top
    assert '<a href="#fault-call-back">Say when to call back' in top
    assert 'id="fault-call-back"' in rest
    assert "Noted:" not in wrong.text


def test_a_try_that_does_not_count_says_from_when_one_does(staff: TestClient, books: Books) -> None:
    for _ in range(2):
        last = press(staff, f"/calls/{CALL}", "no answer", by="els", id=str(_))
    assert last.status_code == 409
    assert "a try counts from" in last.text
    assert told(books, CALL).count("attempted") == 2, "one is the scene's"


def test_nobody_in_particular_is_asked_who_he_is_first(staff: TestClient) -> None:
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{ANSWER}", f"/handovers/{HANDOVER}?as=mallory"):
        page = staff.get(path).text
        assert "Who are you?" in page
        assert '<form method="post"' not in page
        assert "<option>youssef</option>" in page


@pytest.mark.parametrize(
    ("action", "fields", "kind", "page_says"),
    [
        ("accept", {}, "accepted", "Noted: Accepted."),
        ("appointment", {}, "appointment", "Noted: Appointment made."),
        ("quote", {}, "quoted", "Noted: Quote sent."),
        ("won", {}, "won", "Closed: Won"),
        ("lost", {"reason": "price"}, "lost", "Closed: Lost"),
        ("reject", {"reason": "student"}, "rejected", "Closed: Back to marketing"),
        ("later", {"later_on": "2026-06-01"}, "later", "until 1 Jun 2026"),
    ],
)
def test_every_button_of_a_handover_tells_the_flow_and_shows_it(
    staff: TestClient, books: Books, action: str, fields: dict[str, str], kind: str, page_says: str
) -> None:
    done = press(staff, f"/handovers/{HANDOVER}", action, **fields)
    assert done.status_code == 303
    assert told(books, HANDOVER) == [kind]
    assert page_says in staff.get(done.headers["location"]).text


def test_a_button_pressed_twice_counts_once(staff: TestClient, books: Books) -> None:
    page = staff.get(f"/handovers/{HANDOVER}?as=anna").text
    [own_id] = set(re.findall(r'name="id" value="(\w+)"', page))
    for _ in range(2):
        assert press(staff, f"/handovers/{HANDOVER}", "contact", id=own_id).status_code == 303
    assert told(books, HANDOVER) == ["contacted"]


def test_after_going_back_another_button_is_another_deed(staff: TestClient, books: Books) -> None:
    for action, note in (("contact", ""), ("contact", "at last"), ("contact", "at last"), ("appointment", "")):
        assert press(staff, f"/handovers/{HANDOVER}", action, id="4711", note=note).status_code == 303
    assert told(books, HANDOVER) == ["contacted", "contacted", "appointment"]


@pytest.mark.parametrize(
    ("path", "action", "fields", "says"),
    [
        (f"/handovers/{HANDOVER}", "reject", {}, "Zeg waarom"),
        (f"/handovers/{HANDOVER}", "reject", {"reason": "x" * 300}, "hooguit 200 tekens"),
        (f"/handovers/{HANDOVER}", "later", {"later_on": "morgen"}, "vanaf welke dag"),
        (f"/handovers/{HANDOVER}", "later", {"later_on": "2026-03-02"}, "vanaf welke dag"),
        (f"/handovers/{HANDOVER}", "won", {"by": "mallory"}, "Zeg wie u bent."),
        (f"/handovers/{HANDOVER}", "won", {"by": ""}, "Zeg wie u bent."),
        (f"/handovers/{HANDOVER}", "contact", {"note": "x" * 2_001}, "hooguit 2.000 tekens"),
        (f"/calls/{CALL}", "call back", {"by": "els"}, "een moment vanaf nu"),
        (f"/calls/{CALL}", "call back", {"by": "els", "call_back_at": "2026-03-01T10:00"}, "een moment vanaf nu"),
        (f"/calls/{CALL}", "call back", {"by": "els", "call_back_at": "0001-01-01T00:00"}, "een moment vanaf nu"),
        (f"/calls/{CALL}", "call back", {"by": "els", "call_back_at": "9999-12-31T23:59-14:00"}, "een moment vanaf nu"),
        (f"/handovers/{HANDOVER}", "later", {"later_on": "9999-12-31"}, "vanaf welke dag"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_is_done(
    staff: TestClient, books: Books, path: str, action: str, fields: dict[str, str], says: str
) -> None:
    key = path.split("/", 2)[2]
    before = told(books, key)
    answer = staff.post(
        f"{path}?as=anna" if "handovers" in path else f"{path}?as=els",
        data={"action": action, "by": "anna"} | fields, headers={"origin": ORIGIN, **DUTCH},
    )  # fmt: skip
    assert answer.status_code == 422
    assert says in answer.text
    assert told(books, key) == before
    if "reason" in fields:
        assert fields["reason"] in answer.text  # what was filled in stays


def test_what_is_unknown_or_from_elsewhere_changes_nothing(staff: TestClient, books: Books) -> None:
    before = len(books.rows(tables.events))
    for path in (f"/handovers/{HANDOVER}", f"/calls/{CALL}", f"/tasks/{ANSWER}"):
        assert press(staff, path, "forget").status_code in (409, 422)
        assert press(staff, path, "won", origin="https://evil.example").status_code == 403
        assert staff.post(path, content=b"{}", headers={"origin": ORIGIN}).status_code in (422, 400)
        assert staff.get(f"{path}?action=won&by=anna&done=won").status_code == 200
    assert len(books.rows(tables.events)) == before


def test_who_comes_too_late_sees_how_it_stands(staff: TestClient, books: Books) -> None:
    press(staff, f"/handovers/{HANDOVER}", "won")
    late = press(staff, f"/handovers/{HANDOVER}", "reject", by="bram", reason="student")
    assert late.status_code == 409
    assert "came too late" in late.text
    assert "Closed: Won" in late.text
    assert told(books, HANDOVER) == ["won"]


def test_the_reasons_that_the_flow_knows_are_proposed(staff: TestClient) -> None:
    page = staff.get(f"/handovers/{HANDOVER}?as=anna").text
    assert re.findall(r'<option value="(\w+)">', page) == ["student", "competitor"]
    plan = plan_of(source_of(read_workspace(ROOT), "long-term"))
    assert reasons_of(plan) == ["student", "competitor"]


def test_a_call_is_taken_tried_and_closed(staff: TestClient, books: Books) -> None:
    path = f"/calls/{CALL}"
    other = staff.get(f"{path}?as=joris").text
    assert "els has it." in other
    assert '<form method="post"' not in other
    assert press(staff, path, "interested", by="joris").status_code == 409
    assert "Noted: Given back." in staff.get(press(staff, path, "give-back", by="els").headers["location"]).text
    assert "Noted: Taken." in staff.get(press(staff, path, "take", by="joris").headers["location"]).text
    agreed = press(staff, path, "call back", by="joris", call_back_at="2026-03-03T10:30")
    assert agreed.status_code == 303
    [task] = books.rows(tables.call_tasks)
    assert task.call_back_at.isoformat() == "2026-03-03T09:30:00+00:00"  # half past ten in Amsterdam
    done = press(staff, path, "not interested", by="joris", note="Heeft al iemand")
    page = staff.get(done.headers["location"]).text
    for words in ("Closed: Not interested", "Heeft al iemand", "by joris"):
        assert words in page
    assert told(books, CALL) == ["attempted", "taken", "given_back", "taken", "call_back", "not interested"]
    assert "2 / 3" in page  # joris then and now; an agreed call-back is no attempt


def test_a_withdrawn_call_still_takes_the_outcome_of_whoever_had_it(staff: TestClient, books: Books) -> None:
    with books.db.write() as tx:
        tx.execute(tables.call_tasks.update().values(status="withdrawn", closed_at=NOW))
    assert '<form method="post"' not in staff.get(f"/calls/{CALL}?as=joris").text
    page = staff.get(f"/calls/{CALL}?as=els").text
    assert "whoever had taken it may still say" in page
    assert 'value="interested"' in page
    assert press(staff, f"/calls/{CALL}", "interested", by="els").status_code == 303


def test_an_answer_that_was_given_is_off_the_list(staff: TestClient, books: Books) -> None:
    assert f"/tasks/{ANSWER}" in staff.get("/").text
    done = press(staff, f"/tasks/{ANSWER}", "done", by="bram", note="Prijs gestuurd")
    page = staff.get(done.headers["location"]).text
    assert ("Closed: Done" in page, "Prijs gestuurd" in page, "by bram" in page) == (True, True, True)
    assert f"/tasks/{ANSWER}" not in staff.get("/").text
    assert told(books, ANSWER) == ["done"]


def test_a_mail_that_is_held_is_sent_again_or_dropped(staff: TestClient, books: Books) -> None:
    for n, lead in ((7, "bas"), (8, "carla")):
        key = f"{lead}-1/{n}"
        books.mail(key, lead, status="held", why="nobody knows whether it arrived")
        row = {"lead_id": lead, "enrolment_id": f"{lead}-1", "kind": "send_mail", "step": "x", "args": {}}
        books.add(tables.effects, key=key, status="pending", issued_at=NOW, **row)
    assert "Send it again" not in staff.get("/").text  # who is it?
    assert "Send it again" in staff.get("/?as=anna").text
    assert press(staff, "/held/bas-1/7", "send").status_code == 303
    assert press(staff, "/held/carla-1/8", "drop").status_code == 303
    assert press(staff, "/held/carla-1/8", "burn").status_code == 303
    found = {row.key: (row.status, row.why) for row in books.rows(tables.mails)}
    assert found["bas-1/7"] == ("claimed", "released by anna")
    assert found["carla-1/8"] == ("undelivered", "dropped by anna")


@pytest.mark.parametrize("path", ["/handovers/l9-1/3", "/calls/x", "/tasks/ann-1/3", "/leads/l9", "/handovers/"])
def test_what_is_not_there_is_said_in_the_house(staff: TestClient, path: str) -> None:
    for answer in (staff.get(path), staff.post(path, data={"action": "won"}, headers={"origin": ORIGIN})):
        assert answer.status_code in (404, 405)
        assert 'href="/"' in answer.text


# --- what the lead says on the telephone ------------------------------------------------------------


def test_a_call_asks_the_questions_of_its_script_in_the_leads_language(staff: TestClient) -> None:
    page = staff.get(f"/calls/{CALL}?as=els").text
    assert 'name="answer.need" value="problem"' in page
    assert "Waarvoor zoekt u een klimaatsysteem?" in page
    assert "Call task · <bdi>What suits your building?</bdi>" in page
    assert "· <bdi>What suits your building?</bdi>" in staff.get("/leads/bas").text
    assert "(required)" not in page  # on the telephone one asks what suits
    assert 'name="answer.need"' not in staff.get(f"/calls/{CALL}?as=joris").text  # els has it


def test_answers_come_in_with_the_outcome(staff: TestClient, books: Books) -> None:
    done = press(
        staff,
        f"/calls/{CALL}",
        "interested",
        by="els",
        **{"answer.need": "problem", "answer.budget": "planned", "answer.name": " "},
    )
    assert done.status_code == 303
    answers = {row.question: row.value for row in books.rows(tables.answers) if row.lead_id == "bas"}
    assert answers == {"need": "problem", "budget": "planned"}
    assert told(books, CALL)[-1] == "interested"
    assert "A problem with humidity" in staff.get(done.headers["location"]).text


def test_an_answer_that_cannot_be_kept_is_shown_beside_its_question_and_nothing_is_done(
    staff: TestClient, books: Books
) -> None:
    before = told(books, CALL)
    page = press(
        staff, f"/calls/{CALL}?as=els", "interested", by="els", **{"answer.need": "nonsense", "note": "Wil mee"}
    )
    assert page.status_code == 422
    assert "Choose one of the answers." in page.text
    assert "Wil mee" in page.text
    assert told(books, CALL) == before
    assert press(staff, f"/calls/{CALL}", "interested", by="els", **{"answer.nowhere": "x"}).status_code == 422
