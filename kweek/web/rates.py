"""Who asks too often? A small count per network, in memory: enough against a script at a form."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Final

WINDOW: Final = 60.0  # seconds
_MOST_NETWORKS: Final = 10_000


class Rate:
    """At most `most` in a minute for each key; fixed memory."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        now = time.monotonic()
        with self._lock:
            since, count = self._counts.pop(key, (now, 0))
            if now - since >= WINDOW:
                since, count = now, 0
            self._counts[key] = (since, count + 1)
            if len(self._counts) > _MOST_NETWORKS:
                self._counts.popitem(last=False)
            return count < self.most
