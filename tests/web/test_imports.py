"""A file is sent, looked at, decided on and looked after, on pages that need no script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from httpx import Response
from playwright.sync_api import Browser, expect

from kweek.intake.ears import FlowEars
from kweek.intake.imports.file_row import RowReader
from kweek.intake.imports.how import load_how
from kweek.intake.imports.taking import take_some
from kweek.intake.imports.undoing import undo_some
from kweek.intake.incoming import ConsentIn, Incoming, LeadIn
from kweek.intake.record import record
from kweek.intake.suppress import suppress_lead
from kweek.leads import imports, tables
from kweek.web.house import House
from tests.web.browsing import visit
from tests.web.conftest import NOW, ORIGIN, Books, TestClient

FILE = "Naam;E-mail;Kleur;Contract_end\nJan <b>;jan@example.com;rood;3-4-2026\nPiet;piet@;blauw;4-4-2026\n"


def send(staff: TestClient, text: str | bytes = FILE, name: str = "beurs 2026.csv", **fields: str) -> Response:
    data = text if isinstance(text, bytes) else text.encode("cp1252")
    return staff.post("/imports", files={"file": (name, data, "text/csv")}, data=fields, headers={"origin": ORIGIN})


def say(staff: TestClient, path: str, action: str, **fields: str) -> Response:
    return staff.post(path, data={"action": action} | fields, headers={"origin": ORIGIN})


def taken_in(house: House, path: str) -> None:
    import_id = path.rpartition("/")[2]
    with house.db.read() as read:
        row = imports.one(read, import_id)
    words, zone = house.rules.vocabulary(), house.rules.zone()
    reader = RowReader(load_how(row.how), row.file, words, zone, NOW)
    while take_some(house.db, import_id, reader, FlowEars(), NOW):
        pass
    with house.db.write() as tx:
        imports.change(tx, import_id, status="done")


def test_a_file_is_tried_decided_on_and_taken_in(staff: TestClient, house: House, books: Books) -> None:
    path = send(staff).headers["location"]
    page = staff.get(path).text
    assert "Jan &lt;b&gt;" in page
    assert '<option value="email" selected>' in page
    assert "this is not an e-mail address" in page
    assert books.count(tables.leads) == 0
    own = {"map.2": "own.kleur", "consent": "fair list, signed"}
    refused = say(staff, path, "begin", **own)
    assert (refused.status_code, "say for which mails they gave it" in refused.text) == (422, True)
    assert 'value="fair list, signed"' in refused.text, "nothing of what was written is lost"
    looked = say(staff, path, "look", **own, purpose="advice")
    assert (looked.status_code, '<option value="own.kleur" selected>' in looked.text) == (200, True)
    assert say(staff, path, "begin", **own, purpose="advice").status_code == 303
    running = staff.get(path).text
    assert 'http-equiv="refresh"' in running
    taken_in(house, path)
    done = staff.get(path).text
    assert 'http-equiv="refresh"' not in done
    [lead] = books.rows(tables.leads)
    assert (lead.email, lead.fields) == ("jan@example.com", {"kleur": "rood", "contract_end": "2026-04-03"})
    assert [row.words for row in books.rows(tables.consents)] == ["fair list, signed"]
    assert "Not taken over" not in done
    csv = staff.get(f"{path}/refused.csv")
    assert csv.text.splitlines()[1].startswith(
        "Piet;piet@;blauw;4-4-2026;E-mail “piet@”: this is not an e-mail address"
    )
    dutch = staff.get(f"{path}/refused.csv", headers={"accept-language": "nl"}).text.splitlines()
    assert dutch[0].endswith(";waarom geweigerd")
    assert "E-mail “piet@”: dit is geen e-mailadres" in dutch[1]
    assert say(staff, path, "undo").status_code == 303
    with house.db.read() as read:
        assert imports.one(read, path.rpartition("/")[2]).status == "undoing"


def test_whose_permission_was_taken_back_is_said_before_and_after(staff: TestClient, house: House) -> None:
    jan = LeadIn(email="jan@example.com", consents=(ConsentIn("email", "advice", "Yes.", "form"),))
    lead_id = record(house.db, Incoming("form", "form.sent", NOW, jan), NOW).lead_id
    with house.db.write() as tx:
        suppress_lead(tx, lead_id, "email", "unsubscribed", NOW, str)
    said = "1 row: the permission was taken back before, and the file does not give it again."
    path = send(staff).headers["location"]
    assert said not in staff.get(path).text, "no permission is asked for yet"
    given = {"map.2": "own.kleur", "consent": "fair list, signed", "purpose": "advice"}
    assert said in say(staff, path, "look", **given).text
    say(staff, path, "begin", **given)
    taken_in(house, path)
    page = staff.get(path).text
    assert said in page
    assert f'<li>Row 1: <a href="/leads/{lead_id}">' in page


def test_what_is_not_taken_over_is_named_before_and_after(staff: TestClient, house: House) -> None:
    path = send(staff, "E-mail;Woonplaats;Straat\na@example.com;Utrecht;Hoog 1\n").headers["location"]
    page = staff.get(path, headers={"accept-language": "nl"}).text
    assert "Niet overgenomen: Woonplaats, Straat." in page
    assert "geen veld heet zo; als “woonplaats (een eigen tekst)” blijft het als tekst bewaard" in page
    assert '<option value="own.woonplaats">' in page
    assert '<option value="campaign">campagne</option>' in page
    assert say(staff, path, "begin", no_consent="yes", **{"map.1": "own.woonplaats"}).status_code == 303
    taken_in(house, path)
    assert "Not taken over: Straat." in staff.get(path).text


def test_a_column_that_is_filled_far_below_is_proposed_and_stays_so(staff: TestClient, house: House) -> None:
    late = "External id;Telefoon\n" + "".join(f"Z{n};\n" for n in range(1_100)) + "Last;06-12345678\n"
    path = send(staff, late).headers["location"]
    assert '<option value="phone" selected>' in staff.get(path).text
    say(staff, path, "look", **{"map.0": "external_id", "map.1": "phone"})
    with house.db.read() as read:
        how = load_how(imports.one(read, path.rpartition("/")[2]).how)
    assert [(one.target, one.why.key) for one in how.columns] == [
        ("external_id", "column.named"), ("phone", "column.named"),
    ]  # fmt: skip


def test_a_field_is_called_as_its_author_does(staff: TestClient) -> None:
    staff.headers["accept-language"] = "nl"
    path = send(staff, "E-mail;Contract_end;Einddatum;Contract_end \na@example.com;3-4-2026;4-4-2026;\n").headers[
        "location"
    ]
    page = staff.get(path).text
    assert '<option value="contract_end" selected>einddatum contract</option>' in page
    assert '<option value="own.einddatum">einddatum (' in page
    twice = say(staff, path, "look", **{"map.1": "contract_end", "map.2": "contract_end"}).text
    assert "einddatum contract" in twice[twice.index('id="fault-map"') :][:120]
    assert "own." not in re.sub(r'"[^"]*"', "", page)


def test_it_is_said_in_the_readers_language(staff: TestClient) -> None:
    staff.headers["accept-language"] = "nl"
    page = staff.get(send(staff).headers["location"]).text
    assert "dit is geen e-mailadres: naam@example.com" in page
    assert "het kopje zegt het" in page


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "Choose a file"), (b"PK\x03\x04", "a workbook"), (b"Jan;jan@example.com\n", "Has this file headings?")],
)
def test_a_file_that_cannot_be_read_is_said_beside_its_field(staff: TestClient, data: bytes, says: str) -> None:
    answer = send(staff, data, name="x.csv" if data else "")
    assert (answer.status_code, says in answer.text) == (422, True)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"no_consent": "yes", "map.1": "ignore"}, "nothing says who somebody is"),
        ({"no_consent": "yes", "map.0": "email"}, "two columns cannot both be e-mail address"),
        ({"no_consent": "yes", "rate": "soon"}, "a rate is for leads that enter a flow"),
        ({"no_consent": "yes", "consent": "x", "purpose": "advice"}, "choose one of the two"),
        ({"no_consent": "yes", "map.0": "nonsense"}, "there is no field “nonsense”"),
        ({}, "by which permission"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_begins(staff: TestClient, fields: dict[str, str], says: str) -> None:
    path = send(staff).headers["location"]
    answer = say(staff, path, "begin", **({"map.1": "email"} | fields))
    assert (answer.status_code, says in answer.text) == (422, True)
    assert "To be decided" in staff.get("/imports").text
    summary = answer.text.partition('id="faults"')[2].partition("</section>")[0]
    [field] = re.findall(r'<a href="#([^"]+)">', summary)
    assert f'id="{field}"' in answer.text.replace(summary, "")
    assert summary.startswith(' role="alert" tabindex="-1" autofocus')
    assert says in summary


@pytest.mark.slow
def test_whoever_pressed_the_button_is_led_to_what_is_wrong(browser: Browser, served: House, staff: TestClient) -> None:
    with visit(browser, served) as page:
        page.goto(served.settings.base_url + send(staff).headers["location"])
        page.locator("button[value=begin]").click()
        expect(page.locator("#faults")).to_be_focused()
        expect(page.locator("#faults")).to_be_in_viewport()
        page.locator("#faults a").click()
        expect(page.locator("#consent")).to_be_in_viewport()


def test_how_a_file_is_written_is_told_and_somebody_says_it_otherwise(staff: TestClient) -> None:
    text = "Beurs 2026,,\n,,\nNaam,E-mail,Nummer\nZoë,zoe@example.com,7\n"
    page = staff.get(send(staff, text.encode()).headers["location"]).text
    assert "Read as utf-8, with , between the cells. 2 rows above the headings were left out." in page
    assert 'href="/imports#send"' in page
    assert "a number like this may be a company" in page
    assert "<option>mac_roman</option>" in staff.get("/imports").text
    tabbed = text.replace(",", "\t").encode("cp850")
    said = staff.get(send(staff, tabbed, encoding="cp850", separator="tab").headers["location"]).text
    assert "Read as cp850, with a tab between the cells." in said
    assert "Zoë" in said
    assert send(staff, tabbed, encoding="utf-8").status_code == 422


def test_addresses_change_only_where_somebody_ticks_it(staff: TestClient, house: House, books: Books) -> None:
    jan = LeadIn(email="jan@example.com", external_id="7")
    record(house.db, Incoming("form", "form.sent", NOW, jan), NOW)
    path = send(staff, "External id;E-mail\n7;piet@example.com\n").headers["location"]
    staff.headers["accept-language"] = "nl"
    assert "het nummer “7” is bekend met een ander adres, jan@example.com" in staff.get(path).text
    looked = say(staff, path, "look", moves="yes").text
    assert "is bekend met een ander adres" not in looked
    assert 'name="moves" value="yes" checked' in looked
    assert say(staff, path, "begin", moves="yes", no_consent="yes").status_code == 303
    taken_in(house, path)
    assert [row.email for row in books.rows(tables.leads)] == ["piet@example.com"]


def test_a_row_whose_quotes_are_out_of_order_is_refused_when_it_is_tried_and_when_it_is_in(
    staff: TestClient, house: House, books: Books
) -> None:
    text = 'E-mail;Kleur\na@example.com;"rood\nb@example.com;blauw\nc@example.com;"groen\nd@example.com;wit\n'
    path = send(staff, text).headers["location"]
    why = "a quotation mark is opened here and not closed"
    assert staff.get(path).text.count(why) == 2
    say(staff, path, "begin", no_consent="yes")
    taken_in(house, path)
    assert staff.get(path).text.count(why) == 2
    assert sorted(row.email for row in books.rows(tables.leads)) == ["b@example.com", "d@example.com"]
    file = staff.get(f"{path}/refused.csv").text.splitlines()
    assert file[1].startswith('a@example.com;"""rood";')


