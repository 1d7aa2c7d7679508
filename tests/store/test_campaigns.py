"""From where leads come: every touch kept once, first and last in any order of arrival, and the numbers that follow."""

from __future__ import annotations

import json
from datetime import UTC, date, timedelta
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Table, func, insert, select

from kweek.cli import main
from kweek.flow.conditions import parse_condition
from kweek.intake.costing import enter
from kweek.intake.ears import FlowEars
from kweek.intake.incoming import Incoming, LeadIn, TouchIn
from kweek.intake.record import record
from kweek.leads import tables
from kweek.leads.campaigns import CampaignIn, CircleError, change_campaign, know_campaign, make_campaign
from kweek.leads.costs import CostIn, NoSuchEntryError, entries, spend, take_back
from kweek.leads.database import Database
from kweek.leads.earned import Numbers, Period, behind, tree
from kweek.leads.reckoned import Scores
from kweek.rules.scoring import Rule
from tests.store.making import NOW, a_lead

ALWAYS = Period(UTC)
ROOT = Path(__file__).parents[2]


def come(db: Database, lead: str, n: int, campaign: str | None, ears: FlowEars | None = None) -> None:
    """n: in how many hours."""
    at = NOW + timedelta(hours=n)
    touch = TouchIn("api", campaign, "linkedin", more={"term": "pump"})
    record(db, Incoming(f"{lead}-{n}", "page.viewed", at, LeadIn(id=lead), touch=touch), NOW, ears)


def known(db: Database, lead: str) -> tuple[str | None, str | None]:
    with db.read() as read:
        row = read.execute(select(tables.leads).where(tables.leads.c.id == lead)).one()
        return row.campaign, row.last_campaign


def count(db: Database, table: Table) -> int:
    with db.read() as read:
        return read.execute(select(func.count()).select_from(table)).scalar_one()


def test_first_and_last_are_the_same_in_any_order_of_arrival(database: Database) -> None:
    for number, order in enumerate(permutations(((1, None), (2, "Fair"), (3, "news")))):
        lead = a_lead(database, f"l{number}")
        for n, campaign in order:
            come(database, lead, n, campaign)
        assert known(database, lead) == ("fair", "news")
    assert (count(database, tables.touches), count(database, tables.campaigns)) == (18, 2)


def test_the_same_event_again_is_no_second_touch(database: Database) -> None:
    lead = a_lead(database)
    for _ in range(2):
        come(database, lead, 1, "Spring  Fair ")
    with database.read() as read:
        [touch] = read.execute(select(tables.touches)).all()
        [campaign] = read.execute(select(tables.campaigns)).all()
    assert (touch.campaign, touch.how, touch.source, touch.more) == ("spring-fair", "api", "linkedin", {"term": "pump"})
    assert (touch.event_id, touch.at) == ("lead-1", NOW + timedelta(hours=1))
    assert (campaign.id, campaign.title) == ("spring-fair", "Spring Fair")


def told_by(db: Database, lead: str, how: str, seconds: float, campaign: str = "Spring") -> None:
    """Of a click in a mail, and of the page that it opened."""
    at, touch = NOW + timedelta(seconds=seconds), TouchIn(how, campaign, "newsletter", "email")
    record(db, Incoming(f"{lead}-{how}-{seconds}", "clicked", at, LeadIn(id=lead), touch=touch), NOW)


@pytest.mark.parametrize("order", permutations((("mail", 0), ("visit", 3))))
def test_a_click_in_a_mail_and_the_page_that_it_opens_are_one_touch(
    database: Database, order: tuple[tuple[str, float], ...]
) -> None:
    lead = a_lead(database)
    for how, seconds in (*order, ("visit", 300)):  # and looked at once more
        told_by(database, lead, how, seconds)
    with database.read() as read:
        touches = read.execute(select(tables.touches)).all()
    assert [(touch.how, touch.campaign, touch.at) for touch in touches] == [("mail", "spring", NOW)]


def test_another_campaign_or_another_day_is_another_touch(database: Database) -> None:
    lead = a_lead(database)
    told_by(database, lead, "mail", 0)
    told_by(database, lead, "visit", 5, "Autumn")
    told_by(database, lead, "visit", 86_400)
    assert count(database, tables.touches) == 3


