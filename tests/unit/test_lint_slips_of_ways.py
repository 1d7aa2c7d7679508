"""Where the lead goes is written in another way: asked on the same line, in brackets, when the time is up, in a block
that stands in a wrong column. One message each, at its line; and typed in, the remedy is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.linting import lint_unrendered
from kweek.workspace import read_workspace
from tests.unit.test_lint_slips import BROCHURE, KEEP, RENEWAL, REVIVAL, WHITEPAPER, is_told, slip

LATE: Final = "      otherwise: late\n\n  again:"
START: Final = "start: brochure.requested\n"
CALLED: Final = "      otherwise: flow long-term      # nobody had the time: never the lead's fault\n"
BACK: Final = "    - go: account\n      at_most: 3 times\n      then: silent\n\n  late:"
SENT: Final = """\
    within: 7 days                   # how long we wait for a reaction
    when:                            # it happens: act at once
      bounced: discard
      blocked: call                  # we may not mail; perhaps we may call
      answered: triage
    otherwise:                       # time is up: the first line that is true
      opened: call                   # opened, but never filled in
      unclear: call                  # nobody can know: only a machine touched it, or tracking is not allowed
      undelivered: call              # our mail never got through: not the lead's fault
      else: discard
"""
TIME_UP: Final = SENT[SENT.index("    otherwise:") :]
DONE: Final = "    otherwise: done\n"
MEASURED: Final = """\
      check: { nl: Twee keer per jaar de controlelijst, en: The checklist twice a year }
      call: { nl: "Niets, maar belt u mij eens", en: "Nothing, but do give me a call" }
      nothing: { nl: Niets meer, en: Nothing more }
"""
OPTIONS: Final = f"    options:\n{MEASURED}"
NAMES: Final = "check: { nl: …, en: … }, and call: { nl: …, en: … }, and nothing: { nl: …, en: … }"
WORDS: Final = "".join(f"      {name}: {{ nl: …, en: … }}\n" for name in ("check", "call", "nothing"))
CHOSEN: Final = """\
- choose:
            - if: lead.sales_ready
              go: late
            - else: done
"""
IN_A_CHOOSE: Final = LATE.replace("otherwise: late\n", f"otherwise:\n        {CHOSEN}")
READY: Final = "“- if: lead.sales_ready”, with “go: late” below “if”, and “- else: done"
READ_ON: Final = """\
      blocked: done                    # we may not write: it was the whitepaper, and no more
      clicked read-on:
        - tag: drying                  # the subject stays with the lead, for later mails
