"""While the house answers one, another goes on; but only one thinks at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from kweek.demo.hands import Deed, Hands


def one_by_one(deeds: list[Deed]) -> Callable[[], Deed | None]:
    return lambda: deeds.pop(0) if deeds else None


def test_several_wait_at_once() -> None:
    hands, met = Hands(3), threading.Barrier(3, timeout=10)
    done: list[int] = []

    def deed(number: int) -> Deed:
        def do() -> None:
            with hands.waiting():
                met.wait()  # comes only where all three wait together
            done.append(number)

        return do

    hands.do(one_by_one([deed(1), deed(2), deed(3)]))
    assert sorted(done) == [1, 2, 3]


def test_only_one_thinks() -> None:
    hands, thinking, most = Hands(4), 0, 0

    def deed() -> None:
        nonlocal thinking, most
        for _ in range(50):
            thinking += 1
            most = max(most, thinking)
            thinking -= 1
            with hands.waiting():
                pass

    hands.do(one_by_one([deed] * 8))
    assert most == 1


@pytest.mark.parametrize("number", [1, 3])
def test_what_falls_due_meanwhile_is_done_too(number: int) -> None:
    hands, done = Hands(number), list[str]()
    deeds: list[Deed] = []

    def first() -> None:
        with hands.waiting():
            pass
        deeds.append(lambda: done.append("second"))
        done.append("first")

    deeds.append(first)
    hands.do(one_by_one(deeds))
    assert done == ["first", "second"]


@pytest.mark.parametrize("number", [1, 3])
def test_what_one_raises_is_heard(number: int) -> None:
    def fails() -> None:
        raise LookupError("nobody there")

    with pytest.raises(LookupError, match="nobody there"):
        Hands(number).do(one_by_one([fails]))


def test_who_does_not_act_waits_as_ever() -> None:
    with Hands(2).waiting():
        pass