def test_rules_hear_of_the_campaign_and_its_channel(database: Database) -> None:
    """A touch is something known of the lead: what rules give for that is reckoned at once."""
    rules = [
        Rule(one, one, "profile", points, condition=parse_condition(condition))
        for one, points, condition in (
            ("fair", 5, 'campaign.name == "fair"'),
            ("met", 7, 'campaign.channel == "stand"'),
        )
    ]
    ears = FlowEars(scores=Scores(tuple(rules)))
    with database.write() as tx:
        make_campaign(tx, "fair", CampaignIn("The fair", channel="stand"), NOW)
    for lead, campaign in (("a", "fair"), ("b", "news"), ("c", None)):
        come(database, a_lead(database, lead), 1, campaign, ears)
    with database.read() as read:
        rows = read.execute(select(tables.leads).order_by(tables.leads.c.id)).all()
    assert [row.points_profile for row in rows] == [12, 0, 0]


# --- the tree -----------------------------------------------------------------------------------------


def test_no_campaign_lies_below_itself(database: Database) -> None:
    with database.write() as tx:
        for word in ("a", "b", "c"):
            know_campaign(tx, word, NOW)
        change_campaign(tx, "b", CampaignIn("B"), CampaignIn("B", "a"))
        change_campaign(tx, "c", CampaignIn("C"), CampaignIn("C", "b"))
        for parent in ("a", "c"):
            with pytest.raises(CircleError):
                change_campaign(tx, "a", CampaignIn("A"), CampaignIn("A", parent))
        tx.execute(tables.campaigns.update().where(tables.campaigns.c.id == "a").values(parent_id="c"))
        assert sorted(one.row.id for top in tree(tx, ALWAYS).tops for _, one in top.walk()) == ["a", "b", "c"]


def test_a_cost_is_taken_back_once_and_never_changed(database: Database) -> None:
    with database.write() as tx:
        know_campaign(tx, "fair", NOW)
        for once in ("x", "x", None):
            spend(tx, CostIn("fair", date(2026, 3, 1), 1_250, "stand", "anna", once), NOW)
        first = entries(tx, "fair", 9)[0][-1]
        assert [take_back(tx, "fair", first.id, "bert", NOW) for _ in range(2)] == [True, False]
        rows, of = entries(tx, "fair", 9)
        assert ([row.cents for row in rows], of) == ([-1_250, 1_250, 1_250], 3)
        for entry, campaign in ((rows[0].id, "fair"), (99, "fair"), (first.id, "news")):
            with pytest.raises(NoSuchEntryError):
                take_back(tx, campaign, entry, "bert", NOW)


def test_a_file_twice_is_entered_once(database: Database) -> None:
    raw = b"campaign,date,amount\nfair,2026-03-01,10\nfair,2026-03-01,10\nfiar,2026-03-01,10\nfair,x,1\n"
    with database.write() as tx:
        know_campaign(tx, "fair", NOW)
    dry = enter(database, raw, "EUR", "anna", NOW, dry=True)
    assert (dry.fresh, dry.known, dry.cents, count(database, tables.costs)) == (2, 0, 2_000, 0)
    assert [(one.number, one.why[:40]) for one in dry.wrong] == [
        (4, "no campaign is called “fiar” (did you me"), (5, "“x” is not a day; write 2026-03-02 or 02"),
    ]  # fmt: skip
    again = [enter(database, raw, "EUR", "anna", NOW, make=True) for _ in range(2)]
    assert [(one.fresh, one.known, one.made) for one in again] == [(3, 0, ["fiar"]), (0, 3, [])]


# --- the numbers --------------------------------------------------------------------------------------

_PARENTS = {"all": None, "fair": "all", "stand": "fair", "news": "all", "odd": None}
_STAGES = ("suspect", "marketing qualified", "sales qualified", "customer")


