"""The make-believe people of the demo: the same every time, fit for the doors of the house, and at work in time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

import msgspec

from kweek.demo.agenda import Agenda
from kweek.demo.answers import Answers
from kweek.demo.choices import Choice
from kweek.demo.colleagues import Colleagues
from kweek.demo.days import days_on, paces
from kweek.demo.known import Known
from kweek.demo.people import people
from kweek.demo.sheets import draw_sheet
from kweek.demo.stage import OpenHandover, Place
from kweek.intake.check_lead import LeadChecker
from kweek.intake.check_lead import Vocabulary as Words
from kweek.leads.clock import Clock
from kweek.rules.calendars import Calendar
from kweek.workspace import read_workspace
from kweek.worlds import world_of
from tests.unit.demo_on_paper import OnPaper
from tests.unit.flow_of import BROCHURE

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
OFFICE = Calendar("Europe/Amsterdam", (((480, 1080),),) * 5 + ((),) * 2)


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    assert list(islice(people(1), 50)) == list(islice(people(1), 50))
    assert list(islice(people(1), 50)) != list(islice(people(2), 50))


def test_everyone_may_come_in_by_the_door_and_nobody_is_the_same() -> None:
    everyone = list(islice(people(7), 1_000))
    for person in everyone:
        checker = LeadChecker(Words(), NOW)
        checker.lead(person.as_lead(["advice"], NOW))
        checker.done()
    assert len({person.email for person in everyone}) == len({person.id for person in everyone}) == 1_000
    assert {person.country for person in everyone} == {"NL", "BE", "GB", "IE"}


def test_what_is_asked_of_a_person_is_true_and_what_nobody_can_know_is_left_out_or_vague() -> None:
    asked = world_of(read_workspace(Path(__file__).parents[2])).asked
    role, installer = asked["brochure"].questions[0], asked["demo-preparation"].questions[-1]
    survey = msgspec.structs.replace(asked["webinar"], questions=(role, installer, asked["webinar"].questions[-1]))
    must = msgspec.structs.replace(installer, required=True)
    for person in islice(people(1), 50):
        sheet = draw_sheet(survey, person, Random(person.number))
        assert sheet.items() <= {"role": person.job_title, "question": person.says}.items()
        assert draw_sheet(msgspec.structs.replace(survey, questions=(must,)), person, Random(1)) == {
            "installer": person.says
        }
        assert person.says.startswith(("Dat ", "Daar ") if person.language == "nl" else "I ")


class _Desks(OnPaper):
    """Twenty leads lie there, which sales is given at once; what is done with them is noted."""

    def __init__(self) -> None:
        super().__init__(read_workspace(Path(__file__).parents[2]), 60)
        self.done: dict[str, list[tuple[datetime, str]]] = {}

    def open_handovers(self) -> list[OpenHandover]:
        return [OpenHandover(str(n), "demo-1", "sales", None) for n in range(20)]

    def place(self, key: str) -> Place:
        return Place(BROCHURE, "sales/handover-sales")

    def act(self, path: str, by: str, **said: object) -> bool:
        *_, key, action = path.split("/")
        self.done.setdefault(key, []).append((self.at, action))
        return True


def _bound_for_nothing(choices: Sequence[Choice], place: Place, who: str) -> None:
    return None


def test_sales_is_at_work_in_office_hours_and_closes_what_it_has_contacted() -> None:
    stage, drawn = _Desks(), Random(1)
    agenda = Agenda(stage.now)
    teams, answers = read_workspace(Path(__file__).parents[2]).rules.teams, Answers(Known(stage.world), ["none"], drawn)
    someone = {"demo-1": next(people(1))}
    sales = Colleagues(stage, agenda, stage.world, teams, someone, answers, _bound_for_nothing, drawn)
    sales.look(stage.at)
    office = stage.world.teams["sales"]
    while len(agenda):
        stage.at += timedelta(minutes=97)
        while deed := agenda.next(agenda.now()):
            deed(stage.at)
    assert len(stage.done) == 20
    for deeds in stage.done.values():
        assert [office.next_open(at) for at, _ in deeds] == [at for at, _ in deeds]
        actions = [action for _, action in deeds]
        assert actions[:2] == ["accept", "contact"]
        assert actions[2:-1] in ([], ["appointment", "quote"])
        assert actions[-1] in ("won", "lost", "later", "reject")


def test_two_years_pass_in_minutes_and_people_act_while_the_clock_is_slow() -> None:
    tempo, days = 20_000.0, timedelta(days=60)
    clock = _clock(paces(tempo, days, NOW, [OFFICE]))
    found = days_on(clock)
    assert found.begun == NOW + timedelta(minutes=1)
    assert found.begun < found.early < found.opens < found.over < found.home < found.closes
    assert abs(found.over - found.opens - days) < timedelta(seconds=1)
    assert clock.anchor_real - NOW < timedelta(minutes=9)
    at_once = days_on(_clock(paces(tempo, days, NOW, [OFFICE], only=True)))
    assert (at_once.early, at_once.opens, at_once.over) == (at_once.begun, at_once.begun, at_once.closes)
    assert abs(at_once.over - at_once.begun - days) < timedelta(seconds=1)


def test_where_time_flies_it_flies_by_night_so_that_a_mail_finds_the_hours_in_which_it_may_leave() -> None:

    clock = _clock(paces(20_000.0, timedelta(days=60), NOW, [OFFICE]))
    days = days_on(clock)
    for begin, end in days.asleep:
        opens = [begin + timedelta(days=day) for day in range(2, (end - begin).days - 2, 7)]
        for day in opens:
            opened = OFFICE.next_open(day.replace(hour=0, minute=0))
            lasts = clock.real(opened + timedelta(hours=10)) - clock.real(opened)
            assert lasts > timedelta(milliseconds=100)
            assert clock.real(opened) - clock.real(opened - timedelta(hours=12)) < lasts / 5
        passes = (clock.real(end) - clock.real(begin)) / (end - begin).days
        watched = clock.pace(clock.real(begin + (end - begin) / 2))
        assert 0.7 < watched * passes / timedelta(days=1) < 1.4  # what a page shows is how fast days pass there


def test_where_nothing_ever_closes_time_flies_evenly() -> None:
    turns = list(paces(20_000.0, timedelta(days=60), NOW, [Calendar.always()]))
    assert len(turns) == 5


def _clock(turns: Iterable[tuple[float, timedelta]]) -> Clock:
    """The house is built in a minute."""
    clocks = [Clock(1, NOW, NOW)]
    begins = NOW + timedelta(minutes=1)
    for pace, lasts in (*turns, (1.0, timedelta())):
        clocks.append(Clock(pace, begins, clocks[-1].flow(begins)))
        begins += lasts
    return replace(clocks[-1], earlier=tuple(clocks[:-1]))


def test_deeds_are_done_in_order_of_their_moments() -> None:
    agenda, done = Agenda(lambda: NOW + timedelta(days=3)), list[str]()
    for days, name in ((2, "b"), (1, "a"), (2, "c"), (9, "later")):
        agenda.add(NOW + timedelta(days=days), lambda now, name=name: done.append(name))
    agenda.add(NOW + timedelta(days=3), lambda now: done.append("at work"), office=True)
    agenda.add(NOW + timedelta(days=4), lambda now: done.append("tomorrow"), office=True)
    while deed := agenda.next(NOW + timedelta(days=3)):
        deed(NOW)
    assert (done, len(agenda)) == (["at work", "a", "b", "c"], 2)
