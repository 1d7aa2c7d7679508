"""What does a mail file say? `<name>.<language>.md`: front matter between `---` lines, then Markdown with Jinja2.

A line of front matter is `key: value` and nothing more, so that `subject: {{ lead.first_name }}: 3 days #left` is what
it looks like. Nothing heavy is imported here: the linter reads every mail on every run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from kweek.flow.problems import Problem, Severity, did_you_mean, nearest

Kind = Literal["marketing", "service"]

KINDS: Final[tuple[Kind, ...]] = ("marketing", "service")
KEYS: Final = ("subject", "preview", "kind", "purpose", "from", "survey")
MAX_BYTES: Final = 256 * 1024
_FILE: Final = re.compile(r"(?:.*/)?([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3}(?:-[A-Z]{2})?)\.md")
_LINE: Final = re.compile(r"([A-Za-z_][\w -]*?) *:(?: +(.*))?")
_GLUED: Final = re.compile(rf"({'|'.join(KEYS)}):(\S.*)")
_NO_COLON: Final = re.compile(rf"({'|'.join(KEYS)})(?: *[;=,]| -(?= )|(?= )) *(\S.*)")
_END: Final = "---"
_NEARLY_END: Final = re.compile(r"--|-{4,}|[—–]+-*|- - -")
_CLICKABLE: Final = re.compile(r"\]\(|<https?://")
_LINK: Final = re.compile(r"\]\([ ]*(?P<target><[^>\n]*>|[^\n]*?)[ ]+\"(?P<name>[^\"\n]*)\"[ ]*\)")

_NEARLY: Final = re.compile(
    r"""\[[^\]\n]+\](?:
        (?P<bare>\((?:[^\s(){}"]+|\{\{[^{}\n]*\}\})\ +(?P<name>[\w-]+)\))
      |
        (?P<blank>\ +\((?=https?:|mailto:|tel:|\{\{)[^)\n]*\))
      | (?P<quotes>\([^()\n]*[“”„‘’«»][^()\n]*\))
      | (?P<open>\((?=https?:|mailto:|tel:|\{\{)[^)\n]*$)
    )""",
    re.VERBOSE | re.MULTILINE,
)
_WHY_NOT: Final = {
    "bare": "The name of a link stands in quotes.",
    "blank": "There is a blank between ] and (.",
    "quotes": "The quotes round its name are not straight.",
    "open": "Its ( is never closed.",
}


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """One mail in one language. `body_line`: where the Markdown begins in the file; `lines`: where each key stands."""

    name: str
    language: str
    file: str
    subject: str
    body: str
    body_line: int
    preview: str = ""
    kind: Kind = "marketing"
    purpose: str | None = None
    sender: str | None = None
    survey: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict[str, int])

    @property
    def link_names(self) -> tuple[str, ...]:
        """The names that a flow may write after `clicked`."""
        return tuple(dict.fromkeys(match["name"] for match in _LINK.finditer(self.body) if match["name"]))

    @property
    def has_link(self) -> bool:
        """Is there anything to click, named or not?"""
        return self.survey is not None or _CLICKABLE.search(self.body) is not None


def name_and_language(file: str) -> tuple[str, str] | None:
    """`templates/mails/survey.nl.md` → (`survey`, `nl`); None: the name does not fit."""
    match = _FILE.fullmatch(file)
    return (match[1], match[2]) if match else None


def _marks(lines: list[str]) -> Iterator[int]:
    """Where the lines (from 0) stand that begin and end the front matter, or are meant to."""
    if lines and (lines[0].rstrip() == _END or _NEARLY_END.fullmatch(lines[0].rstrip())):
        ends = (
            n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _END or _NEARLY_END.fullmatch(line.rstrip())
        )
        yield from (0, *(n for n in (next(ends, None),) if n))


def _of_front_matter(line: str) -> bool:
    match = _LINE.fullmatch(line.rstrip())
    return match is not None and match[1].lower() in KEYS


def parse_mail(file: str, text: str) -> tuple[MailTemplate | None, list[Problem]]:
    """Read one mail file: the mail (None if there is no making it) and what is wrong with it."""
    problems: list[Problem] = []

    def wrong(line: int, code: str, what: str, why: str, fix: str, severity: Severity = "error") -> None:
        problems.append(Problem(file, line, 1, severity, code, what, why, fix))

    named = name_and_language(file)
    if named is None:
        wrong(
            1, "mail-name", f"“{file.rsplit('/', 1)[-1]}” does not say which mail it is, in which language.",
            "A mail is found by its name and the lead's language.",
            "Call it <name>.<language>.md, in small letters with hyphens: survey.nl.md.",
        )  # fmt: skip
        return None, problems
    if len(text.encode()) > MAX_BYTES:
        wrong(1, "mail-size", "The mail is over 256 KiB.", "Mail clients cut long mails.", "Make it shorter.")
        return None, problems
    lines = text.removeprefix("\ufeff").splitlines()
    for n in _marks(lines):
        if lines[n].rstrip() != _END:
            what, why = f"“{lines[n].strip()}” does not {'end' if n else 'begin'} the front matter.", "Three dashes do."
            wrong(n + 1, "mail-front-matter", what, why, f"Write: {_END}")
            lines[n] = _END
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == _END), None)
    if lines and lines[0].rstrip() == "---" and end is None:
        # the first line that is none of its own, and before it the end is missing
        number = next((n for n, line in enumerate(lines[1:], 2) if not _of_front_matter(line)), len(lines) + 1)
        wrong(
            number, "mail-front-matter", "The front matter does not end above this line.",
            "So the whole mail would belong to it.", "Write a line --- above it.",
        )  # fmt: skip
        return None, problems
    if not lines or lines[0].rstrip() != "---" or end is None:
        wrong(
            1, "mail-front-matter", "The front matter is missing.",
            "The subject stands in it.", "Begin with a line ---, then subject: …, then a line ---.",
        )  # fmt: skip
        return None, problems

    said: dict[str, str] = {}
    at: dict[str, int] = {}
    strange: list[int] = []  # lines that are none
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.rstrip())
        if match is None and (match := _GLUED.fullmatch(line.rstrip())):
            right = f"{match[1]}: {match[2]}"
            what, why = "There is no blank behind the colon.", "Without one, this is no line of front matter."
            wrong(number, "mail-front-matter", what, why, f"Put a blank behind it: {right}")
        if match is None and (match := _NO_COLON.fullmatch(line.strip())):
            what, why = f"“{match[1]}” has no colon behind it.", "Each line of front matter is a key and a value."
            wrong(number, "mail-front-matter", what, why, f"Write: {match[1]}: {match[2]}")
        if match is None:
            strange.append(number)
            continue
        key, value = match[1], _unquoted(match[2] or "")
        if key not in KEYS:
            wrong(
                number, "unknown-key", f"A mail has no “{key}”.", "It would be left unheard.", did_you_mean(key, KEYS)
            )  # fmt: skip
            if (near := nearest(key, KEYS)) is not None:
                said.setdefault(near, value)
                at.setdefault(near, number)
        elif key in said:
            wrong(number, "duplicate-key", f"“{key}” stands here twice.", "Only one can hold.", "Leave one out.")
        else:
            said[key], at[key] = value, number

    for number in strange:
        line = lines[number - 1].strip()
        what, why = f"“{line}” is not a line of front matter.", "Each line is a key and a value."
        lost = "subject" not in said and number == strange[0]
        fix = f"Write: subject: {line}" if lost else f"Write key: value, with one of {', '.join(KEYS)}."
        wrong(number, "mail-front-matter", what, why, fix)
    if not said.get("subject") and not (strange and "subject" not in said):
        wrong(
            at.get("subject", 1),
            "mail-subject",
            "The mail has no subject.",
            "Nobody would open it.",
            "Write subject: …",
        )
    kind: str | None = said.get("kind", "marketing")
    if kind not in KINDS:
        wrong(
            at["kind"], "mail-kind", f"“{kind}” is no kind of mail.",
            "Marketing mail needs consent and keeps to hours and limits; service mail is what the lead asked for.",
            f"Did you mean “{near}”?" if (near := nearest(kind, KINDS)) else "Write kind: marketing or kind: service.",
        )  # fmt: skip
        kind = near  # what it needs besides, nobody knows
    if kind == "marketing" and not said.get("purpose"):
        wrong(
            at.get("kind", 1), "mail-purpose", "A marketing mail needs a purpose.",
            "Consent is given for a purpose.", "Write purpose: …, the word of the consent record.",
        )  # fmt: skip
    if not any(line.strip() for line in lines[end + 1 :]):
        wrong(end + 1, "mail-body", "The mail is empty.", "There is nothing to read.", "Write it below the second ---.")
    mail = MailTemplate(
        *named, file, said.get("subject", ""), "\n".join(lines[end + 1 :]) + "\n", end + 2,
        said.get("preview", ""), "service" if kind == "service" else "marketing",
        said.get("purpose") or None, said.get("from") or None, said.get("survey") or None, at,
    )  # fmt: skip
    problems += _link_problems(mail)
    return mail, problems


def purposes_of(texts: Mapping[str, str]) -> frozenset[str]:
    """What these mails ask consent for. texts: by path; what is no mail is passed over."""
    mails = (parse_mail(path, text)[0] for path, text in texts.items() if path.startswith("templates/mails/"))
    return frozenset(mail.purpose for mail in mails if mail is not None and mail.purpose)


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _link_problems(mail: MailTemplate) -> list[Problem]:
    """The same name for two targets would make `clicked <name>` say two things; and what only looks like a link."""
    seen: dict[str, tuple[str, int]] = {}
    problems: list[Problem] = []
    for match in _LINK.finditer(mail.body):
        name, target = match["name"], match["target"]
        line, column = _place(mail, match.start())
        first, above = seen.setdefault(name, (target, line))
        if name and first != target:
            what, why = (
                f"Two links are called “{name}”, here and in line {above}.",
                f"“clicked {name}” could be either.",
            )
            fix = "Give one of the two another name, the same in every language."
            problems.append(Problem(mail.file, line, column, "error", "mail-link-name", what, why, fix))
    for match in _NEARLY.finditer(mail.body):
        what, why = (
            "This is not a link: it stays as it is typed here.",
            _WHY_NOT[next(kind for kind in _WHY_NOT if match[kind])],
        )
        fix = f'Write: [words](https://… "{match["name"] or "name"}")'
        problems.append(Problem(mail.file, *_place(mail, match.start()), "error", "mail-link-target", what, why, fix))
    return problems


def _place(mail: MailTemplate, offset: int) -> tuple[int, int]:
    """Line and column of a place in the body."""
    before = mail.body[:offset]
    return mail.body_line + before.count("\n"), offset - (before.rfind("\n") + 1) + 1
