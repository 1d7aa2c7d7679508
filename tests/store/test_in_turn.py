"""Threads write in the order in which they asked, and who gives up is not waited for."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from kweek.leads.in_turn import InTurn
from tests.engine.up_house import wait_for

PATIENCE = 20.0  # seconds


def has_asked(lock: InTurn, threads: int) -> bool:
    return lock.waiting == threads


def test_who_asked_first_has_it_first() -> None:
    lock, order = InTurn(), list[int]()

    def take(n: int) -> None:
        assert lock.acquire(PATIENCE)
        order.append(n)
        lock.release()

    assert lock.acquire(PATIENCE)
    with ThreadPoolExecutor(8) as pool:
        for n in range(8):
            pool.submit(take, n)
            wait_for(partial(has_asked, lock, n + 1))
        lock.release()
    assert order == list(range(8))
    assert lock.acquire(0)


def test_who_gave_up_is_passed_over() -> None:
    lock = InTurn()
    assert lock.acquire(0)
    assert not lock.acquire(0.01)
    assert lock.waiting == 0
    lock.release()
    assert lock.acquire(0)


class Stopped(Exception):
    """What a signal's handler raises."""


def test_who_was_broken_off_by_a_signal_does_not_keep_the_others_waiting() -> None:
    def stop(*_: object) -> None:
        raise Stopped

    lock, before = InTurn(), signal.signal(signal.SIGALRM, stop)
    assert lock.acquire(0)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(Stopped):
            lock.acquire(PATIENCE)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert lock.waiting == 0
    lock.release()
    assert lock.acquire(0)


def test_it_is_one_persons_at_a_time_also_where_some_give_up() -> None:
    lock, inside, most, got = InTurn(), 0, 0, 0
    counts = threading.Lock()

    def take(n: int) -> None:
        nonlocal inside, most, got
        if not lock.acquire(0.000_1 * (n % 5) if n % 3 else PATIENCE):
            return
        inside += 1
        most = max(most, inside)
        inside -= 1
        lock.release()
        with counts:
            got += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(2_000)))
    assert most == 1
    assert got >= 2_000 // 3
    assert lock.acquire(0), "nobody has it at the end"
