"""How does a page say what the machine keeps? A step, a length of time, an event, what became of a mail and why.

Own words of the workspace (its events, mails, teams, outcomes) are said as its authors wrote them.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Final

from kweek.draw.say import moment_words, time_words, title_words
from kweek.flow.duration import Duration
from kweek.flow.moment import Moment
from kweek.flow.plan import AnyStep, Call, Choose, Handover, Send, Task, Wait
from kweek.intake.imports.file_row import Refusal
from kweek.intake.incoming import Fault
from kweek.leads.facts import read_as
from kweek.mails.words import task_title
from kweek.rules.said import ROOT
from kweek.words import Tongue


def step_words(say: Tongue, step: AnyStep) -> str:
    """A step as the author would say it."""
    match step:
        case Wait(until=Moment(within=Duration() as within)):
            return say("step.wait", time=time_words(say, within))
        case Wait():
            return say("step.wait.until", moment=moment_words(say, step.until))
        case Send():
            mails = say("step.or").join(mail or say("step.nothing") for mail, _ in step.mails)
            if step.within is None:
                return say("step.send", mails=mails)
            return say("step.send.wait", mails=mails, time=time_words(say, step.within))
        case Call():
            return say("step.call", script=step.script, time=time_words(say, step.within))
        case Handover():
            return say("step.handover", team=step.team)
        case Task():
            return title_words(say, step.title)
        case Choose():
            return say("step.choose")
        case _:
            return step.id


def event_words(say: Tongue, kind: str) -> str:
    """An event where a sentence begins; one of the workspace's as its author calls it, else by its name:
    `quote.requested`, “Quote requested”."""
    if kind.startswith("flow "):  # what the machine writes where another flow sent the lead
        flow = kind.removeprefix("flow ")
        return say("event.flow", flow=say.maybe(f"flow.{flow}", flow))
    words = say.maybe(f"event.{kind}", kind.replace(".", " ").replace("_", " "))
    return words[:1].upper() + words[1:]


def mail_event(kind: str) -> str:
    """What befell a mail, as the word for it: who may not be mailed may be called."""
    return "blocked mail" if kind == "blocked" else kind


def heard_words(say: Tongue, event: str, step: AnyStep | None) -> str:
    """An event as this step hears it: a task's own outcomes may be called as events of ours."""
    match step:
        case Task(outcomes=own) if event in own:
            return task_words(say, event)
        case Send():
            return event_words(say, mail_event(event))
        case _:
            return event_words(say, event)


def field_words(say: Tongue, path: str) -> str:
    """A field within a sentence; one of the workspace's as its author calls it, else by its name: `lead.contract_end`,
    `event.quote.requested.surface`; and what a column may be, `contract_end`, `company.size`, `own.remark`."""
    keys = (f"field.{path}" if "." in path else f"import.field.{path}", f"field.lead.{path}")
    return next((say(key) for key in keys if say.knows(key)), path.rpartition(".")[2].replace("_", " "))


def label_words(say: Tongue, path: str) -> str:
    """The same where it begins: a label, a heading."""
    words = field_words(say, path)
    return words[:1].upper() + words[1:]


def value_words(say: Tongue, fact: str, value: object) -> str:
    """What was found out, as the definition calls it."""
    return say.maybe(f"value.{ROOT}{fact}.{value}", str(value))


def outcome_words(say: Tongue, outcome: str) -> str:
    """What a person chose, or may choose."""
    return say.maybe(f"outcome.{outcome}", event_words(say, outcome))


def task_words(say: Tongue, outcome: str) -> str:
    """What came of a task: one of its own outcomes as its author wrote it, though an event of ours may be called so."""
    return outcome_words(say, outcome) if outcome in _OF_TASKS else outcome[:1].upper() + outcome[1:]


def script_words(say: Tongue, name: str) -> str:
    """What is asked on the telephone: by its title, else by the name of its file."""
    return say.maybe(f"title.survey.{name}", name)


def topic_words(say: Tongue, topic: str) -> str:
    """What is read about: as the workspace calls the event that is made of it, else as the website calls it."""
    return say.maybe(f"title.topic.{topic}", topic)


_OF_TASKS: Final = ("done", "carry on", "leave", "withdrawn", "taken", "given_back")


def title_of_task(say: Tongue, title: str) -> str:
    """As its author wrote it; those that the machine gives, in the reader's language."""
    return task_title(title, say.language)


def kept_words(say: Tongue, value: object, kind: str | None, zone: tzinfo) -> str:
    """A field of the workspace's own, as it stands in the books. kind: as rules/workspace.yaml says."""
    match read_as(value, kind) if isinstance(value, str) and kind in ("date", "moment") else value:
        case bool() as truth:
            return say("condition.true" if truth else "condition.false")
        case int() | float() as number:
            return say.number(number)
        case datetime() as moment:
            return say.moment(moment.astimezone(zone))
        case date() as day:
            return say.day(day)
        case other:
            return str(other)


def problem_words(say: Tongue, code: str) -> str:
    """What went wrong, by its code in the books: `bounced 5.1.1`, `http 404`, `550 5.7.1`, `ValueError`. What was said
    of it there stays as it was said."""
    word = code.partition(" ")[0].rstrip(":")
    for key in (f"problem.{code}", f"problem.{word}", *(["problem.refused"] if word.isdigit() else [])):
        if say.knows(key):
            return say(key)
    return say("problem.other")


def refusal_words(say: Tongue, refusal: Refusal) -> str:
    """Why a row of an import was refused; the books keep it in English, as the file has it."""
    return fault_words(say, refusal)


def fault_words(say: Tongue, fault: Refusal | Fault) -> str:
    """What is wrong with something that was sent; programs are told it in English."""
    key = f"refusal.{fault.sentence}"
    return say(key, **fault.values) if say.knows(key) else fault.words


def why_words(say: Tongue, why: str) -> str:
    """The ledger's reasons: `suppressed: unsubscribed`, `mailbox full: 552`, `released by anna`."""
    for deed in ("released by", "dropped by"):
        if why.startswith(f"{deed} "):
            return say(f"why.{deed}", name=why.removeprefix(f"{deed} "))
    head, colon, rest = why.partition(": ")
    return say.maybe(f"why.{head}", head) + colon + say.maybe(f"why.{rest}", rest)
