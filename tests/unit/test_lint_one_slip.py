"""One slip in a sound flow is one message, where it was made, with the right remedy, and nothing that follows."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from kweek.flow.problems import Problem
from tests.unit.test_lint import lint

SOUND: Final = (Path(__file__).parent / "broken" / "sound.yaml").read_text(encoding="utf-8")
LADDER: Final = SOUND[SOUND.index("      escalate:") : SOUND.index("      when:\n        rejected")]


def slip(old: str, new: str) -> tuple[Problem, ...]:
    assert old in SOUND
    return lint(SOUND.replace(old, new, 1), "sound.yaml")


TWO: Final = "    when:\n      bounced: discard\n      answered: triage\n"
SLIPS: Final = [
    # only what is missing
    (LADDER, "", "45:7", "is lost. Add escalate: with"),
    (f"      follow_up: 24 hours\n      remind: 20 hours\n{LADDER}", "", "45:7", "Add follow_up: 24 hours, and esc"),
    # tabs, and nothing of the columns in which they seem to put a line
    ("        rejected: back", "\t\trejected: back", "56:1", "There is a tab here."),
    ("      attempts: 3", "\tattempts: 3", "34:1", "There is a tab here."),
    ("          go: call\n        - else", "\t\t\tgo: call\n        - else", "28:1", "There is a tab here."),
    (
        "        rejected: back\n        later: flow long-term\n        won: won\n",
        "\trejected: back\n\tlater: flow long-term\n\twon: won\n",
        "56:1",
        "There is a tab here, and one in 2 more lines.",
    ),
    # the event that starts it
    ("start: brochure.requested", "start: brochure.request", "4:8", "Did you mean “brochure.requested”?"),
    ("start: brochure.requested", "start: catalogue.ordered", "4:8", "There are: "),
    ("start: brochure.requested\n", "start: every monday 09:00\nif: lead.sales_ready\n", "4:8",
     "“every: monday 09:00” and “if: lead.sales_ready”"),
    ("start: brochure.requested\n", "start: brochure.requested\nif: event.brochure == \"a\"\n", "4:8",
     "“event: brochure.requested” and"),
    # a line of choose
    ("        - else: done", "        - else: nxt\n    - wait: 1 day\n    - end: done", "29:17",
     "Did you mean “next”?"),
    ("        - if: lead.sales_ready\n          go: sales\n", "        - if: lead.sales_ready go: sales\n", "25:32",
     "Put “go: sales” on a line of its own"),
    ("        - if: lead.sales_ready\n", "          if: lead.sales_ready\n", "25:11", "Write: - if: lead.sales_ready"),
    ("  - wait: 7 days\n", "    wait: 7 days\n", "11:5", "Write: - wait: 7 days"),
    # a line of when
    ("      bounced: discard", "      - bounced: discard", "15:7", "Write: bounced: discard"),
    ("      answered: triage", "      - answered: triage", "16:7", "Write: answered: triage"),
    ("      otherwise: flow long-term", "      otherwise: flow long-term\n      prefer: owner", "43:7",
     "belongs to handover"),
    # a unit that goes without saying
    ("follow_up: 24 hours", "follow_up: 24", "46:18", "24 hours, or 24 business hours"),
    ("remind: 20 hours", "remind: 20", "47:15", "20 hours, or 20 business hours"),
    ("after: 24 hours", "after: 24", "49:18", "24 hours, or"),
    ("every: 24 hours", "every: 24", "52:18", "24 hours, or"),
    # choices, and what is no choice
    ("follow_up: 24 hours", "prefer: same owner\n      follow_up: 24 hours", "46:15", "There are: owner, same person."),
    ("\nsteps:", "goal:\n  if: lead.sales_ready\nsteps:", "9:1", "(back, call, sales, triage)"),
    ("  back:\n", "  done:\n", "61:3", "A path cannot be named “done”"),
    # a sign between two things
    (TWO, "    when: { bounced: discard answered: triage }\n", "14:29", "discard, answered: triage }"),
    (TWO, "    when: { bounced: discard; answered: triage }\n", "14:29", "discard, answered: triage }"),
    ('lead.profile in ["A", "B"]', "lead.score.profile > 6,5", "27:36", "Write 6.5."),
    ('lead.profile in ["A", "B"]', 'lead.profile == "A" or "B"', "27:38", 'lead.profile in ["A", "B"]'),
    # a word that is nearly one of ours
    ("otherwise: flow long-term", "otherwise: fllow long-term", "42:18", "Did you mean “flow long-term”?"),
    ("otherwise: flow long-term", "otherwise: call, sales", "42:18", "Write one: call"),
    ("start: brochure.requested", "start: [brochure.requested, brochure.requested]", "4:29", "Delete one of the two."),
    ("      follow_up: 24 hours\n", "", "45:7", "Add: follow_up: 24 hours"),
    ("wait: 7 days", "wait: util monday 09:00", "11:11", "Write: until monday 09:00"),
    # a verb that has another name, or none
    ("  - send: survey", "  - mail: survey", "12:5", "Write: - send: survey"),
    ("  - wait: 7 days", "  - tell: anna\n  - mail: reminder", "12:5", "take away the dash"),
    ("  - wait: 7 days", "  - text: anna\n    text: Ring them.", "11:5", "Write: - tell: anna"),
    ("  - wait: 7 days", "  - email: anna\n    text: Ring them.", "11:5", "Write: - tell: anna"),
    ("  - send: survey", "  - mails: survey", "12:5", "Did you mean “send”?"),
    ("  - wait: 7 days", "  - mail reminder", "11:5", "Write: - send: reminder"),
    ("  - wait: 7 days", "  - channel: anna\n    text: Ring them.", "11:5", "Did you mean “tell”?"),
    ("    - handover: sales\n", "", "45:7", "Write - handover: … above it, in column 5."),
    ("    - call: brochure\n", "", "32:7", "Write - call: … above it, in column 5."),
    ("  - send: survey\n", "", "12:5", "Write - send: … above it, in column 3."),
    ("  - wait: 7 days\n  - send: survey\n", "", "11:5", "Write - send: … above it, in column 3."),
    ("    - choose:\n        - if: lead.sales_ready", "    - if:\n        - if: lead.sales_ready", "24:7",
     "write: - choose:"),
    ("        - if: lead.profile", "        - else if: lead.profile", "27:11", "Did you mean “if”?"),
    ("        - else: done", "        - otherwise: done", "29:11", "Did you mean “else”?"),
    ("start: brochure.requested", "start { event: brochure.requested }", "4:1",
     "Write: start: { event: brochure.requested }"),
    ("start: brochure.requested", "start: event: brochure.requested\n  if: lead.sales_ready", "4:13",
     "Write “event: brochure.requested” on a line of its own below “start:”"),
    ("start: brochure.requested", "start: every monday 09:00\n  if: lead.sales_ready", "4:8",
     "Write below it, two spaces deeper: “every: monday 09:00”"),
    ("  - wait: 7 days", "  - score: interest +5", "11:12", "Write: score: { interest: +5 }"),
    ("send: survey", "send: survey: 50%, reminder: 50%\n    id: half", "12:17",
     "Write: send: { survey: 50%, reminder: 50% }"),
    # a key without its colon, or lost, or said in two lines
    ("start: brochure.requested", "start:\n  every tuesday 09:00\n  if: lead.sales_ready", "5:3",
     "Write: every: tuesday 09:00"),
    ("      opened: call", "      clicked call\n      opened: call", "18:7", "Write: clicked: call"),
    ("start: brochure.requested", "start:\n  brochure.requested\n  if: lead.sales_ready", "5:3",
     "Write: event: brochure.requested"),
    ("start: brochure.requested", "start: every\n  every: tuesday 09:00\n  if: lead.sales_ready", "4:8",
     "Take it away behind “start:”."),
    ("  - wait: 7 days", "  - score: interest: +5, intent: +1", "11:20", "Write: score: { interest: +5, intent: +1 }"),
    # signs of other languages
    ("# nothing is wrong", "// nothing is wrong", "1:1", "Write: # nothing is wrong with this one"),
    ("  - send: survey", "  -- send: survey", "12:3", "Write: - send: survey"),
    ("start:", "about: > -\n  A mail, and what comes of it.\nstart:", "4:8", "Write: about: >-"),
    ("start:", "about: >-\nA mail, and\nwhat comes of it.\nstart:", "5:1", "Begin it in column 3 (2 spaces)."),
    # the contrary of a state
    ("      else: discard", "      not opened: flow long-term", "20:7", "in line 18; below it, “else” is who did not."),
    ("      else: discard", "      not opened: flow long-term", "20:7", "Write: else: flow long-term"),
    ("      unclear: call\n", "      not answered: call\n", "19:7", "instead of this and the next: else: call"),
    ("      answered: triage\n    otherwise:\n      opened: call", "      clicked book-a-demo: triage\n    otherwise:\n"
     "      not clicked: call", "18:7", "Write a line for “clicked”"),
    ("      else: discard", "      not clicked: discard", "20:7", "Write a line for “clicked”"),
    ("      opened: call", "      else: call", "18:7", "It stands in line 20 already"),
    # several where one is meant
    ("send: survey", "send: survey, reminder", "12:11", "- send: survey, then - send: reminder"),
    ("call: brochure\n", "call: brochure and survey\n", "32:13", "Write one: call: brochure"),
    ("send: survey", "send: { survey }", "12:11", "Leave them out: send: survey"),
    ("if: lead.sales_ready", "if: {lead.sales_ready}", "25:15", "Leave them out: if: lead.sales_ready"),
    ("send: survey", "send: brochure", "12:11", "Name a mail that asks it: survey."),
    # the author's own field, name, comparison
    ("start: brochure.requested", "start: brochure.requested\nreentry: each event.brochure", "5:10",
     "Write per event.brochure."),
    ("lead.sales_ready", "lead.country not \"NL\"", "25:32", "Write !=."),
    ("lead.sales_ready", "lead.sales_ready, lead.engagement > 2", "25:31", "Write and where both must be true"),
    ("lead.sales_ready", "lead.engagement in [\"1\", \"2\"]", "25:35", "without quotes: [1, 2]"),
    ("lead.sales_ready", "lead.sales_ready and lead.engagement > 4", "25:15", "4 is the highest lead.engagement"),
    # what has ended the step cannot be asked when its time is up
    ("      answered: triage\n", "      answered: triage\n      opened: call\n", "19:7",
     "“opened” under when has ended"),
    # the last line of a `when` stands too shallow
    ("      answered: triage\n", "    answered: triage\n", "16:5",
     "It belongs to “when” in line 14. Begin it in column 7"),
    ("        lost: lost\n", "      lost: lost\n", "59:7", "It belongs to “when” in line 55. Begin it in column 9"),
    ("    - call: brochure\n      within: 5 business days\n      attempts: 3\n      apart: 1 business day\n"
     "      when:\n"
     "        interested: sales\n", "    - task: Ring\n      within: 5 business days\n      outcomes: [yes, all well]\n"
     "      when:\n        yes: sales\n      all well: done\n      otherwise: done\n    - call: brochure\n"
     "      within: 5 business days\n      when:\n        interested: sales\n", "37:7",
     "It belongs to “when” in line 35."),
    # a value, and what stands below it
    ("        rejected: back\n", "        rejected: back\n          - end: done\n", "56:19", "Take “back” away, or"),
    ("      when:\n        interested", "      when: done\n        interested", "36:13",
     "“when” has the value “done”, and"),
    ("start: brochure.requested\n", "start: brochure.requested\n  event: brochure.requested\n  if: lead.sales_ready\n",
     "4:8", "Take “brochure.requested” away"),
    # a second colon, where no text for people stands
    ("- else: done", "- else: go: call", "29:19", "Write: else: call"),
    ("bounced: discard", "bounced: end: discard", "15:19", "Write: bounced: discard"),
    ("bounced: discard", "bounced: - end: discard", "15:16", "Write: bounced: discard"),
    ("  - wait: 7 days", "  - wait: until: monday 09:00", "11:16", "Write: wait: until monday 09:00"),
    ("title: Brochure request", "title: Brochure request\nlimit: 2 mails per: 7 days", "4:19",
     "limit: 2 mails per 7 days"),
    ("5 business days\n      attempts: 3\n", "5 business days attempts: 3\n", "33:31",
     "Put “attempts: 3” on a line of its own, below “within”."),
    ("every: 24 hours\n          tell: manager\n", "every: 24 hours, tell: manager\n", "52:28",
     "Put “tell: manager” on a line of its own, below “every”."),
    ("    - call: brochure\n", "    - call: brochure priority: high\n", "32:22", "below “call”."),
    # what parts two things in braces
    ("  - wait: 7 days", "  - score: { intent: +10 interest: 5 }", "11:25", "Write: { intent: +10, interest: 5 }"),
    ("  - wait: 7 days", "  - score: { intent: +10; interest: 5 }", "11:25", "Write: { intent: +10, interest: 5 }"),
    ("  - wait: 7 days", "  - score: { intent: +10, interest 5 }", "11:27", "Write: interest: 5"),
    (TWO, "    when: { bounced: discard, answered triage }\n", "14:31", "Write: answered: triage"),
    # signs of other languages, and a colon behind the value
    ("if: lead.sales_ready", "if: !lead.sales_ready", "25:15", "Write: if: not lead.sales_ready"),
    ("  - wait: 7 days", "  - tell: anna\n    text: !important", "12:11", 'in quotes: text: "!important"'),
    ("  - wait: 7 days", '  - tell: anna\n    text: {{ lead.name }} asks."', "12:11", '"{{ lead.name }} asks."'),
    ("  - send: survey", "  - send survey:", "12:5", "Write: send: survey"),
    ("    within: 7 days", "    within 7 days:", "13:5", "Write: within: 7 days"),
    ("answered: triage", "answered, triage", "16:7", "Write: answered: triage"),
    ("answered: triage", "answered -> triage", "16:7", "Write: answered: triage"),
    # a path that lost its heading
    ("  call:\n", "", "31:7", "Write call: above it, in column 3 (2 spaces)."),
    ("  back:\n", "", "61:7", "Line 56 leads to “back”, and no lead comes to these steps."),
    # remarks, and steps of one word
    ("      answered: triage", "      only with a roof\n      answered: triage", "16:7",
     "If it is a remark, begin it with #"),
    ("      attempts: 3", "      this is the last one\n      attempts: 3", "34:7",
     "If it is a remark, begin it with #"),
    ("        lost: lost", "        lost:\n          - end\n            because: no", "60:13", "Write: - end: done"),
    ("        lost: lost", "        lost:\n          - lost\n            because: no", "60:13", "Write: - end: lost"),
    ("        - else: done", "        - else:\n    - wait: 1 day\n    - end: done", "29:11", "“else” has no value."),
    # another way out than is written
    ("      otherwise: flow long-term", "      otherwise:\n        - end: flow long-term", "43:16",
     "Write: - go: flow long-term"),
    ("      otherwise: flow long-term", "      otherwise:\n        - go: end", "43:15", "Write: - end: done"),
    ("        - if: lead.sales_ready\n          go: sales\n        - if: lead.profile in [\"A\", \"B\"]\n"
     "          go: call\n"
     "        - else: done", "        - share: 50%\n          go: sales\n        - share: 40%\n          go: call",
     "24:7",
     "The shares make 90%, and “choose” has no else."),
    # words of conditions
    ("if: lead.sales_ready", "if: known lead.phone", "25:15", "Write known(lead.phone)."),
    ("if: lead.sales_ready", "if: lead.engagement > many", "25:33", "Write a number in digits, without quotes: 3."),
    # a sign behind a value, a letter too much, an equals sign
    ("5 business days", "5 business days.", "33:15", "Write it without: 5 business days"),
    ("start: brochure.requested", "start: brochure.requested\nreentry: allways", "5:10", "Write always."),
    ("  - wait: 7 days", "  - set: contract_end = today", "11:10", "Write: set: { contract_end: today }"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "place", "words"), SLIPS)
def test_one_slip_is_one_message(old: str, new: str, place: str, words: str) -> None:
    found = slip(old, new)
    assert [f"{one.line}:{one.column}" for one in found] == [place], "\n".join(map(str, found))
    assert words in str(found[0])


def test_what_has_nothing_to_do_with_tabs_is_said_beside_them() -> None:
    text = SOUND.replace("    within: 7 days", "\twithin: 7 days").replace("reassign: sales", "reassign: sale")
    assert [(one.line, one.code) for one in lint(text, "sound.yaml")] == [(13, "tab"), (54, "unknown-team")]


def test_what_is_wrong_behind_a_condition_on_its_line_is_said_as_well() -> None:
    found = slip("- if: lead.sales_ready\n          go: sales\n", "- if: lead.sales_ready go: sale\n")
    assert [(one.line, one.column, one.code) for one in found] == [
        (25, 32, "second-colon"), (25, 36, "unknown-target"),
    ]  # fmt: skip


def test_a_path_whose_name_is_none_is_said_once_with_the_lines_that_lead_to_it() -> None:
    text = SOUND.replace(": triage", ": is it hot").replace("  triage:", "  is it hot:")
    [problem] = lint(text, "sound.yaml")
    assert (problem.line, problem.code) == (23, "name")
    assert "is-it-hot, in line 16 too" in problem.fix


def test_a_verb_whose_line_is_lost_is_missed_where_other_steps_stand_beside_it_too() -> None:
    text = SOUND.replace("  - wait: 7 days\n  - send: survey\n", "")
    text = text.replace("      else: discard\n", "      else: next\n  - wait: 1 day\n  - end: done\n", 1)
    [problem] = lint(text, "sound.yaml")
    assert (problem.line, problem.code) == (11, "key-missing")
    assert "Write - send: above it, in column 3" in problem.fix


def test_a_link_below_when_is_shown_as_a_click() -> None:
    [problem] = slip("      answered: triage\n", "      answered: triage\n      book-a-demo: sales\n")
    assert (problem.line, problem.code) == (17, "unknown-event")
    assert "Write: clicked book-a-demo." in problem.fix
