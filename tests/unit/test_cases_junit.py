"""A build server reads what came of testing."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from kweek.cli import main

FLOW = "flow: tagged\ntitle: Tagged\nstart: manual\nsteps:\n  - wait: 2 days\n  - tag: seen\n  - end: done\n"
TESTS = """flow: tagged
tests:
  - name: it is tagged
    expect: { day 2: tag seen }
  - name: "<it> \\x01 & \\"never\\" ends"
    expect: { ends: 'day 3, won' }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "flows/tagged.yaml").write_text(FLOW)
    (tmp_path / "flows/tests/tagged.yaml").write_text(TESTS)
    return tmp_path


def report(folder: Path) -> ElementTree.Element:
    assert main(["test", "--workspace", str(folder), "--junit", str(folder / "report.xml")]) == 1
    return ElementTree.parse(folder / "report.xml").getroot()


def test_every_test_is_a_testcase_with_its_place(folder: Path) -> None:
    root = report(folder)
    assert (root.tag, root.get("tests"), root.get("failures"), root.get("errors")) == ("testsuites", "2", "1", "0")
    (suite,) = root
    assert (suite.tag, suite.get("name"), suite.get("skipped")) == ("testsuite", "tagged", "0")
    holds, fails = suite
    assert (holds.get("name"), holds.get("classname"), list(holds)) == ("it is tagged", "tagged", [])
    assert (fails.get("file"), fails.get("line")) == ("flows/tests/tagged.yaml", "5")
    assert float(fails.get("time", "")) >= 0
    assert fails.get("name") == '<it> \N{REPLACEMENT CHARACTER} & "never" ends'
    (failure,) = fails
    assert failure.tag == "failure"
    assert failure.get("message") == "It ended on day 2, done; expected was day 3, won."
    assert "day 3   ends won" in (failure.text or "")
    assert sum(float(case.get("time", "")) for case in suite) == pytest.approx(float(root.get("time", "")), abs=1e-5)


def test_a_file_that_cannot_be_read_is_an_error(folder: Path) -> None:
    (folder / "flows/tests/tagged.yaml").write_text("flow: tagged\ntests:\n  - name: x\n    expect: { dey 2: tag }\n")
    (suite,) = root = report(folder)
    assert (root.get("tests"), root.get("errors")) == ("1", "1")
    (case,) = suite
    assert (case.get("file"), case.get("line"), case[0].tag) == ("flows/tests/tagged.yaml", "4", "error")
    assert "dey 2" in (case[0].text or "")


def test_a_report_that_cannot_be_written_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--workspace", str(folder), "--junit", str(folder / "no/report.xml")]) == 2
    assert "no; make it first" in capsys.readouterr().err
