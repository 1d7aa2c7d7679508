"""Where is it, and what is wrong with it? The one shape of a message to an author."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, Literal, NamedTuple, TypeVar

from msgspec import Struct

from kweek.errors import KweekError

T = TypeVar("T", covariant=True)
_MOST_SHOWN = 16  # words of a choice; more, nobody reads
Severity = Literal["error", "warning"]


class Position(NamedTuple):
    """A place in a file; line and column count from 1, in characters."""

    line: int
    column: int


class Located(Struct, Generic[T], frozen=True):
    """A value with the place where it stands, and the place of its key (of itself, where it has none).

    `text_at` is where the first character of the value's text stands (behind an opening quote); None where
    characters do not map one to one to columns (a text over several lines, or with escapes).

    `said`: what the author wrote, where it could not be read; the value stands in for it then, so that the rest is
    checked, and nobody shows it.
    """

    value: T
    at: Position
    key: Position
    text_at: Position | None = None
    said: str | None = None

    def inside(self, offset: int) -> Position:
        """The place of the character at `offset` of the text; where that cannot be told, the value's start."""
        return Position(self.text_at.line, self.text_at.column + offset) if self.text_at else self.at


def value_of(located: Located[T] | None) -> T | None:
    """The value alone, where there is one."""
    return located.value if located is not None else None


class Problem(Struct, frozen=True):
    """What is wrong, why that matters, and the fix: whole sentences for whoever writes flows.

    file: path within the workspace, with `/`; `.`: the folder itself. line, column: from 1. code: kebab-case, never
    changes its meaning.
    """

    file: str
    line: int
    column: int
    severity: Severity
    code: str
    what: str
    why: str
    fix: str

    @property
    def guessed(self) -> bool:
        """Is it a word that stands for one of ours, as which it was read on?"""
        return self.fix.startswith("Did you mean")

    def __str__(self) -> str:
        words = " ".join(part for part in (self.what, self.why, self.fix) if part)
        place = f"{self.file}:{self.line}:{self.column}: " if self.file != "." else ""
        return f"{place}{self.severity}: {words}"


class BrokenSourceError(KweekError):
    """Something that had to be whole is not: a flow that shall run, a stored version. `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Those that stop publishing; warnings do not."""
    return tuple(problem for problem in problems if problem.severity == "error")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As a reader meets them; a message that was given twice is given once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.file, p.line, p.column, p.severity, p.code)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant; never one of which `word` says the contrary."""
    import difflib  # only when somebody mistyped

    from kweek.flow.denied import denied
    from kweek.flow.meant import meant

    known = tuple(known)
    if (contrary := denied(word, known)) is not None:
        known = tuple(name for name in known if name != contrary)
    if (other := meant(word.lower().strip(), known)) is not None:
        return other
    if "." not in word and (begins := [name for name in known if name.startswith(f"{word}.")]):
        return begins[0]
    by_folded = {_folded(name): name for name in known}
    folded = _folded(word).strip()
    if "." in folded:
        head, _, last = folded.partition(".")
        if inner := [name for name in by_folded if name.startswith(f"{head}.") and name.endswith(f".{last}")]:
            return by_folded[inner[0]]  # `lead.intent` is `lead.score.intent`
    found = difflib.get_close_matches(folded, by_folded, n=3, cutoff=0.61)
    found = [name for name in found if _part_by_part(folded, name)]
    if not found:
        return None
    if alike := [name for name in found if _by_beginnings(folded, name)]:
        return by_folded[alike[0]]
    if folded.startswith(found[0]) or found[0].startswith(folded):
        return by_folded[found[0]]
    # among those that are about as near, one of the same length: a wrong letter is likelier than a lost one
    best = difflib.SequenceMatcher(None, folded, found[0]).ratio()
    parts = folded.split()
    if best < 0.8 and (whole := [name for name in by_folded if name in parts]):
        return by_folded[whole[0]]  # “office-hours” is rather “office” than “mail-hours”
    near = [name for name in found if difflib.SequenceMatcher(None, folded, name).ratio() > best - 0.15]
    return by_folded[min(near, key=lambda name: abs(len(name) - len(folded)))]


def _folded(name: str) -> str:
    """As it is compared: `three-months` is `3 months`; a lone letter stays one (“a” day is 1, the grade “A” is not)."""
    from kweek.flow.duration import NUMBERS

    words = name.lower().replace("_", " ").replace("-", " ").split(" ")
    return " ".join(str(NUMBERS.get(word, word)) if len(word) > 1 else word for word in words)


def _by_beginnings(word: str, name: str) -> bool:
    """“mailing hours” is “mail hours” rather than “calling hours”: part by part, one begins as the other does."""
    parts, others = word.split(), name.split()
    pairs = list(zip(parts, others, strict=False))
    return len(parts) == len(others) > 1 and all(a.startswith(b) or b.startswith(a) for a, b in pairs)


def _part_by_part(word: str, name: str) -> bool:
    """`contact.requested` is not nearly `brochure.requested`: where both have parts, each must be near its own."""
    import difflib

    parts = zip(word.split("."), name.split("."), strict=False)
    return word.count(".") != name.count(".") or all(
        difflib.SequenceMatcher(None, *pair).ratio() >= 0.6 for pair in parts
    )


def lines_in_words(lines: Iterable[int]) -> str:
    """`lines 8, 26 and 37`"""
    *most, last = map(str, lines)
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """“Did you mean …?”, or else all that is possible."""
    known = tuple(known)
    near = nearest(word, known)
    if near is not None:
        return f"Did you mean “{near}”?"
    head, dot, _ = word.partition(".")
    known = tuple(name for name in known if dot and name.startswith(f"{head}.")) or known  # of the same thing
    if len(known) > _MOST_SHOWN:
        return f"The nearest are: {', '.join(nearest_of(word, known, 6))}."
    return f"There are: {', '.join(known)}." if known else ""


def nearest_of(word: str, known: Iterable[str], most: int) -> Sequence[str]:
    """So many of them, however far; never one of which `word` says the contrary."""
    import difflib  # only when somebody mistyped

    from kweek.flow.denied import denied

    known = tuple(known)
    contrary = denied(word, known)
    return difflib.get_close_matches(word, [name for name in known if name != contrary], n=most, cutoff=0.0)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return text[:1].upper() + text[1:] + ("" if not text or text.endswith((".", "?", "!")) else ".")
