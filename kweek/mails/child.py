"""What does a render process do? It reads one request a line, renders within its limits, writes one answer a line.

Templates are written by people who may err or mean harm, and leads choose their own names; so nothing of it runs in
the worker. This process has no secrets in its environment, cannot open files or start programs, has a cap on its
memory, and on CPU for each request; the parent (`kweek.mails.render`) kills it when its time is up.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any, Final, cast

from jinja2 import TemplateError, nodes
from jinja2.exceptions import TemplateRuntimeError, TemplateSyntaxError

from kweek.mails.marks import Open, plain
from kweek.mails.markup import Marked, dress, mark_up
from kweek.mails.sandbox import FILTERS, Sandbox, Values

MEMORY: Final = 512 * 1024 * 1024  # bytes of address space; an idle renderer has about a third of it
CPU: Final = 3  # seconds for one request, should the parent be dead and unable to kill
LARGEST: Final = 512 * 1024  # characters of one mail


class RefusedError(Exception):
    """The mail cannot be rendered. `part`: subject, preview or body; `line` from 1 within it."""

    def __init__(self, part: str, line: int, words: str) -> None:
        super().__init__(words)
        self.part, self.line, self.words = part, line, words


def render(asked: dict[str, Any]) -> dict[str, Any]:
    """A mail for one lead: subject, preview, text, html, links; `refused` targets lost their link."""
    context: dict[str, Any] = plain(asked["context"])
    values = Values(asked["language"])
    sandbox = Sandbox(values)
    filled = {part: _fill(sandbox, part, asked[part], context) for part in ("subject", "preview", "body")}
    if sum(map(len, filled.values())) > LARGEST:
        raise RefusedError("body", 1, f"the mail is over {LARGEST // 1024} KiB once it is filled in")
    subject, preview = (" ".join(values.text(filled[part]).split()) for part in ("subject", "preview"))
    marked: Marked = dress(
        mark_up(filled["body"], values), language=asked["language"], subject=subject, preview=preview,
        sender={**context.get("sender", {}), "unsubscribe_url": context.get("unsubscribe_url", "")},
        leave=bool(asked["leave"]),
    )  # fmt: skip
    links = [{"name": link.name, "target": link.target} for link in marked.links]
    return {
        "subject": subject, "preview": preview, "text": marked.text, "html": marked.html,
        "links": links, "refused": marked.refused,
    }  # fmt: skip


def names(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Every name that the mail uses and the context lacks: [{part, line, name, known}]."""
    context: dict[str, Any] = plain(asked["context"])
    sandbox = Sandbox(Values(asked["language"]))
    found: list[dict[str, Any]] = []
    for part in ("subject", "preview", "body"):
        tree = _guard(part, lambda part=part: sandbox.read(asked[part]))
        own = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"} | {"loop"}
        for line, path in _paths(tree):
            if path[0] not in own and (missing := _missing(path, context)):
                found.append({"part": part, "line": line, **missing})
        found += [
            {"part": part, "line": use.lineno, "name": f"| {use.name}", "known": [f"| {name}" for name in FILTERS]}
            for use in tree.find_all(nodes.Filter)
            if use.name not in FILTERS
        ]
    return found


def _fill(sandbox: Sandbox, part: str, source: str, context: dict[str, Any]) -> str:
    return _guard(part, lambda: sandbox.fill(source, context))


def _guard(part: str, act: Any) -> Any:
    try:
        return act()
    except TemplateSyntaxError as error:
        raise RefusedError(part, error.lineno, error.message or "this is not Jinja2") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        kind = "" if isinstance(error, TemplateRuntimeError | TemplateError) else f"{type(error).__name__}: "
        raise RefusedError(part, _line(error), f"{kind}{error}") from None
    except RecursionError:
        raise RefusedError(part, 1, "it is nested too deeply") from None


def _line(error: BaseException) -> int:
    """The template's line: Jinja2 rewrites tracebacks so that the last frame named `<template>` has it."""
    line, trace = 1, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _paths(tree: nodes.Node) -> Iterator[tuple[int, list[str]]]:
    """Every `a.b.c` that is read, longest form once."""
    for child in tree.iter_child_nodes():
        path = _path(child)
        if path:
            yield child.lineno, path
        else:
            yield from _paths(child)


def _path(node: nodes.Node) -> list[str]:
    match node:
        case nodes.Name(ctx="load"):
            return [node.name]
        case nodes.Getattr():
            before = _path(node.node)
            return [*before, node.attr] if before else []
        case nodes.Getitem(arg=nodes.Const(value=str(key))):
            before = _path(node.node)
            return [*before, key] if before else []
        case _:
            return []


def _missing(path: list[str], context: dict[str, Any]) -> dict[str, Any] | None:
    here: dict[str, Any] = context
    for depth, name in enumerate(path):
        if isinstance(here, Open):
            return None
        if name not in here:
            stem = ".".join(path[:depth])
            known = [f"{stem}.{key}" if stem else str(key) for key in here]
            return {"name": ".".join(path[: depth + 1]), "known": known}
        inside: object = here[name]
        if not isinstance(inside, dict):
            return None
        here = cast(dict[str, Any], inside)
    return None


def answer(line: str) -> dict[str, Any]:
    """One request, one answer; nothing that goes wrong in it ends the process but running out of time or memory."""
    asked: dict[str, Any] = json.loads(line)
    try:
        if asked["op"] == "names":
            return {"names": names(asked)}
        return {"mail": render(asked)}
    except RefusedError as refused:
        return {"refused": {"part": refused.part, "line": refused.line, "words": refused.words[:300]}}
    except (MemoryError, OverflowError):
        return {"refused": {"part": "body", "line": 1, "words": "the mail takes too much memory"}}
    except Exception as error:  # the parent hears of it; the process is good for the next one
        return {"refused": {"part": "body", "line": 1, "words": type(error).__name__}}


def main() -> None:
    warm: dict[str, Any] = {
        "op": "render", "language": "nl", "subject": "é", "preview": "", "leave": True,
        "body": "# {{ a | title }}\n\n- [b](https://example.com \"c\")\n\n{% for x in [1] %}{{ x }}{% endfor %}\n",
        "context": {"a": "b", "sender": {}},
    }  # fmt: skip
    for body in (
        warm["body"],
        "{{ gone }}",
        "{% gone %}",
        "{{ 'é' | replace('a', \"b\") ~ 1.5 | round }}",
    ):  # whatever is imported late is imported now
        answer(json.dumps(warm | {"body": body}))
    _limit(resource.RLIMIT_AS, MEMORY)
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        _limit(kind, 0)
    out = sys.stdout
    out.write('{"ready": true}\n')
    out.flush()
    for line in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + CPU)
        out.write(json.dumps(answer(line)) + "\n")
        out.flush()


def _limit(kind: int, value: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a stricter limit may already hold
        _, hard = resource.getrlimit(kind)
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (soft, hard))


if __name__ == "__main__":
    main()
