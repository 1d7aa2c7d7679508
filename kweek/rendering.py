"""Can all be filled in that is? Mails, and the words of flows themselves, rendered for leads that never were."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from kweek.flow.model import Flow, Send, Task, Tell, Wait
from kweek.flow.problems import Located, Problem, did_you_mean
from kweek.mails.misnamed import misnamed, rename
from kweek.mails.purposes import misspelt_purposes, with_purposes
from kweek.mails.remembered import Remembered
from kweek.mails.render import Renderer
from kweek.mails.template import MailTemplate, parse_mail
from kweek.workspace import Workspace


def parse_mails(workspace: Workspace) -> tuple[list[MailTemplate], list[Problem]]:
    """Those that can be read, and what is wrong with the text of any."""
    mails: list[MailTemplate] = []
    problems: list[Problem] = []
    renamed = misnamed_in(workspace)
    for path in workspace.texts:
        if path in renamed:
            problems.append(rename(path, renamed[path]))
        elif path.startswith("templates/mails/"):
            mail, found = _parse(path, workspace)
            problems += found
            if mail is not None:
                mails.append(mail)
    return mails, [*with_purposes(mails, problems), *misspelt_purposes(mails)]


def misnamed_in(workspace: Workspace) -> Mapping[str, str]:
    """Files of mails that are called otherwise than their mail → what they should be called."""
    steps = [step for flow in workspace.flows.values() for step in flow.walk()]
    sent = {share.mail.value for step in steps if isinstance(step, Send) for share in step.mails}
    sent |= {step.mail.value for step in steps if isinstance(step, Tell) and step.mail}
    files = [path for path in workspace.texts if path.startswith("templates/mails/")]
    return misnamed(files, workspace.rules.settings.languages, {name for name in sent if name})


def _parse(path: str, workspace: Workspace) -> tuple[MailTemplate | None, Sequence[Problem]]:
    text = workspace.texts[path]
    if "\ufffd" in text:
        return None, [_not_utf8(path, text)]
    mail, found = parse_mail(path, text)
    survey = mail.survey if mail else None
    if mail is None or not survey or f"surveys/{survey}.yaml" in workspace.texts:
        return mail, found
    what, fix = f"There is no survey “{survey}”.", did_you_mean(survey, workspace.surveys)
    at = mail.lines.get("survey", 1)
    return mail, [*found, Problem(path, at, 1, "error", "unknown-survey", what, "Its link would lead nowhere.", fix)]


def _not_utf8(path: str, text: str) -> Problem:
    before = text[: text.index("\ufffd")]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    what = "This mail is not UTF-8 text from here on."
    why = "It was saved in another encoding, or it is no text at all."
    return Problem(path, line, column, "error", "not-utf-8", what, why, "Save it as UTF-8 in your editor.")


class Rendering(threading.Thread):
    """Every mail in every language, and every title of a task or text of a `tell` that has something to fill in, beside
    the other proofs."""

    def __init__(
        self,
        mails: Sequence[MailTemplate],
        workspace: Workspace,
        renderer: Renderer | None,
        remembered: Remembered | None,
    ) -> None:
        super().__init__(name="rendering", daemon=True)
        self._mails, self._settings, self._renderer = mails, workspace.rules.settings, renderer
        self._flows, self._remembered = workspace.flows.values(), remembered
        self._files = [mail.file for mail in mails]
        self._found = remembered.of(self._files) if remembered else None
        known = remembered.of_words() if remembered else {}
        said = {words.value: known.get(words.value) for flow in self._flows for words in _words(flow)}
        self._words = {words: found for words, found in said.items() if found is not None}
        self._unread = [words for words, found in said.items() if found is None]
        self._failure: BaseException | None = None
        self._begun = (bool(mails) and self._found is None) or bool(self._unread)
        if self._begun:
            self.start()

    def problems(self) -> tuple[Problem, ...]:
        """What was found, when it is done."""
        if self._begun:
            self.join()
        if self._failure is not None:
            raise self._failure
        from kweek.mails.check import check_together

        each = self._found or ()
        everything = (*each, *(problem for found in self._words.values() for problem in found))
        busy = any("-too-" in one.code for one in everything)  # another time it may well be done in time
        if self._begun and self._remembered and not busy:
            self._remembered.keep(self._files, each, self._words)
        heard: dict[str, set[str]] = {}
        for mail, link in (one for flow in self._flows for one in _heard(flow)):
            heard.setdefault(mail, set()).add(link)
        return (*each, *self._of_words(), *check_together(self._mails, self._settings.languages, heard))

    def _of_words(self) -> Iterator[Problem]:
        for flow in self._flows:
            for words in _words(flow):
                for one in self._words.get(words.value, ()):
                    at = words.inside(one.column - 1) if one.line == 1 else words.at
                    yield replace(one, file=flow.file, line=at.line, column=at.column)

    def run(self) -> None:
        from kweek.mails.check import check_each, check_words

        own = {name: field.kind.value for name, field in self._settings.fields.items()}
        language = self._settings.languages[0]
        try:
            with Renderer() as spare:
                renderer = self._renderer or spare
                if self._found is None:
                    self._found = check_each(self._mails, own, renderer)
                for words in self._unread:
                    self._words[words] = check_words(words, language, own, renderer)
        except BaseException as failure:  # goes up in the thread that asks
            self._failure = failure


def _words(flow: Flow) -> Iterator[Located[str]]:
    """What the flow itself says to colleagues, where there is something to fill in."""
    for step in flow.walk():
        said = step.title if isinstance(step, Task) else step.text if isinstance(step, Tell) else None
        if said is not None and "{" in said.value:
            yield said


def _heard(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each mail, with a link of it for which the flow waits. Only a mail's own step waits for those of one alone."""
    sends = [step for step in flow.walk() if isinstance(step, Send)]
    waits = [line for step in flow.walk() if isinstance(step, Wait) for line in step.when]
    for send in sends:
        links = [line.link for line in (*send.when, *waits, *flow.whenever) if line.link]
        yield from ((share.mail.value, link) for share in send.mails if share.mail.value for link in links)
