"""Flow files that are broken before anyone asks what they name: the text, and where and how it must be answered.

`§` marks the place that the message must point at; it is taken out before the text is read.
"""

from __future__ import annotations

from typing import NamedTuple

from kweek.flow.load.flow import Loaded, load_flow


class Broken(NamedTuple):
    name: str
    text: str
    code: str
    remedy: str


HEAD = "flow: demo\ntitle: Demo\nstart: manual\n"


def load(text: str, *, pure: bool = False) -> Loaded:
    return load_flow(text, "flows/demo.yaml", pure=pure)


def step(lines: str) -> str:
    """A flow of which the steps are these."""
    return f"{HEAD}steps:\n{lines}\n  - end: done\n"


def head(lines: str) -> str:
    return f"{HEAD}{lines}\nsteps:\n  - end: done\n"


BROKEN = [
    # --- YAML's own traps
    Broken("quote first", head('about: §"Hot" leads'), "quotes-needed", "'\"Hot\" leads'"),
    Broken("single quote first", head("about: §'t Hof is closed' today"), "quotes-needed", "quotes"),
    Broken("bracket first", head("about: §[new] leads of today"), "quotes-needed", '"[new] leads of today"'),
    Broken("bracket alone", head("about: §[new]"), "text-wanted", "quotes"),
    Broken(
        "moustache first",
        head("about: §{{ lead.first_name }}, hello"),
        "quotes-needed",
        '"{{ lead.first_name }}, hello"',
    ),
    Broken("moustache alone", head("about: §{{ lead.first_name }}"), "quotes-needed", '"{{ lead.first_name }}"'),
    Broken("template tag first", head("about: §{% if x %}yes{% endif %}"), "quotes-needed", "quotes"),
    Broken(
        "hash first",
        head("about: §#1 of the market").replace("§#", "#").replace("about", "§about"),
        "cut-by-hash",
        '"#1 of the market"',
    ),
    Broken("hash cuts a text", head("about: Offer §#1 of the year"), "cut-by-hash", '"Offer #1 of the year"'),
    Broken(
        "hash cuts a condition",
        step('  - choose:\n      - if: tagged("a §# b")\n        go: done\n      - else: done'),
        "cut-by-hash",
        "'tagged(\"a # b\")'",
    ),
    Broken(
        "comma in braces",
        head("goal: { if: lead.sales_ready, go: done }").replace("lead.sales_ready,", "lead.sales_ready, §maybe,"),
        "comma-in-braces",
        "quotes",
    ),
    Broken(
        "bracket in braces",
        head('goal: { if: §lead.profile in ["A", "B"], go: done }'),
        "quotes-in-braces",
        '\'lead.profile in ["A", "B"]\'',
    ),
    Broken(
        "function in braces",
        head('goal: { if: §count("clicked", "14 days") > 2, go: done }'),
        "quotes-in-braces",
        "quotes",
    ),
    Broken("second colon", head("about: Brochure§: the sequel"), "second-colon", '"Brochure: the sequel"'),
    Broken("at first", head("about: §@home"), "quotes-needed", '"@home"'),
    Broken("backtick first", head("about: §`code`"), "quotes-needed", "quotes"),
    Broken("percent first", head("about: §%50 off"), "quotes-needed", "quotes"),
    Broken("star first", head("about: §*hot* leads"), "quotes-needed", '"*hot* leads"'),
    Broken("alias", head("about: §*hot"), "alias", "quotes"),
    Broken("anchor", head("about: §&hot leads"), "anchor", "quotes"),
    Broken("tag", head("about: §!important leads"), "tag", "quotes"),
    Broken("bar first", head("about: §| or ||"), "quotes-needed", "quotes"),
    Broken("greater first", head("about: §> 3 mails"), "quotes-needed", '"> 3 mails"'),
    Broken("dash behind the key", head("about: §- a list"), "quotes-needed", "in quotes"),
    Broken("quote never closed", head('about: §"never closed'), "never-closed", 'closing "'),
    Broken("list never closed", head("start: §[a.b, c.d").replace("start: manual\n", ""), "never-closed", "]"),
    Broken("braces never closed", head("goal: §{ if: lead.sales_ready, go: done"), "never-closed", "}"),
    Broken("unknown escape", head('about: "a \\§q"'), "yaml", "single quotes"),
    Broken("no character", head('about: "§\\UFFFFFFFF"'), "yaml", "single quotes"),
    # --- what we refuse
    Broken("tab between", head("about:§\tHello"), "tab", "spaces"),
    Broken("tab as indentation", f"{HEAD}steps:\n§\t- end: done\n", "tab", "spaces"),
    Broken(
        "duplicate key", head("title: Twice").replace("title: Twice", "§title: Twice"), "duplicate-key", "Delete one"
    ),
    Broken("second document", head("about: x") + "§---\nflow: other\n", "several-documents", "a file of its own"),
    Broken("document cut in two", head("about: x\n§---\nlimit: 1 mail per 7 days"), "several-documents", "Delete this"),
    Broken("merge key", step("  - wait: 1 day\n    §<<: x"), "merge-key", "Write the lines out"),
    Broken("Cyrillic letter", step("  - w§\u0430it: 1 day"), "lookalike", "wait"),
    Broken("Greek letter", step("  - tag: h§\u03bft"), "lookalike", "hot"),
    Broken("control character", head("about: a§\x07b"), "control-character", "Delete it"),
    Broken("line separator", head("about: a§\u2028b"), "control-character", "Delete it"),
    Broken("list", "§- flow: demo\n", "not-a-mapping", "key and a colon"),
    Broken("text", "§just words\n", "not-a-mapping", "key and a colon"),
    Broken("empty", "§", "empty", "Write its keys"),
    Broken("comments only", "§# soon\n", "empty", "Write its keys"),
    Broken("key that is a list", head("? §[a]\n: b"), "key", "words and a colon"),
    Broken("no colon", head("§about what it does"), "colon-missing", "about: what it does"),
    Broken(
        "no key", step("  - wait: 1 day\n    when:\n      §: done\n      a.b: done"), "key-missing", "delete the line"
    ),
    Broken("apostrophe in quotes", head("about: §'Who's next'"), "quotes-needed", 'about: "Who\'s next"'),
    Broken("no space", head("about§:what"), "space-after-colon", "about: what"),
    Broken("too deep a line", step("  - send: survey\n      §within: 7 days"), "indentation", "column 5"),
    Broken("between two columns", step("  - send: survey\n   §within: 7 days"), "indentation", "column 5"),
    Broken("list item between", f"{HEAD}steps:\n  - wait: 1 day\n §- end: done\n", "indentation", "column 3"),
    # --- the head
    Broken("unknown key", head("§titel: Demo"), "unknown-key", "title"),
    Broken("no flow", "§title: x\nstart: manual\nsteps:\n  - end: done\n", "missing", "flow: "),
    Broken("no title", "§flow: demo\nstart: manual\nsteps:\n  - end: done\n", "missing", "title: "),
    Broken("no start", "§flow: demo\ntitle: x\nsteps:\n  - end: done\n", "missing", "start: "),
    Broken("no steps", "§flow: demo\ntitle: x\nstart: manual\n", "missing", "steps:"),
    Broken("empty title", head("").replace("title: Demo", "§title:"), "empty", "behind the colon"),
    Broken("name of another file", head("").replace("flow: demo", "flow: §other"), "name-of-file", "other.yaml"),
    Broken("name with capitals", head("").replace("flow: demo", "flow: §Demo Flow"), "name", "demo-flow"),
    Broken("reentry", head("reentry: §sometimes"), "reentry", "after 30 days"),
    Broken("limit", head("limit: §3 per week"), "limit", "3 mails per 1 week"),
    Broken("start at nothing", head("").replace("manual", "{ at: §soon }"), "moment", "before lead.contract_end"),
    Broken("starts with a comma", head("").replace("manual", "§a.b, c.d"), "list-wanted", "start: [a.b, c.d]"),
    Broken("start at a bare moment", head("").replace("manual", "§3 days before lead.x"), "start", "{ at: 3 days"),
    Broken("start every bare moment", head("").replace("manual", "§monday 09:00"), "start", "{ every: monday 09:00 }"),
    Broken("until an event", step("  - wait: §until answered"), "duration", "“answered: next”"),
    Broken("start every month", head("").replace("manual", "{ every: §month }"), "moment", "monday 09:00"),
    Broken("start of two kinds", head("").replace("manual", "§{ at: lead.x, event: a.b }"), "start", "one of"),
    Broken("goal without go", head("§goal: { if: lead.sales_ready }"), "goal", "go: "),
    Broken("else in whenever", head("whenever:\n  §else: done"), "else", "Name the events"),
    Broken("reserved path", head("") + "paths:\n  §won:\n    - end: won\n", "reserved", "another name"),
    Broken("path in capitals", head("") + "paths:\n  §Call now:\n    - end: won\n", "name", "call-now"),
    Broken("empty path", head("") + "paths:\n  §call:\n", "nothing-below", "two spaces deeper"),
    Broken("steps are keys", f"{HEAD}steps:\n  §wait: 7 days\n", "list-wanted", "dash"),
    # --- steps
    Broken("unknown verb", step("  - §sent: survey"), "no-verb", "send"),
    Broken("no verb", step("  - wait: 1 day\n  - §within: 7 days"), "no-verb", "take away the dash"),
    Broken("two verbs", step("  - send: survey\n    §wait: 7 days"), "two-verbs", "- wait"),
    Broken("bare ending", step("  - §discard"), "not-a-step", "end: discard"),
    Broken("verb without colon", step("  - §wait 7 days"), "not-a-step", "wait: 7 days"),
    Broken("step in quotes", step('  - §"wait: 7 days"'), "not-a-step", "quotes away: - wait: 7 days"),
    Broken("verb glued", step("  - §wait:7 days"), "not-a-step", "- wait: 7 days"),
    Broken("unknown option", step("  - send: survey\n    §expire: 7 days"), "unknown-key", "expires"),
    Broken("option of another", step("  - send: survey\n    §attempts: 3"), "unknown-key", "There are: expires"),
    Broken("month", step("  - wait: §1 month"), "duration", "30 days"),
    Broken("unit", step("  - wait: §7 dayz"), "duration", "7 days"),
    Broken(
        "weekday without time",
        step("  - wait: until §monday").replace("until §", "§until "),
        "duration",
        "monday 09:00",
    ),
    Broken("until forgotten", step("  - wait: §monday 09:00"), "duration", "until monday 09:00"),
    Broken(
        "when without within", step("  - send: survey\n    §when:\n      bounced: discard"), "missing", "within: 7 days"
    ),
    Broken("call without within", step("  - §call: brochure"), "missing", "within: 5 business days"),
    Broken("handover with within", step("  - handover: sales\n    §within: 1 day"), "unknown-key", "follow_up"),
    Broken("wait with within", step("  - wait: 1 day\n    §within: 1 day"), "unknown-key", "- wait: 7 days"),
    Broken("shares", step("  - send: §{ a: 50%, b: 40% }\n    id: test"), "shares", "100%"),
    Broken("share without per cent", step("  - send: { a: §50, b: 50% }\n    id: test"), "share", "50%"),
    Broken("a third", step("  - send: { a: §33.3%, b: 67% }\n    id: test"), "share", "whole per cents: 33%"),
    Broken("test without id", step("  - §send: { a: 50%, b: 50% }"), "id-missing", "id: "),
    Broken("send nothing", step("  - send: §nothing"), "nothing", "Name a mail"),
    Broken("attempts", step("  - call: x\n    within: 1 day\n    attempts: §three"), "number", "3"),
    Broken("prefer", step("  - handover: sales\n    prefer: §owners"), "unknown-word", "owner"),
    Broken(
        "target in braces",
        step("  - choose:\n      - else: §{ go: done }"),
        "target",
        "else: done",
    ),
    Broken("list for when", step("  - wait: 1 day\n    when:\n      §- a.b: done"), "dashes", "dashes"),
    Broken("ignore in when", step("  - wait: 1 day\n    when:\n      a.b: §ignore"), "target", "next"),
    Broken("flow without a name", step("  - go: §flow"), "target", "flow long-term"),
    Broken("go to an ending", step("  - go: §done"), "go", "- end: done"),
    Broken("times", step("  - go: steps\n    at_most: §3\n    then: done"), "times", "3 times"),
    Broken("end", step("  - end: §finished"), "ending", "done"),
    Broken(
        "choose without else",
        step("  - §choose:\n      - if: lead.sales_ready\n        go: done"),
        "else-missing",
        "- else: ",
    ),
    Broken(
        "choose line without go",
        step("  - choose:\n      - §if: lead.sales_ready\n      - else: done"),
        "choose-line",
        "go: ",
    ),
    Broken(
        "choose goes on below else", step("  - choose:\n      - §else: done\n      - else: done"), "else-last", "last"
    ),
    Broken(
        "rung without after",
        step("  - handover: sales\n    escalate:\n      - §tell: manager"),
        "missing",
        "after: 24 hours",
    ),
    Broken(
        "rung that does nothing",
        step("  - handover: sales\n    escalate:\n      - §after: 1 day"),
        "missing",
        "tell: manager",
    ),
    Broken("points", step("  - score: { intent: §many }"), "points", "+5"),
    Broken("axis", step("  - score: { §intend: 5 }"), "unknown-key", "intent"),
    Broken("tags with a comma", step("  - tag: §a, b"), "list-wanted", "[a, b]"),
    Broken("text and mail", step("  - tell: sales\n    text: x\n    §mail: y"), "tell", "Keep one"),
    Broken("equal ids", step("  - send: a\n  - §send: a"), "same-id", "id: "),
    Broken("blank title", head("").replace("title: Demo", 'title: §""'), "empty", "behind the colon"),
    Broken("too long", step("  - wait: §999999999999 weeks"), "duration", "ten years at most: 520 weeks"),
    Broken("colon in a list item", step("  - tell: sales\n    text: Call§: now"), "second-colon", '"Call: now"'),
    Broken("door with a colon", step("  - go: flow§: long-term\n    then: done"), "second-colon", "go: flow long-term"),
    Broken("door with a quoted colon", step('  - go: §"flow: long-term"\n    then: done'), "target", "flow long-term"),
    Broken("hash in a tag", step("  - tag: fair §#1"), "cut-by-hash", '"fair #1"'),
    Broken(
        "inline condition with a quote",
        step('  - choose:\n      - if: §"A" == lead.profile\n        go: done\n      - else: done'),
        "quotes-needed",
        "'\"A\" == lead.profile'",
    ),
]
