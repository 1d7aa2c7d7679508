"""Which outcome of a call was meant by a word that this call does not hear? One of its own script, or of another."""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.lint.names import Names
from kweek.flow.model import AnyStep, Call
from kweek.flow.problems import nearest


def own_outcome_meant(step: AnyStep, event: str, names: Names) -> str | None:
    """Of its own script, nearly so called, and without a line: `visit` for `visiting`. Where only one has none, a word
    that both have is enough: `measuring visit`."""
    script = names.surveys.get(step.script.value) if isinstance(step, Call) else None
    if script is None or not isinstance(step, Call) or "." in event:
        return None
    said = {line.event.value for line in step.when}
    left = [outcome for outcome in script.outcomes if outcome not in said]
    if (near := nearest(event, left)) or len(left) != 1:
        return near
    return left[0] if {*_WORDS.findall(event.lower())} & {*_WORDS.findall(left[0].lower())} else None


_WORDS: Final = re.compile(r"\w{4,}")


def outcome_of_another(step: AnyStep, event: str, names: Names) -> tuple[str, str] | None:
    """Why and fix of what only another script knows as an outcome."""
    scripts = [name for name, survey in sorted(names.surveys.items()) if event in survey.outcomes]
    if not isinstance(step, Call) or not scripts:
        return None
    why = f"the script “{step.script.value}” has no such outcome; “{scripts[0]}” has"
    return why, f"Add it to outcomes of surveys/{step.script.value}.yaml, or call with the script {scripts[0]}"
