"""What does `kweek up` not run, and needs all the same? It says when that is away, and when it is back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kweek.ports import listens


@dataclass(slots=True)
class Outside:
    """look: what is wrong now, as a line for the terminal; None: nothing is. back: that all is well again."""

    look: Callable[[], str | None]
    back: str
    away: bool = False
    next_look: float = 0.0


def server(name: str, host: str, port: int) -> Outside:
    """Somebody else's. `name` as a sentence begins: “Temporal”."""
    away = f"{name} does not answer at {host}:{port}; trying until it does"
    return Outside(lambda: None if listens(port, host) else away, f"{name} answers again at {host}:{port}")


def file(name: str, path: Path) -> Outside:
    """One that is there before anybody works with it."""
    away = f"{name} is not at {path}; nothing is taken in and nothing leaves until it is put back"
    return Outside(lambda: None if path.exists() else away, f"{name} is at {path} again")


def rules(folder: Path) -> Outside:
    """The workspace's rules/, that hold from the moment in which they are saved."""
    from kweek.rulebook import broken, gone, stamp_of
    from kweek.workspace import read_workspace

    seen: list[object] = [None, None]  # the files as they were when one last looked, and what was wrong with them
    sound: dict[str, str] = {}  # as they were when nothing was

    def look() -> str | None:
        stamp = stamp_of(folder)
        if stamp != seen[0]:
            texts = (workspace := read_workspace(folder)).texts
            wrong = broken(workspace) or gone(sound, texts)
            if not wrong:
                sound.clear()
                sound.update(texts)
            seen[:] = stamp, f"{wrong[0]} The rules of before go on; `kweek lint` says all" if wrong else None
        return None if seen[1] is None else str(seen[1])

    return Outside(look, "rules/ is sound again, and holds from now on")
