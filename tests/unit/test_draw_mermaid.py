"""Mermaid says what the picture says: every mail, on every edge when it is taken, and no way twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kweek.draw.mermaid import mermaid
from kweek.words import Tongue
from tests.unit.drawn_flows import flow_of

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
EN = Tongue("en")


def shipped(name: str) -> str:
    return mermaid(flow_of((FLOWS[0].parent / f"{name}.yaml").read_bytes(), name), EN)


def test_mermaid_tells_the_halves_of_a_test_in_its_step_and_on_each_edge_when_it_is_taken() -> None:
    chart = shipped("whitepaper-nurture")
    shares = "45% drying-figures<br/>45% drying-story<br/>10% nothing"
    assert f'"Send one of these<br/>{shares}<br/>within 10 days"' in chart
    assert '|"after 10 days: opened"|' in chart
    assert '|"opened"|' not in chart
    assert '|"after 10 days: anything else"|' in chart


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_no_edge_of_mermaid_says_twice_that_it_carries_on(file: Path) -> None:
    edges = re.findall(r'^  (\w+) -->(?:\|"(.+)"\|)? (\w+)$', shipped(file.stem), re.MULTILINE)
    assert len(edges) == len(set(edges))
    labelled = {(begin, end) for begin, label, end in edges if label}
    assert labelled.isdisjoint((begin, end) for begin, label, end in edges if not label)


def test_who_is_not_told_of_carries_on_in_mermaid_too() -> None:
    open_ = (
        "flow: drawn\ntitle: Drawn\nsteps:\n  - choose:\n      - if: lead.sales_ready\n        go: done\n  - tag: x\n"
    )
    assert "s0 --> s1" in mermaid(flow_of(open_), EN)
    told = mermaid(flow_of(open_.replace("  - tag", "      - else: next\n  - tag")), EN)
    assert 's0 -->|"anything else"| s1' in told
    assert "s0 --> s1" not in told
