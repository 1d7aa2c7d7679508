"""How do several people act at once? One thinks at a time; while the house answers one, another goes on.

So what they know, draw and plan needs no care; and a day of theirs holds more than one after the other could do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

Deed = Callable[[], None]


class Hands:
    """number: so many act at once. Where it is one, nobody waits for another, and no thread is begun."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool = ThreadPoolExecutor(number, "hand")
        self._turn = threading.Lock()
        self._mine = threading.local()  # has this thread the turn?

    @contextmanager
    def waiting(self) -> Generator[None]:
        """For the house to answer, where somebody acts; nobody else is kept from thinking meanwhile."""
        if not getattr(self._mine, "turn", False):
            yield
            return
        self._let_go()
        try:
            yield
        finally:
            self._take()

    def do(self, next_deed: Callable[[], Deed | None]) -> None:
        """All that is due, and whatever falls due meanwhile. next_deed: None where nothing is; what a deed raises is
        raised here."""
        if self.number == 1:
            while (deed := next_deed()) is not None:
                deed()
            return
        busy: set[Future[None]] = set()
        while True:
            with self._turn:
                deed = next_deed()
            if deed is not None:
                busy.add(self._pool.submit(self._act, deed))
            elif not busy:
                return
            if len(busy) == self.number or deed is None:
                done, busy = wait(busy, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()

    def close(self) -> None:
        """When those who act have ended."""
        self._pool.shutdown()

    def _act(self, deed: Deed) -> None:
        self._take()
        try:
            deed()
        finally:
            self._let_go()

    def _take(self) -> None:
        self._turn.acquire()
        self._mine.turn = True

    def _let_go(self) -> None:
        self._mine.turn = False
        self._turn.release()