"""
WAITED: Final = "  - wait: 1 week\n  - send: drying-calculator\n"
WEEK: Final = "  - wait: 7 days\n"
QUOTED: Final = "  quote.requested: sales\n"
GOAL: Final = "goal:\n  if: lead.sales_ready\n  go: done\n"
ANSWERED: Final = MEASURED[MEASURED.index("      call:") :]
ASKED: Final = "      call: { nl: Niets?, en: Nothing? }\n"
EACH: Final = "start:\n" + "".join(
    f"  - event: {event}\n    if: lead.sales_ready\n" for event in ("brochure.requested", "page.viewed")
)
ELSE: Final = "        - else: flow long-term\n"
HANDED: Final = "      prefer: same person\n      follow_up: 24 hours\n      remind: 20 hours\n"


def _late(written: str) -> str:
    return LATE.replace("otherwise: late", written)


def _moved(text: str, by: int) -> str:
    return "".join(f"{' ' * (len(line) - len(line.lstrip()) + by)}{line.lstrip()}\n" for line in text.splitlines())


SLIPS: Final = [
    # options are names alone
    (KEEP, OPTIONS, "    options: [check, call, nothing]\n", 14, NAMES, f"    options:\n{WORDS}"),
    (KEEP, MEASURED, "      - check\n      - call\n      - nothing\n", 15, NAMES, WORDS),
    (KEEP, MEASURED, "      check\n      call\n      nothing\n", 15, NAMES, WORDS),
    (KEEP, OPTIONS, "    options: check, call, nothing\n", 14, NAMES, f"    options:\n{WORDS}"),
    (
        "surveys/demo-preparation.yaml",
        "ask: surface",
        "ask: size of building",
        24,
        "digits and hyphens: size-of-building",
        "ask: size-of-building",
    ),
    # a block in a wrong column is told with all of its lines
    (
        BROCHURE,
        SENT,
        _moved(SENT, 2),
        15,
        "column 5 (4 spaces), and lines 16 and 20 too, with what stands below.",
        SENT,
    ),
    (BROCHURE, SENT, _moved(SENT, -1), 15, "column 5 (4 spaces), and lines 16 and 20 too, with what", SENT),
    (
        BROCHURE,
        SENT,
        SENT.replace("    within", "      within").replace("    when", "      when").replace("    oth", "      oth"),
        15,
        "Begin it in column 5 (4 spaces), and lines 16 and 20 too.",
        SENT,
    ),
    (WHITEPAPER, HANDED, _moved(HANDED, 2), 81, "Begin it in column 7 (6 spaces), and lines 82 and 83 too.", HANDED),
    # a colon without its space, behind a word with a hyphen
    (WHITEPAPER, READ_ON, "      clicked read-on:done\n", 30, "behind the colon: clicked read-on: done", READ_ON),
    (WHITEPAPER, READ_ON, "      clicked read-on:done\n      blocked: done\n", 30, "clicked read-on: done", READ_ON),
    # a start with its condition, and with other keys
    (
        BROCHURE,
        START,
        'start: page.viewed, if: event.path == "/prices"\n',
        5,
        '“event: page.viewed”, and “if: event.path == "/prices"”',
        'start:\n  event: page.viewed\n  if: event.path == "/prices"\n',
    ),
    (
        BROCHURE,
        START,
        "start:\n  - brochure.requested, if: lead.sales_ready\n  - page.viewed\n",
        6,
        "Write: - event: brochure.requested — and below “event”, in its column: if: lead.sales_ready",
        "start:\n  - event: brochure.requested\n    if: lead.sales_ready\n  - page.viewed\n",
    ),
    (
        BROCHURE,
        START,
        "start: [brochure.requested, if: lead.sales_ready]\n",
        5,
        "Write below “start:” a list: - event: brochure.requested — and below “event”, in its column: if: lead.sal",
        "start:\n  - event: brochure.requested\n    if: lead.sales_ready\n",
    ),
    (
        BROCHURE,
        START,
        "start: brochure.requested, reentry: after 26 weeks, limit: 1 mail per 7 days\n",
        5,
        "“reentry: after 26 weeks” and “limit: 1 mail per 7 days” each on a line of its own, below “start”.",
        f"{START}reentry: after 26 weeks\nlimit: 1 mail per 7 days\n",
    ),
    (RENEWAL, BACK, BACK.replace("\n      ", ", "), 72, "“at_most: 3 times” and “then: silent” each on a line", BACK),
    (
        BROCHURE,
        START,
        "start: { event: brochure.requested, page.viewed, if: lead.sales_ready }\n",
        5,
        "“- event: brochure.requested”, and below “event”: “if: lead.sales_ready” — and “- event: page.viewed”",
        EACH,
    ),
    (
        BROCHURE,
        START,
        "start:\n  event: brochure.requested, page.viewed\n  if: lead.sales_ready\n",
        6,
        "“- event: brochure.requested”, and below “event”: “if: lead.sales_ready” — and “- event: page.viewed”",
        EACH,
    ),
    (
        BROCHURE,
        START,
        "start: { brochure.requested, if: lead.sales_ready }\n",
        5,
        "Write: event: brochure.requested",
        "start: { event: brochure.requested, if: lead.sales_ready }\n",
    ),
    (BROCHURE, QUOTED, "  if: lead.sales_ready\n", 9, "“if: lead.sales_ready” and “go: done” (or a path)", GOAL),
    # a step below another
    (
        BROCHURE,
        WEEK,
        f"{WEEK}    tag: met\n",
        13,
        "a dash of its own: - tag: … — in column 3 (2 spaces)",
        f"{WEEK}  - tag: met\n",
    ),
    (BROCHURE, WEEK, f"{WEEK}      tag: met\n", 13, "Write in column 3: - tag: met", f"{WEEK}  - tag: met\n"),
    (
        BROCHURE,
        WEEK,
        f"{WEEK}      tell: manager\n        text: Hear\n",
        13,
        "Write in column 3: - tell: manager — and what stands below it 4 columns further left",
        f"{WEEK}  - tell: manager\n    text: Hear\n",
    ),
    # a question mark, and quotes within quotes, are none of it
    (KEEP, ANSWERED, f"{ASKED}      nothing: {{ nl: Niets meer, en: Nothing more\n", 17, "Close it with }", ANSWERED),
    (
        RENEWAL,
        "Send the new contract to {{ company.name or lead.name }}",
        '{{ lead.name or "them" }}: send the contract',
        42,
        "task: '{{ lead.name or \"them\" }}: send the contract'",
        "'{{ lead.name or \"them\" }}: send the contract'",
    ),
    # what is asked where a target belongs
    (RENEWAL, LATE, _late("otherwise: if lead.sales_ready: late"), 68, READY, IN_A_CHOOSE),
    (RENEWAL, LATE, _late("otherwise: if: lead.sales_ready: late"), 68, READY, IN_A_CHOOSE),
    (RENEWAL, LATE, _late("otherwise: late if lead.sales_ready"), 68, READY, IN_A_CHOOSE),
    (RENEWAL, LATE, _late("otherwise: if lead.sales_ready then late else done"), 68, READY, IN_A_CHOOSE),
    (RENEWAL, LATE, _late("otherwise: { if: lead.sales_ready, go: late }"), 68, READY, IN_A_CHOOSE),
    (RENEWAL, LATE, _late("otherwise:\n        if lead.sales_ready: late\n        else: done"), 69, READY, IN_A_CHOOSE),
    (
        BROCHURE,
        "answered: triage",
        "answered: if lead.sales_ready: triage",
        19,
        "Write below “answered:”, two spaces deeper: - choose:",
        f"answered:\n        {CHOSEN.replace('late', 'triage').rstrip()}",
    ),
    (
        BROCHURE,
        WEEK,
        f"{WEEK}  - go: sales if lead.sales_ready\n",
        13,
        "Write instead: - choose: — and below it, four spaces deeper than that dash: “- if: lead.sales_ready”",
        f"{WEEK}  - choose:\n      - if: lead.sales_ready\n        go: sales\n      - else: next\n",
    ),
    (
        BROCHURE,
        WEEK,
        f"{WEEK}  - go: if lead.sales_ready: sales\n",
        13,
        "with “go: sales” below “if”, and “- else: next (or a path)”",
        f"{WEEK}  - choose:\n      - if: lead.sales_ready\n        go: sales\n      - else: next\n",
    ),
    (
        WHITEPAPER,
        ELSE,
        "        - else: if lead.sales_ready: call\n",
        64,
        "Write below “else:”, two spaces deeper",
        ELSE,
    ),
    # choose is lost above its lines
    (
        WHITEPAPER,
        WAITED,
        WAITED.replace("week\n", "week\n    - if: lead.sales_ready\n      go: judge\n    - else: next\n"),
        35,
        "Write - choose: above it, in column 3 (2 spaces).",
        WAITED.replace("week\n", "week\n  - choose:\n    - if: lead.sales_ready\n      go: judge\n    - else: next\n"),
    ),
    # a flow of that name comes before a path of another
    (
        WHITEPAPER,
        "          go: call\n",
        "          go: long-term\n",
        63,
        "flow long-term — or, where a path was m",
        "          go: call\n",
    ),
    # when the time is up
    (
        BROCHURE,
        TIME_UP,
        "    timeout: done\n",
        20,
        "“timeout” is not an option of “send”. Did you mean “otherwise”?",
        DONE,
    ),
    (BROCHURE, TIME_UP, "    default: done\n", 20, "Write: otherwise: done", DONE),
    (BROCHURE, TIME_UP, "    then: flow long-term\n", 20, "Write: otherwise: flow long-term", DONE),
    (BROCHURE, TIME_UP, "    on timeout: done\n", 20, "Write: otherwise: done", DONE),
    (BROCHURE, TIME_UP, "      on timeout: done\n", 20, "Write it beside when, in column 5: otherwise: done", DONE),
    (BROCHURE, TIME_UP, "      no reaction: done\n", 20, "Write it beside when, in column 5: otherwise: done", DONE),
    (BROCHURE, CALLED, "      timeout: done\n", 46, "Write: otherwise: done", CALLED),
    (RENEWAL, LATE, _late("after: late"), 68, "Write: otherwise: late", LATE),
    # a target in brackets
    (
        WHITEPAPER,
        "- else: flow long",
        "- else: [flow long-term] #",
        64,
        "Write: else: flow long-term",
        "- else: flow long",
    ),
    (RENEWAL, LATE, _late("otherwise: [late]"), 68, "Write: otherwise: late", LATE),
    (RENEWAL, BACK, BACK.replace("account", "[account]"), 72, "Write: go: account", BACK),
    (BROCHURE, "answered: triage", "answered: [triage]", 19, "Write: answered: triage", "answered: triage"),
    # an else beside choose
    (
        REVIVAL,
        "      - else: next\n",
        "    else: next\n",
        25,
        "Write in column 7: - else: next",
        "      - else: next\n",
    ),
    (REVIVAL, "      - else: next\n", "  else: next\n", 25, "Write in column 7: - else: next", "      - else: next\n"),
]


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words", "right"), SLIPS, ids=[str(n) for n in range(len(SLIPS))]
)
def test_a_way_is_told_once_and_its_remedy_is_sound(
    shipped: Path, file: str, before: str, after: str, line: int, words: str, right: str
) -> None:
    is_told(shipped, file, before, after, line, words)
    slip(shipped, file, after, right)
    assert lint_unrendered(read_workspace(shipped)) == ()
