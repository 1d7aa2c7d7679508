"""A sum of money, as people type it; and what is none."""

from __future__ import annotations

import pytest

from kweek.leads.money import cents_of

SUMS = {
    "1.250,00": 125_000, "1,250.00": 125_000, "1.250": 125_000, "1,250": 125_000, "1250": 125_000, "1250,5": 125_050,
    "12.50": 1_250, "1 250,00": 125_000, "1\u202f250,00": 125_000, "1'250.00": 125_000, "1.250.000": 125_000_000,
    "€ 95": 9_500, "95 euro": 9_500, "EUR 95": 9_500, "95,-": 9_500, "95,–": 9_500, "-5": -500, "€ −5,00": -500,
    "-€5": -500, "0,05": 5, "20.000.000,00": 2_000_000_000,
}  # fmt: skip
NONE = (
    "", "free", "$ 95", "1.2.3", "1.250.00", "1,250,00", "0.500", "12345.678", "1,2500", "12.50.", "--5", "5-",
    "20.000.000,01", "9" * 5_000, "NaN", "1e3",
)  # fmt: skip


@pytest.mark.parametrize("written", SUMS)
def test_a_sum_is_read_as_it_is_meant(written: str) -> None:
    assert cents_of(written, "EUR") == SUMS[written]


@pytest.mark.parametrize("written", NONE)
def test_what_may_mean_two_sums_is_none(written: str) -> None:
    assert cents_of(written, "EUR") is None


def test_only_the_workspaces_own_money_counts() -> None:
    assert [cents_of("$ 95", one) for one in ("USD", "EUR")] == [9_500, None]
    assert cents_of("SEK 95", "SEK") == 9_500
