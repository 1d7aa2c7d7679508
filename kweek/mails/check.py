"""Will every mail be readable when it leaves? What the linter says of mails, before any lead gets one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from kweek.flow.problems import Problem, Severity, did_you_mean, in_order, nearest
from kweek.mails.context import MAILS_ONLY, sample
from kweek.mails.plainly import plainly
from kweek.mails.render import Missing, Rendered, Renderer, RenderError
from kweek.mails.template import MailTemplate

Heard = Mapping[str, Set[str]]
CLIPPED: Final = 102 * 1024  # bytes of HTML; Gmail hides what follows


def check_mails(
    mails: Sequence[MailTemplate],
    languages: Iterable[str],
    own_fields: Mapping[str, str],
    renderer: Renderer,
    heard: Heard = MappingProxyType({}),
) -> tuple[Problem, ...]:
    """Everything wrong with mails that were read without error: each is rendered for a lead of whom all is known and
    for one of whom only the address is. own_fields: profile field → type, as `rules/workspace.yaml` has them.
    heard: of each mail, the links for which a flow waits.

    Call `renderer.start()` early: its process starts beside the rest of the work.
    """
    return in_order((*check_each(mails, own_fields, renderer), *check_together(mails, languages, heard)))


def check_each(mails: Iterable[MailTemplate], own_fields: Mapping[str, str], renderer: Renderer) -> tuple[Problem, ...]:
    """What is wrong with each by itself; this is what takes the time."""
    return tuple(problem for mail in mails for problem in _one(mail, own_fields, renderer))


def check_together(
    mails: Iterable[MailTemplate], languages: Iterable[str], heard: Heard = MappingProxyType({})
) -> tuple[Problem, ...]:
    """What must be the same in every language."""
    by_name: dict[str, list[MailTemplate]] = defaultdict(list)
    for mail in mails:
        by_name[mail.name].append(mail)
    languages = tuple(languages)
    return tuple(
        problem for name, same in by_name.items() for problem in _across(same, languages, heard.get(name, frozenset()))
    )


def check_words(words: str, language: str, own_fields: Mapping[str, str], renderer: Renderer) -> tuple[Problem, ...]:
    """What is wrong with the title of a task or the text of a `tell`, which are filled in as mails are. Lines and
    columns are those of the words; whoever knows where they stand gives the file."""
    mail = MailTemplate("words", language, "", "", words, 1, kind="service")
    samples = [sample(own_fields, language, bare=bare) for bare in (False, True)]
    known = [{name: value for name, value in one.items() if name not in MAILS_ONLY} for one in samples]
    found = _rendered(mail, known, renderer)
    problems = _lost_braces(mail, known[0].keys()) if isinstance(found, Rendered) else found
    why = "A colleague would read it as it is written here."
    return tuple(
        replace(one, code=one.code.replace("mail-", "words-"), what=one.what.replace("The mail", "This text"), why=why)
        for one in problems
    )


def _one(mail: MailTemplate, own_fields: Mapping[str, str], renderer: Renderer) -> list[Problem]:
    samples = [sample(own_fields, mail.language, bare=bare) for bare in (False, True)]
    found = _rendered(mail, samples, renderer)
    if not isinstance(found, Rendered):
        return found
    return _lost_braces(mail, samples[0].keys()) or [*_survey(mail), *_result(mail, found)]


def _rendered(mail: MailTemplate, samples: Sequence[Mapping[str, Any]], renderer: Renderer) -> Rendered | list[Problem]:
    """For the first of these leads, if it can be rendered for all."""
    try:
        if missing := renderer.missing(mail, samples[0]):
            return [_unknown(mail, name, samples[0]) for name in missing]
        first, *_ = [renderer.render(mail, one) for one in samples]
        return first
    except RenderError as error:
        return [_broken(mail, error)]


def _unknown(mail: MailTemplate, missing: Missing, context: Mapping[str, Any]) -> Problem:
    line, column = _place(mail, missing.line, missing.name)
    if missing.name.startswith("| "):
        what, why = f"There is no filter “{missing.name[2:]}”.", "The mail could not be made."
    else:
        what, why = f"There is no “{missing.name}”.", "The mail could not be made for any lead."
    fix = did_you_mean(missing.name, missing.known)
    if meant := _field_meant(f"{mail.subject}\n{mail.preview}\n{mail.body}", missing.name, context):
        fix = f"Write {meant[1]} instead of {meant[0]}."
    if re.search(rf"\{{\{{[^{{}}]*\bor\s+{re.escape(missing.name)}\s*\}}\}}", f"{mail.subject}\n{mail.body}"):
        fix = f'If it is a text, put it in quotes: or "{missing.name}".'
    return Problem(mail.file, line, column, "error", "unknown-name", what, why, fix)


def _field_meant(text: str, name: str, context: Mapping[str, Any]) -> tuple[str, str] | None:
    """`{{ first_name }}`, `{{ contact.firstname }}`, of which it is not said, or in another word, whose it is: what is
    written, and what to write."""
    if "." in name or name.startswith("| "):
        return None
    found = re.search(rf"(?<![\w.]){re.escape(name)}(?:\.(\w+))?", text)
    said, field = (found[0], found[1] or name) if found else (name, name)
    owners = [one for one in ("lead", "company", "owner") if isinstance(context.get(one), Mapping)]
    if said != name and (whose := nearest(name, owners)):
        near = nearest(field, context[whose])
        return (said, f"{whose}.{near}") if near else None
    for whose in owners:
        for own in context[whose]:
            if _bare(own) == _bare(field) or (said == name and _bare(f"{whose}{own}") == _bare(name)):
                return said, f"{whose}.{own}"
    return None


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _broken(mail: MailTemplate, error: RenderError) -> Problem:
    in_body = error.line >= mail.body_line
    before = mail.body_line - 1 if in_body else error.line - 1
    plain = plainly(str(error), error.line - before, mail.body if in_body else mail.subject)
    if plain and error.code == "template":
        why, column = "The mail cannot be made like this.", plain.column if in_body else 1
        return Problem(mail.file, before + plain.line, column, "error", "mail-template", plain.what, why, plain.fix)
    what = f"The mail cannot be made: {error}."
    why = "A lead would never get it."
    fix = "Take out what costs so much." if error.code != "template" else "Mend this line."
    return Problem(mail.file, error.line, 1, "error", f"mail-{error.code.replace(' ', '-')}", what, why, fix)


def _survey(mail: MailTemplate) -> list[Problem]:
    uses = "survey_url" in mail.body
    if uses and mail.survey is None:
        line, column = _place(mail, mail.body_line, "survey_url")
        what, why = "The mail links to a survey, but does not say which.", "The link would lead nowhere."
        fix = "Write survey: <name> in the front matter."
        return [Problem(mail.file, line, column, "error", "mail-survey", what, why, fix)]
    if mail.survey is not None and not uses:
        what, why = f"The mail names the survey “{mail.survey}” but does not link to it.", "Nobody can answer."
        fix = 'Write a link: [Answer three questions]({{ survey_url }} "survey").'
        return [Problem(mail.file, mail.lines.get("survey", 1), 1, "warning", "mail-survey", what, why, fix)]
    return []


def _asks_none(*mails: MailTemplate) -> bool:
    """Does one of them link to a survey, and not say which? That is said of it."""
    return any("survey_url" in mail.body and mail.survey is None for mail in mails)


def _silent(mail: MailTemplate) -> bool:
    """Does it ask nobody to answer, though it should? That is said of it; its link is not missed twice."""
    return mail.survey is not None and "survey_url" not in mail.body


_BRACES: Final = re.compile(
    r"""(?<![{%#]) \{ \s* (?P<root>[a-z_]+)
            (?P<rest>(?:\.\w+)* (?:\s+or\s[^{}\n]*? | \s*\|[^{}\n]*?)?) \s* \}{1,2} (?!\})
      | \[\[ \s* (?P<square>[a-z_]+) (?P<more>(?:\.\w+)+) \s* \]\]""",
    re.VERBOSE,
)

_GAPS: Final = {
    "first_name": ("firstname", "fname", "voornaam"), "last_name": ("lastname", "lname", "achternaam"),
    "name": ("name", "fullname", "naam"),
}  # fmt: skip
_OF_OTHERS: Final = re.compile(r"%(\w+)%|\*\|(\w+)\|\*|\[(\w+(?: \w+)?)\](?![(\[])")
"""How other programs for mail write a name that is filled in."""


def _lost_braces(mail: MailTemplate, names: Collection[str]) -> list[Problem]:
    """Names in braces of which some are lost, in square ones, or as other programs write them: Jinja2 leaves them as
    they are."""
    problems: list[Problem] = []
    head = [(mail.lines.get(key, 1), getattr(mail, key)) for key in ("subject", "preview")]
    for number, line in (*head, *enumerate(mail.body.split("\n"), mail.body_line)):
        for found, right, severity in (*_in_braces(line, names), *_of_others(line)):
            what, why = f"“{found[0]}” stays as it is typed here.", "A name is filled in between two braces."
            column = found.start() + 1 if number >= mail.body_line else 1
            fix = f"Write {{{{ {right} }}}}"
            problems.append(Problem(mail.file, number, column, severity, "mail-braces", what, why, fix))
    return problems


_Lost = tuple[re.Match[str], str, Severity]


def _in_braces(line: str, names: Collection[str]) -> Iterator[_Lost]:
    for found in _BRACES.finditer(line):
        root, rest = found["root"] or found["square"], found["rest"] or found["more"] or ""
        if root in names:
            yield found, f"{root}{rest}", "error"


def _of_others(line: str) -> Iterator[_Lost]:
    for found in _OF_OTHERS.finditer(line):
        said = re.sub(r"[\W_]", "", next(filter(None, found.groups()))).lower()
        for field in (field for field, words in _GAPS.items() if said in words):
            yield found, f"lead.{field}", "warning"


def _result(mail: MailTemplate, rendered: Rendered) -> list[Problem]:
    problems: list[Problem] = []
    for target in rendered.refused:
        line, column = _place(mail, mail.body_line, target)
        what = f"A link cannot lead to “{target}”."
        why, fix = "It has to be a whole address.", "Write https://…, mailto:… or tel:…"
        problems.append(Problem(mail.file, line, column, "error", "mail-link-target", what, why, fix))
    for name in mail.link_names:
        if f'"{name}")' in rendered.text and name not in {link.name for link in rendered.links}:
            line, column = _place(mail, mail.body_line, f'"{name}"')
            what, why = f"“{name}” is not a link: it stays as it is typed here.", "Its address is none, or has a blank."
            fix = f'Write a whole address: [words](https://… "{name}")'
            problems.append(Problem(mail.file, line, column, "error", "mail-link-target", what, why, fix))
    if (size := len(rendered.html.encode())) > CLIPPED:
        what, why = f"The mail is {size // 1024} KiB.", "Gmail hides what comes after 102 KiB, and the way out with it."
        problems.append(Problem(mail.file, mail.body_line, 1, "warning", "mail-long", what, why, "Make it shorter."))
    return problems


def _across(same: Sequence[MailTemplate], languages: tuple[str, ...], heard: Set[str]) -> list[Problem]:
    """What must be the same in every language, so that a flow means the same for every lead."""
    first = same[0]
    problems: list[Problem] = []

    def wrong(mail: MailTemplate, line: int, severity: Severity, code: str, what: str, why: str, fix: str) -> None:
        problems.append(Problem(mail.file, line, 1, severity, code, what, why, fix))

    for language in languages:
        if language not in {mail.language for mail in same}:
            what = f"The mail “{first.name}” is not there in “{language}”."
            why = "A lead who reads that language would get it in another."
            wrong(first, 1, "error", "mail-language", what, why, f"Write {first.name}.{language}.md beside it.")
    for mail in same if languages else ():
        if mail.language not in languages:
            what, why = f"“{mail.language}” is not a language of this workspace.", "This mail never leaves."
            fix = "Add it to languages in rules/workspace.yaml, or delete the file."
            wrong(mail, 1, "warning", "mail-language", what, why, fix)
    for mail in same[1:]:
        for key in ("kind", "purpose", "survey"):
            if getattr(mail, key) != getattr(first, key) and not (key == "survey" and _asks_none(mail, first)):
                what = f"“{key}” differs from {first.file.rsplit('/', 1)[-1]}."
                why, fix = "It is one mail in two languages.", f"Write the same {key} in both."
                wrong(mail, mail.lines.get(key, 1), "error", "mail-differs", what, why, fix)
    return [*problems, *_links_across([mail for mail in same if not _silent(mail)], heard)]


def _links_across(same: Sequence[MailTemplate], heard: Set[str]) -> Iterator[Problem]:
    """Right is the language that has what a flow waits for; else what most of them have."""
    names = [frozenset(mail.link_names) for mail in same]
    if len(set(names)) > 1:
        right = max(same, key=lambda mail: (len(heard & set(mail.link_names)), names.count(frozenset(mail.link_names))))
        yield from (_links(mail, right, heard) for mail in same if set(mail.link_names) != set(right.link_names))


def _links(here: MailTemplate, there: MailTemplate, heard: Set[str]) -> Problem:
    """there: another language, in which they are right."""
    extra = [name for name in here.link_names if name not in there.link_names]
    lacks = [name for name in there.link_names if name not in here.link_names]
    waited = sorted(heard & set(lacks))
    beside = there.file.rsplit("/", 1)[-1]
    line, column = _place(here, here.body_line, f'"{extra[0]}"') if extra else (here.body_line, 1)
    nameless = _nameless(here, there, (waited or lacks)[0]) if lacks and not extra else None
    if nameless is not None:
        line, column = nameless
        what = f"This link has no name; in {beside} it is called “{(waited or lacks)[0]}”."
        fix = f'Write: [words](https://… "{(waited or lacks)[0]}")'
    elif len(extra) == len(lacks) == 1:
        what, fix = (
            f"The link “{extra[0]}” is called “{lacks[0]}” in {beside}.",
            f"Write “{lacks[0]}”{'' if waited else ' in both'}.",
        )
    else:
        names = ", ".join(sorted({*extra, *lacks}))
        what, fix = f"The links differ from those of {beside}: {names}.", "Give both the same link names."
    why = "A flow that waits for one waits in vain in one language."
    if waited:
        why = f"A flow waits for “clicked {waited[0]}”, and in this language it would wait in vain."
    severity: Severity = "error" if waited else "warning"
    return Problem(here.file, line, column, severity, "mail-differs", what, why, fix)


_ANY_LINK: Final = re.compile(r"\]\([^)\n\"]*(?:\"(?P<name>[^\"\n]*)\" *)?\)")


def _nameless(here: MailTemplate, there: MailTemplate, name: str) -> tuple[int, int] | None:
    """Where the link without a name stands that has this one in the other language: as far down as it does there."""
    links, others = (list(_ANY_LINK.finditer(mail.body)) for mail in (here, there))
    number = next((n for n, link in enumerate(others) if link["name"] == name), len(others))
    if len(links) != len(others) or number == len(others) or links[number]["name"]:
        return None
    before = here.body[: links[number].start()]
    return here.body_line + before.count("\n"), links[number].start() - before.rfind("\n")


def _place(mail: MailTemplate, line: int, words: str) -> tuple[int, int]:
    """Where exactly `words` stands, from `line` of the file on."""
    if line < mail.body_line:
        return line, 1
    lines = mail.body.split("\n")
    of_its_own = r"(?<![\w.])" if words[:1].isalpha() else ""
    wanted = re.compile(of_its_own + re.escape(words.removeprefix("| ")).replace(r"\.", r"\s*\.\s*"))
    for number in range(line - mail.body_line, len(lines)):
        if match := wanted.search(lines[number]):
            return mail.body_line + number, match.start() + 1
    return line, 1
