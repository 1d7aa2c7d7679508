"""The picture of a flow says what the flow says, and has a place for every number."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.draw import lay_out, svg
from kweek.flow.load.flow import load_flow
from kweek.flow.model import Flow
from kweek.web.words import Tongue

FLOWS = sorted((Path(__file__).parents[2] / "flows").glob("*.yaml"))
EN = Tongue("en")


def flow_of(source: bytes, name: str) -> Flow:
    flow = load_flow(source, f"flows/{name}.yaml").flow
    assert flow is not None
    return flow


@pytest.mark.parametrize("file", FLOWS, ids=[file.stem for file in FLOWS])
def test_every_step_and_every_row_of_the_flows_that_ship_has_a_place_for_its_number(file: Path) -> None:
    picture = lay_out(flow_of(file.read_bytes(), file.stem), EN)
    drawn = svg(picture, {"steps/wait-1": 1234})
    for key in (*(card.id for card in picture.cards()), *(row.key for row in picture.rows())):
        assert drawn.count(f'data-count="{key}"') == 1


def test_the_same_flow_gives_the_same_bytes() -> None:
    flow = flow_of(FLOWS[0].read_bytes(), FLOWS[0].stem)
    assert svg(lay_out(flow, EN)) == svg(lay_out(flow, EN))