def test_the_numbers_are_those_of_the_leads_one_by_one(database: Database) -> None:
    """Against a count in Python, for a random crowd; and each list holds who its number counts."""
    chance = Random(7)
    lead_rows, touch_rows, handover_rows = [], [], []
    for n in range(200):
        lead, first = f"l{n:03}", chance.choice((*_PARENTS, None))
        at = NOW + timedelta(days=chance.randrange(10))
        lead_rows.append({
            "id": lead, "created_at": at, "fields": {}, "campaign": first, "campaign_at": at if first else None,
            "stage": chance.choice(_STAGES), "merged_into": "l000" if n % 20 == 19 else None,
        })  # fmt: skip
        for campaign in {first, chance.choice(list(_PARENTS))} - {None}:
            day = at + timedelta(days=chance.randrange(3))
            touch_rows += [{"lead_id": lead, "campaign": campaign, "how": "api", "more": {}, "at": day}] * 2
        if n % 3 == 0:
            handover_rows.append({
                "key": lead, "lead_id": lead, "enrolment_id": "e", "team": "sales", "given_at": NOW, "rungs": 0,
                "status": chance.choice(("open", "closed")), "sales_ready": chance.choice((True, False, None)),
            })  # fmt: skip
    cost_rows = [
        {"campaign_id": one, "on": date(2026, 3, day), "cents": 100 * day, "at": NOW}
        for one in ("fair", "stand") for day in (1, 5, 20)
    ]  # fmt: skip
    with database.write() as tx:
        for word, parent in _PARENTS.items():
            make_campaign(tx, word, CampaignIn(word, parent), NOW)
        for table, rows in ((tables.leads, lead_rows), (tables.touches, touch_rows), (tables.handovers, handover_rows)):
            tx.execute(insert(table), rows)
        tx.execute(insert(tables.costs), cost_rows)
    for period in (ALWAYS, Period(UTC, date(2026, 3, 4), date(2026, 3, 7))):
        days = (period.first or date.min, period.last or date.max)
        here = [
            one for one in lead_rows if one["merged_into"] is None and days[0] <= one["created_at"].date() <= days[1]
        ]
        with database.read() as read:
            found = tree(read, period)
            for word in (*_PARENTS, None):
                branch = found.find(word) if word else None
                below = set(branch.words()) if branch else {None}
                mine = [one for one in here if one["campaign"] in below]
                ready = [one for one in handover_rows if one["sales_ready"] and one["key"] in {m["id"] for m in mine}]
                touched = {
                    one["lead_id"] for one in touch_rows
                    if one["campaign"] in below and days[0] <= one["at"].date() <= days[1]
                }  # fmt: skip
                spent = [
                    one["cents"] for one in cost_rows
                    if one["campaign_id"] in below and days[0] <= one["on"] <= days[1]
                ]  # fmt: skip
                expected = Numbers(
                    sum(spent) if spent else None, len(mine), len(touched),
                    sum(one["stage"] != "suspect" for one in mine),
                    sum(one["stage"] in _STAGES[2:] for one in mine),
                    len(ready), sum(one["status"] == "open" for one in ready),
                )  # fmt: skip
                assert (branch.numbers if branch else found.without) == expected, word
                for which in ("leads", "touched", "marketing", "sales", "ready", "now"):
                    if branch or which != "touched":
                        its = behind(which, branch.words() if branch else None, period)
                        listed = read.execute(select(func.count()).select_from(tables.leads).where(*its)).scalar_one()
                        assert listed == getattr(expected, which), (word, which)


def test_a_command_enters_what_is_right_and_says_what_is_not(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KWEEK_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("KWEEK_WORKSPACE", str(ROOT))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.csv").write_text("campaign,date,amount\nfair,2026-03-01,1250\nfair,soon,1\n")
    assert main(["cost", "c.csv", "--make", "--dry-run", "--json"]) == 1
    dry = json.loads(capsys.readouterr().out)
    assert (dry["entered"], dry["cents"], dry["made"], [one["line"] for one in dry["wrong"]]) == (
        1, 125_000, ["fair"], [3]
    )  # fmt: skip
    for said in ("1 entry entered, 1,250.00 EUR in all.", "0 entries entered, 0.00 EUR in all; 1 was here already."):
        assert main(["cost", "c.csv", "--make"]) == 1
        told = capsys.readouterr().err
        assert said in told
        assert "c.csv:3: “soon” is not a day" in told
    assert main(["cost", "gone.csv"]) == 2
    (tmp_path / "c.csv").write_text("")
    assert main(["cost", "c.csv"]) == 1
    assert "kweek cost: the first line must name the columns" in capsys.readouterr().err
