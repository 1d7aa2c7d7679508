"""Which sign only looks like ours? A bullet or a long dash for the dash of a list, a wide colon for a colon.

Word processors and chat programs put them there. To YAML they are letters of a text.
"""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.yaml.dashes import in_prose
from kweek.flow.yaml.sheet import Sheet

_SIGN: Final = re.compile("[•●▪◦‣·–—−‐‑：∶]|^ *[*] ", re.MULTILINE)
_BULLET: Final = re.compile(r"( *)([•●▪◦‣·–—−‐‑]|[*](?= )) *([a-z_]+(?: [a-z_]+)?[:：∶](?: .*)?)")
_COLON: Final = re.compile(r"( *(?:- +)?)([a-z_]+(?: [a-z_]+)?)([：∶]) *(.*)")


def mend_lookalikes(sheet: Sheet) -> None:
    """Said at each, and read as it was meant."""
    if not _SIGN.search("\n".join(sheet.lines)):
        return
    for number, line in enumerate(sheet.lines):
        if found := _BULLET.fullmatch(line):
            _mend(sheet, number, len(found[1]), "dash", f"{found[1]}- {found[3]}")
        if found := _COLON.fullmatch(sheet.lines[number]):
            _mend(sheet, number, found.start(3), "colon", f"{found[1]}{found[2]}: {found[4]}")


def _mend(sheet: Sheet, number: int, column: int, kind: str, right: str) -> None:
    if in_prose(sheet.lines, number):
        return
    sign = sheet.lines[number][column]
    what, why = f"“{sign}” is not the {kind} of the keyboard.", "It only looks like one; to YAML it is a letter."
    sheet.add(sheet.place(number, column), "lookalike", what, why, f"Write: {right.strip()}")
    sheet.lines[number] = right
