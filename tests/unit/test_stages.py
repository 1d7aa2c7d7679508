"""How far is a lead? By what it did and by what sales brought about, in this order."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kweek.flow.simulate.memory import Memory
from kweek.flow.world import World
from kweek.rules.stages import STAGES, Conversions
from tests.lives import MONDAY

CONVERSIONS = Conversions(frozenset({"quote.requested"}), frozenset({"download.taken"}))
KINDS = ("page.viewed", "download.taken", "quote.requested", "accepted", "quoted", "rejected", "lost", "won")


@pytest.mark.parametrize(
    ("kinds", "stage"),
    [
        ("", "suspect"),
        ("page.viewed", "suspect"),
        ("download.taken", "marketing qualified"),
        ("download.taken quote.requested", "sales qualified"),
        ("quote.requested download.taken", "sales qualified"),
        ("quote.requested accepted", "sales qualified"),
        ("quote.requested quoted", "opportunity"),
        ("quote.requested quoted lost", "marketing qualified"),
        ("quote.requested rejected", "marketing qualified"),
        ("rejected", "suspect"),
        ("quote.requested quoted won", "customer"),
        ("won quote.requested quoted", "customer"),
        ("won quoted lost", "customer"),
        ("won quoted won", "returning customer"),
        ("won won lost", "returning customer"),
    ],
)
def test_what_happens_brings_a_lead_further_or_back_to_marketing(kinds: str, stage: str) -> None:
    assert reduce(CONVERSIONS.stage_after, kinds.split(), "suspect") == stage
    memory = Memory(World({}, conversions=CONVERSIONS))
    for kind in kinds.split():
        memory.record(kind, MONDAY)
    assert memory.stage == stage


@given(st.lists(st.sampled_from(KINDS)))
def test_who_is_a_customer_stays_one(kinds: list[str]) -> None:
    stage = "suspect"
    for kind in kinds:
        before, stage = stage, CONVERSIONS.stage_after(stage, kind)
        assert stage in STAGES
        assert not before.endswith("customer") or stage.endswith("customer")
        assert kind in ("lost", "rejected") or STAGES.index(stage) >= STAGES.index(before)
