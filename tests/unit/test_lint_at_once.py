"""All that is wrong with a step is said at once: one mistake in it never hides another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from kweek.flow.load.steps import OPTIONS
from tests.unit.test_lint import lint

HEAD = """flow: demo
title: Demo
start: quote.requested
whenever: { demo.requested: end }
steps:
  - send: reminder
  - wait: 1 day
"""
TAIL = "paths:\n  end:\n    - end: done\n"
RUNGS = "[{ after: 1 day, every: 1 day, tell: manager }]"
ESCALATE = (
    "[{ after: soon, every: 1 day, tell: manager }]", "[{ after: 1 day, every: soon, tell: nobody }]",
    "[{ after: 1 day, tell: manager }]", "[{ every: 1 day, reassign: nobody }]",
)  # fmt: skip
BAD_NAMES = ("Bad Name", "nobody-knows", "[a]", "")
SOON = ("soon", "7 dayz", "")
TARGETS = ("nowhere", "Bad Name", "ignore", "")
OTHERS = ("hereafter", *TARGETS[1:])


def lines(event: str, rest: str = "", ways: tuple[str, ...] = TARGETS) -> tuple[str, ...]:
    words = (f"{event}z: end", *(f"{event}: {way}" for way in ways if way))
    return tuple(f"{{ {word}{rest} }}" for word in words)


GOOD: Mapping[str, Mapping[str, str]] = {
    "wait": {"wait": "7 days", "when": "{ opened: end }", "otherwise": "end"},
    "send": {
        "send": "survey", "id": "first", "expires": "3 days", "within": "7 days", "when": "{ bounced: end }",
        "otherwise": "{ opened: end, else: end }",
    },
    "call": {
        "call": "brochure", "queue": "default", "priority": "high", "attempts": "3", "apart": "1 day",
        "within": "5 days", "when": "{ interested: end, else: end }", "otherwise": "end",
    },
    "handover": {
        "handover": "sales", "prefer": "owner", "follow_up": "1 day", "remind": "20 hours", "escalate": RUNGS,
        "when": "{ won: end, else: end }",
    },
    "task": {
        "task": "Look", "to": "anna", "outcomes": "[done, no]", "within": "3 days", "remind": "1 day",
        "escalate": RUNGS, "when": "{ done: end, else: end }", "otherwise": "end",
    },
    "choose": {"choose": "\n      - if: lead.sales_ready\n        go: end\n      - else: lost"},
    "go": {"go": "steps", "at_most": "3 times", "then": "end"},
    "end": {"end": "done", "because": "enough"},
    "score": {"score": "{ intent: +5 }", "because": "fair"},
    "tag": {"tag": "fair"},
    "untag": {"untag": "fair"},
    "set": {"set": "{ country: NL }"},
    "tell": {"tell": "anna", "text": "Look", "id": "told"},
    "webhook": {"webhook": "crm"},
}  # fmt: skip
BAD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "wait": {"wait": SOON, "when": lines("opened"), "otherwise": (*OTHERS, "{ opened: end, else: end }")},
    "send": {
        "send": BAD_NAMES, "id": ("a b", ""), "expires": SOON, "within": SOON, "when": lines("bounced"),
        "otherwise": lines("opened", ", else: end", OTHERS),
    },
    "call": {
        "call": BAD_NAMES, "queue": ("nowhere", "[a]", ""), "priority": ("urgent", ""), "attempts": ("three", "0", ""),
        "apart": SOON, "within": (*SOON, "-"), "when": (*lines("interested", ", else: end"), "-"),
        "otherwise": (*OTHERS, "-"),
    },
    "handover": {
        "handover": ("nobody", "[a]", ""), "prefer": ("anybody", ""), "follow_up": SOON, "remind": SOON,
        "escalate": (*ESCALATE, "-"), "when": (*lines("won", ", else: end"), "-"),
    },
    "task": {
        "task": ("[a]", ""), "to": ("nobody", "[a]"), "outcomes": ("[done, {}]",), "within": (*SOON, "-"),
        "remind": SOON, "escalate": ESCALATE, "when": (*lines("done", ", else: end"), "-"),
        "otherwise": (*OTHERS, "-"),
    },
    "choose": {
        "choose": tuple(
            f"\n      - {asked}\n        go: {way}\n      - else: {other}"
            for asked in ("if: lead.sales_redy", "if:", "if: lead.x =", "share: many")
            for way in TARGETS
            for other in TARGETS
        ),
    },
    "go": {"go": (*TARGETS, "flow nobody-knows"), "at_most": ("3", "often", ""), "then": OTHERS},
    "end": {"end": ("finito", ""), "because": ("[a]", "")},
    "score": {"score": ("{ intent: many }", "{ intent: many, profil: 3 }", ""), "because": ("[a]", "")},
    "tag": {"tag": ("[{}]", "")},
    "untag": {"untag": ("[{}]", "")},
    "set": {"set": ("{ cuntry: NL, lead.profile: A }", "")},
    "tell": {"tell": ("nobody", "[a]", ""), "text": ("[a]", ""), "id": ("a b", "")},
    "webhook": {"webhook": ("crmm", "[a]", "")},
}  # fmt: skip


def test_every_option_of_every_verb_is_broken_here() -> None:
    assert {verb: {verb, *options} - {"mail", "id"} for verb, options in OPTIONS.items()} == {
        verb: set(broken) - {"mail", "id"} for verb, broken in BAD.items()
    }


def found(verb: str, broken: Mapping[str, str]) -> set[str]:
    """broken: option → what stands there instead; `-`: nothing."""
    said = {**GOOD[verb], **broken}
    step = [f"    {word}: {value}" if value != "-" else "    # none" for word, value in said.items()]
    below = "  - end: done\n" if verb in GOES_ON else ""
    text = HEAD + "\n".join(["  -" + step[0][3:], *step[1:]]) + f"\n{below}{TAIL}"
    return {str(problem) for problem in lint(text, "demo.yaml")}


GOES_ON = ("score", "tag", "untag", "set", "tell", "webhook")


def alone(verb: str) -> Iterator[dict[str, str]]:
    yield from ({word: value} for word, values in BAD[verb].items() for value in values)


@pytest.mark.parametrize("verb", BAD)
def test_what_is_well_written_is_sound(verb: str) -> None:
    assert found(verb, {}) == set()


@pytest.mark.parametrize("verb", BAD)
def test_two_mistakes_in_a_step_are_both_said_and_nothing_else(verb: str) -> None:
    each = {tuple(broken.items()): found(verb, broken) for broken in alone(verb)}
    for (one, said), (other, also) in combinations(each.items(), 2):
        unsure = {one[0], other[0]} == {("outcomes", "[done, {}]"), ("when", "-")}  # what it may end with is not known
        silent = {one[0], other[0]} == {("when", "-"), ("otherwise", "-")}  # that has one message
        if one[0][0] != other[0][0] and not unsure and not silent:
            both = found(verb, {**dict(one), **dict(other)})
            assert both == said | also, f"{one} {other}\n" + "\n".join(sorted(both ^ (said | also)))


@pytest.mark.parametrize("verb", BAD)
def test_a_mistake_is_one_message(verb: str) -> None:
    for broken in alone(verb):
        said = found(verb, broken)
        assert said, broken
        assert len(said) == 1 or verb in ("choose", "set", "score", "go") or "escalate" in broken, (broken, said)
