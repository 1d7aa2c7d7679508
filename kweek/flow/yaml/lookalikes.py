"""Which sign only looks like ours? A bullet or a long dash for the dash of a list, wide colons and commas, `//` for
the sign of a remark, a Greek or Cyrillic letter among Latin ones.

Word processors, chat programs and other keyboards put them there. To YAML they are letters of a text.
"""

from __future__ import annotations

import re
from typing import Final

from kweek.flow.yaml.dashes import in_prose
from kweek.flow.yaml.lines import outside_quotes, shape, without_comment
from kweek.flow.yaml.sheet import Sheet

_SIGN: Final = re.compile("[•●▪◦‣·–—−‐‑：∶；，、]|^ *(?:[*] |//|/[*]|<!--|;)", re.MULTILINE)
_REMARK: Final = re.compile(r"( *)(//+|/\*+|<!--+|;+)(?!:) *(.*?)(?: *(?:\*/|-->))?")
_FOR_PEOPLE: Final = ("title", "about", "text", "because", "task", "name", "question", "hint")
_BULLET: Final = re.compile(r"( *)([•●▪◦‣·–—−‐‑]|[*](?= )) *([a-z_]+(?: [a-z_]+)?[:：∶](?: .*)?)")
_COLON: Final = re.compile(r"( *(?:- +)?)([a-z_][a-z_.]*(?: [a-z_][\w-]*)?)([：∶；]) *(.*)")
_WIDE: Final = re.compile(r"(?<=[!-~]) *(?P<sign>[，、：∶]) *(?=[!-~])")
"""Between signs of the keyboard: in Chinese they are what they should be."""

# Cyrillic, then Greek: each with the letter of ours that it looks like.
_CYRILLIC: Final = "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405"
_SMALL: Final = "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u051b\u051d"
_GREEK: Final = "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
_LETTERS: Final = str.maketrans(
    f"{_CYRILLIC}{_SMALL}{_GREEK}", "ABEKMHOPCTXIJS" "aeopcyxijsdhqw" "ABEZHIKMNOPTYXo"
)  # fmt: skip
_FOREIGN: Final = re.compile(f"[{_CYRILLIC}{_SMALL}{_GREEK}]")
_WORD: Final = re.compile(r"[\w-]*[A-Za-z][\w-]*")


def mend_lookalikes(sheet: Sheet) -> None:
    """Said at each, and read as it was meant."""
    text = "\n".join(sheet.lines)
    if _FOREIGN.search(text):
        _mend_letters(sheet)
    if not _SIGN.search(text):
        return
    for number, line in enumerate(sheet.lines):
        if found := _BULLET.fullmatch(line):
            _mend(sheet, number, len(found[1]), "dash", f"{found[1]}- {found[3]}")
        if (found := _REMARK.fullmatch(line)) and not in_prose(sheet.lines, number):
            what, why = f"“{found[2]}” begins no remark.", "In these files a remark begins with #."
            sheet.add(sheet.place(number, len(found[1])), "lookalike", what, why, f"Write: # {found[3]}")
            sheet.lines[number] = f"{found[1]}# {found[3]}"
        if found := _COLON.fullmatch(sheet.lines[number]):
            _mend(sheet, number, found.start(3), "colon", f"{found[1]}{found[2]}: {found[4]}")
        if not line.isascii():
            _mend_wide(sheet, number)


def _mend(sheet: Sheet, number: int, column: int, kind: str, right: str) -> None:
    if in_prose(sheet.lines, number):
        return
    sign, said = sheet.lines[number][column], without_comment(right).strip()
    what, why = f"“{sign}” is not the {kind} of the keyboard.", "It only looks like one; to YAML it is a letter."
    if sign.isascii():
        what, why = f"“{sign}” is no {kind} here.", "In YAML it has another meaning."
    sheet.add(sheet.place(number, column), "lookalike", what, why, f"Write: {said}")
    sheet.lines[number] = right


def _mend_wide(sheet: Sheet, number: int) -> None:
    """Commas and colons within a value, outside its quotes; words for people have them where they want them."""
    line = sheet.lines[number]
    match, end = shape(line), len(without_comment(line))
    if match is None or match["key"] in _FOR_PEOPLE:
        return
    outside = {at for at, _ in outside_quotes(line[:end])}
    found = [one for one in _WIDE.finditer(line, 0, end) if one.start("sign") in outside]
    if not found:
        return
    right, begun = "", 0
    for one in found:
        colon = one["sign"] not in "，、"
        between_digits = line[one.start() - 1].isdigit() and line[one.end()].isdigit()
        right += line[begun : one.start()] + (":" if colon else ",") + " " * (not (colon and between_digits))
        begun = one.end()
    kind = "comma" if found[0]["sign"] in "，、" else "colon"
    _mend(sheet, number, found[0].start("sign"), kind, right + line[begun:])


def _mend_letters(sheet: Sheet) -> None:
    """Words of Latin letters and such as only look like them. A word of one alphabet alone is what it is."""
    for number, line in enumerate(sheet.lines):
        if line.isascii() or line.lstrip().startswith("#"):
            continue
        for word in _WORD.finditer(line):
            found, right = _FOREIGN.search(word[0]), word[0].translate(_LETTERS)
            if found and right.isascii():
                what = f"The “{found[0]}” in “{word[0]}” is no letter of the Latin alphabet."
                why = f"It only looks like “{found[0].translate(_LETTERS)}” (it is U+{ord(found[0]):04X})."
                at = sheet.place(number, word.start() + found.start())
                sheet.add(at, "lookalike", what, why, f"Type the word again: {right}")
                sheet.lines[number] = sheet.lines[number].replace(word[0], right)
