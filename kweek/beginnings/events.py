"""How is an event added to rules/events.yaml? Below what is there, of which every letter stays."""

from __future__ import annotations

from collections.abc import Mapping

from kweek.errors import KweekError
from kweek.flow.load.rules import read_rules
from kweek.flow.problems import errors

PATH = "rules/events.yaml"


def with_event(text: str, event: str, data: Mapping[str, str], *, hard: bool = False) -> str:
    """data: the names of its fields, with their types. hard: it asks for us. KweekError: nothing can be put below."""
    kept = text if not text or text.endswith("\n") else text + "\n"
    lines = ["", f"{event}:", f"  {'hard' if hard else 'soft'}: true"]
    if data:
        lines.append(f"  data: {{ {', '.join(f'{name}: {kind}' for name, kind in data.items())} }}")
    longer = kept + "\n".join(lines[0 if kept.strip() else 1 :]) + "\n"
    rules, problems = read_rules({PATH: longer})
    if event not in rules.events or errors(problems):
        raise KweekError(
            f"nothing can be added to {PATH} as it is (kweek lint says what is wrong); mend it, or declare {event} in "
            "it yourself"
        )
    return longer