def test_a_file_that_is_forgotten_was_never_in(staff: TestClient, house: House) -> None:
    path = send(staff).headers["location"]
    assert say(staff, path, "undo").status_code == 303
    assert "Being forgotten" in staff.get(path).text
    while undo_some(house.db, path.rpartition("/")[2], FlowEars(), NOW):
        pass
    page = staff.get(path).text
    assert "Forgotten; nothing was taken in" in page
    assert "2 forgotten" in page
    assert "taken back" not in page.lower()


def test_only_colleagues_come_here_and_only_from_our_own_page(web: TestClient, staff: TestClient) -> None:
    path = send(staff).headers["location"]
    assert staff.post(path, data={"action": "begin"}, headers={"origin": "https://evil.example"}).status_code == 403
    staff.cookies.clear()
    for one in ("/imports", path, f"{path}/refused.csv"):
        assert web.get(one).status_code == 401


def test_what_is_not_there_and_what_is_too_late(staff: TestClient) -> None:
    assert staff.get("/imports/nothing").status_code == 404
    path = send(staff).headers["location"]
    assert say(staff, path, "stop").status_code == 303, "it is not running: the page says how it stands"
    assert say(staff, path, "dance").status_code == 422
    garbage: Any = {
        "content": b"--x\r\nnonsense",
        "headers": {"content-type": "multipart/form-data; boundary=x", "origin": ORIGIN},
    }
    assert staff.post("/imports", **garbage).status_code == 422
