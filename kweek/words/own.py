"""What does a workspace call its own events, outcomes and flows? For a tongue, which then says them as Kweek's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that importing a tongue costs nothing
    from kweek.flow.catalogue import Rules
    from kweek.flow.surveys import Survey

Own = tuple[tuple[str, str], ...]


def own_words(language: str, rules: Rules, surveys: Iterable[Survey], flows: Mapping[str, str]) -> Own:
    """By the keys of sentences: `event.brochure.requested`, `event.wants-sample`, `flow.long-term`, `field.bant.need`,
    `value.bant.need.problem`, `field.lead.contract_end`, `field.event.quote.requested.surface`, `because.is-a-student`,
    `answer.survey brochure: need = problem`, `title.survey.brochure`, `title.topic.humidity`. flows: their titles, by
    name."""
    from kweek.flow.surveys import say

    surveys = tuple(surveys)
    outcomes = {name: words for survey in surveys for name, words in survey.outcomes.items()}
    return (
        *((f"event.{name}", say(words, language)) for name, words in outcomes.items() if words),
        *((f"event.{name}", title) for name, title in rules.titles(language).items()),
        *_facts(language, rules),
        *_fields(language, rules),
        *_reasons(language, rules),
        *_answers(language, surveys),
        *((f"title.survey.{survey.name.value}", say(survey.title, language)) for survey in surveys if survey.title),
        *_topics(language, rules),
        *((f"flow.{name}", title) for name, title in flows.items()),
    )


def _facts(language: str, rules: Rules) -> Iterator[tuple[str, str]]:
    """What can be found out of a lead, and what can be said to it."""
    from kweek.flow.surveys import say
    from kweek.rules.said import ROOT

    for name, fact in rules.sales_ready.facts.items():
        if fact.title:
            yield f"field.{ROOT}{name}", say(fact.title, language)
        yield from (
            (f"value.{ROOT}{name}.{value}", say(words, language)) for value, words in fact.values.items() if words
        )


def _topics(language: str, rules: Rules) -> Iterator[tuple[str, str]]:
    """What is read about: as the event is called that is made of every page about it."""
    from kweek.flow.words import PAGE_VIEWED

    for name, title in rules.titles(language).items():
        event = rules.events[name]
        if event.source and event.source.value == PAGE_VIEWED and event.condition:
            topic = _topic_of(event.condition.value)
            if topic is not None:
                yield f"title.topic.{topic}", title[:1].upper() + title[1:]


def _topic_of(condition: str) -> str | None:
    """`event.topic == "humidity"`, and nothing else."""
    from kweek.flow.conditions import ConditionError, parse_condition
    from kweek.flow.conditions.tree import Compare, Constant, Field

    try:
        tree = parse_condition(condition).tree
    except ConditionError:  # it has its own message
        return None
    match tree:
        case Compare(operators=("==",), operands=(Field(path="event.topic"), Constant(value=str(topic)))):
            return topic
        case _:
            return None


def _reasons(language: str, rules: Rules) -> Iterator[tuple[str, str]]:
    """Why points were given: under the rule's name in the ledger."""
    from kweek.flow.surveys import say

    of_personas = ((one.id_of(rule), rule) for one in rules.personas.values() for rule in one.rules)
    for id, rule in (*((rule.id.value, rule) for rule in rules.scoring.rules), *of_personas):
        if rule.title:
            yield f"because.{id}", say(rule.title, language)


def _answers(language: str, surveys: Iterable[Survey]) -> Iterator[tuple[str, str]]:
    """Why a survey gave points: the question with the answer, under what the ledger says."""
    from kweek.flow.surveys import Reason, say

    for survey in surveys:
        for question in survey.questions:
            asked = say(question.text, language)
            asked = asked if asked.endswith(("?", ".", ":", "!", "…")) else f"{asked}:"
            words = {name: name for name in question.points}  # marks of a scale have no words
            words |= {option.name.value: say(option.words, language) for option in question.options}
            for option, answer in words.items():
                yield f"answer.{Reason(survey.name.value, question.name.value, option)}", f"{asked} {answer or option}"


def _fields(language: str, rules: Rules) -> Iterator[tuple[str, str]]:
    """What is kept of a lead besides, and what events carry. `field.event.surface`: for whoever does not say of which;
    where all that have a surface call it the same."""
    from kweek.flow.surveys import say

    for name, own in rules.settings.fields.items():
        if own.title:
            yield f"field.lead.{name}", say(own.title, language)
    called: dict[str, set[str]] = {}
    for event in rules.events:
        for name, own in rules.data_of(event).items():
            title = say(own.title, language)
            called.setdefault(name, set()).add(title)
            if title:
                yield f"field.event.{event}.{name}", title
    for name, (title, *others) in called.items():
        if title and not others:
            yield f"field.event.{name}", title
