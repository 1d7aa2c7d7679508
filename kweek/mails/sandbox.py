"""How do a lead's own words get into a mail without becoming part of it? A small Jinja2, and markers.

What a template prints is not put into the Markdown: a marker is (two characters of Unicode's private use area around
a number), and the value is put in after the Markdown was read, escaped for where it stands. So a lead named
`[x](javascript:…)` or `<b>` stays a name, and the plain text shows it as it was typed.

Of Jinja2 there is what a mail needs: values, filters, `if`, `for`, `set`. No calls, no attributes of Python objects
(a dot looks into a plain dict and nowhere else), no other files. This module runs in a render process only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final, cast
from urllib.parse import quote, urlsplit

from jinja2 import StrictUndefined, Undefined, nodes, pass_context
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kweek.mails.marks import CLOSE_VALUE, OPEN_VALUE, Open, unmarked
from kweek.mails.words import words

SCHEMES: Final = ("http", "https", "mailto", "tel")
FILTERS: Final = (
    "capitalize", "default", "d", "first", "float", "int", "join", "last", "length", "list", "lower", "replace",
    "round", "sort", "sum", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
_LOOP: Final = ("index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem")
TESTS: Final = ("defined", "undefined", "none", "number", "string", "even", "odd", "in", "true", "false")

_NODES: Final = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Assign, nodes.Name, nodes.Getattr,
    nodes.Getitem, nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Concat, nodes.Filter, nodes.Test, nodes.Keyword,
    nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos,
)  # fmt: skip
_MARK: Final = re.compile(f"{OPEN_VALUE}(\\d+){CLOSE_VALUE}")
# C0 and C1 controls with line ends, and the characters that turn the direction of writing
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


class Values:
    """What a template printed, by number."""

    def __init__(self, language: str) -> None:
        self._kept: list[str] = []
        self._words = words(language)

    def keep(self, value: object) -> str:
        """A marker for the value."""
        self._kept.append(self._shown(value))
        return f"{OPEN_VALUE}{len(self._kept) - 1}{CLOSE_VALUE}"

    def text(self, source: str) -> str:
        return unmarked(_MARK.sub(lambda mark: self._kept[int(mark[1])], source))

    def html(self, source: str) -> str:
        return _MARK.sub(lambda mark: html.escape(self._kept[int(mark[1])]), source)

    def url(self, source: str) -> str | None:
        """A link's target, or None if it leads where no link of ours may (`javascript:`). At its start a value may be
        a whole address; further on it is one part, and encoded."""

        def put(mark: re.Match[str]) -> str:
            return quote(self._kept[int(mark[1])], safe="/:?#@!$&'()*+,;=%~-._" if mark.start() == 0 else "~-._")

        target = unmarked(_MARK.sub(put, source)).strip()
        try:
            parts = urlsplit(target)
        except ValueError:
            return None
        if parts.scheme not in SCHEMES or (parts.scheme in ("http", "https") and not parts.netloc):
            return None
        return target

    def _shown(self, value: object) -> str:
        match value:
            case None | Open():
                return ""
            case bool():
                return "yes" if value else "no"
            case datetime():
                return f"{self._words.date(value.date())} {value:%H:%M}"
            case date():
                return self._words.date(value)
            case float() if value.is_integer():
                return str(int(value))
            case _:
                return _UNSEEN.sub(" ", str(value)).strip(" ")


class Sandbox(ImmutableSandboxedEnvironment):
    """One environment for one mail."""

    def __init__(self, values: Values) -> None:
        @pass_context  # so that Jinja2 does not call it while it compiles
        def finalize(_: Context, value: object) -> str:
            if isinstance(value, Undefined):
                str(value)  # StrictUndefined raises
            return values.keep(value)

        super().__init__(undefined=StrictUndefined, finalize=finalize, autoescape=False, keep_trailing_newline=True)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in FILTERS}
        self.tests = {name: test for name, test in self.tests.items() if name in (*TESTS, "eq", "ne", "lt", "gt")}

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext):
            return super().getattr(obj, attribute) if attribute in _LOOP else self.undefined(name=attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        match obj:
            case dict():
                known = cast(dict[Any, Any], obj)
                if argument in known:
                    return known[argument]
                return Open() if isinstance(obj, Open) else self.undefined(obj=known, name=str(argument))
            case list() | tuple() if isinstance(argument, int):
                items = cast(list[Any], obj)
                return items[argument] if -len(items) <= argument < len(items) else self.undefined(name=str(argument))
            case Undefined():
                return getattr(obj, str(argument))  # says what is missing
            case _:
                return self.undefined(obj=obj, name=str(argument))

    def read(self, source: str) -> nodes.Template:
        """The template's tree, if all in it is something that a mail may do (TemplateSyntaxError)."""
        tree = self.parse(unmarked(source))
        for node in _walk(tree):
            if not isinstance(node, _NODES):  # what the parser itself puts around it has no line
                line = next((one.lineno for one in _walk(node) if cast(int | None, one.lineno)), 1)
                raise TemplateSyntaxError(_refusal(node), line)
            if isinstance(node, nodes.For) and node.recursive:
                raise TemplateSyntaxError("a loop in a mail cannot be recursive", node.lineno)
        return tree

    def fill(self, source: str, context: dict[str, Any]) -> str:
        """Render to text with markers."""
        return self.from_string(self.read(source)).render(context)


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _refusal(node: nodes.Node) -> str:
    match node:
        case nodes.Call():
            return "a mail cannot call anything; use a filter: {{ lead.name | upper }}"
        case nodes.Include() | nodes.Import() | nodes.FromImport() | nodes.Extends() | nodes.Block():
            return "a mail is one file; it cannot take in another"
        case nodes.Pow():
            return "a mail cannot calculate powers"
        case _:
            return f"a mail cannot do this ({type(node).__name__.lower()}); it has values, filters, if, for and set"
