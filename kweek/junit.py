"""How do build servers read what came of testing? As JUnit's XML, in the form that Jenkins, GitLab and GitHub take.

Not one standard but a custom (github.com/testmoapp/junitxml): `testsuites` of `testsuite`s, one per flow, of
`testcase`s with `file` and `line`; a test that fails holds a `failure`, a file that cannot be read an `error`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kweek.flow.cases.report import Result
from kweek.flow.problems import Problem, errors
from kweek.rehearsal import Tested

_FORBIDDEN: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say (section 2.2)."""


def junit(tested: Tested) -> bytes:
    """The report, in UTF-8."""
    root = Element("testsuites", name="kweek test")
    flows = dict.fromkeys(result.case.flow for result in tested.results)
    for flow in flows:
        _suite(root, flow, [result for result in tested.results if result.case.flow == flow])
    broken = errors(tested.problems)
    if broken:
        _unreadable(root, broken)
    _count(root, root.findall("testsuite"))
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _suite(root: Element, flow: str, results: Iterable[Result]) -> None:
    suite = SubElement(root, "testsuite", name=_clean(flow))
    for result in results:
        case = result.case
        said = {"name": _clean(case.name), "classname": _clean(flow), "file": case.file, "line": str(case.at.line)}
        one = SubElement(suite, "testcase", said, time=f"{result.seconds:.6f}")
        if not result.holds:
            first = _clean(next(iter(result.says), "it does not hold"))
            SubElement(one, "failure", message=first, type="story").text = _clean(result.message)
    _sum(suite)


def _unreadable(root: Element, problems: Iterable[Problem]) -> None:
    suite = SubElement(root, "testsuite", name="files")
    for problem in problems:
        said = {"name": _clean(f"{problem.file} can be read"), "classname": "files"}
        one = SubElement(suite, "testcase", said, file=problem.file, line=str(problem.line), time="0")
        SubElement(one, "error", message=_clean(problem.what), type=problem.code).text = _clean(str(problem))
    _sum(suite)


def _sum(suite: Element) -> None:
    cases = suite.findall("testcase")
    numbers = {
        "tests": len(cases),
        "failures": len(suite.findall("*/failure")),
        "errors": len(suite.findall("*/error")),
    }
    _write(suite, numbers, sum(float(case.get("time", "0")) for case in cases))


def _count(root: Element, suites: list[Element]) -> None:
    numbers = {word: sum(int(suite.get(word, "0")) for suite in suites) for word in ("tests", "failures", "errors")}
    _write(root, numbers, sum(float(suite.get("time", "0")) for suite in suites))


def _write(element: Element, numbers: dict[str, int], seconds: float) -> None:
    for word, number in numbers.items():
        element.set(word, str(number))
    element.set("skipped", "0")
    element.set("time", f"{seconds:.6f}")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
