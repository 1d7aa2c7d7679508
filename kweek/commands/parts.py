"""Of what does `kweek up` consist? The parts that run here, each at a port of its own, and the servers elsewhere."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kweek import pulse
from kweek.commands.common import web_port
from kweek.config import Settings, variable
from kweek.errors import KweekError, SettingsError
from kweek.outside import Outside, file, rules, server
from kweek.ports import Port, listens, port_is_free
from kweek.relay import relay
from kweek.supervisor import Part
from kweek.temporal_server import temporal_command

_DATABASE: Final = ("The lead database", 5432)
_LAST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each part listens; None: that part is somewhere else."""

    web: Port
    temporal: Port | None
    ui: Port | None
    smtp: Port | None


def plan(args: argparse.Namespace, chosen: Settings) -> tuple[Settings, Ports]:
    """An option goes before a setting, a setting before what is usual. SettingsError: they contradict each other."""
    to = relay(chosen.smtp_url)
    own = "temporal_address" not in chosen.said
    _no_option_for_what_is_elsewhere(args, own_temporal=own, catcher=to.catcher)
    web = Port(args.port or web_port(chosen), "--port")
    temporal = Port(args.temporal_port or 7233, "--temporal-port") if own else None
    ui = Port(args.ui_port or 8233, "--ui-port") if own else None
    smtp = Port(args.smtp_port or to.port, "--smtp-port", to.host) if to.catcher else None
    if temporal is not None:
        chosen = replace(chosen, temporal_address=f"127.0.0.1:{temporal.number}")
    if smtp is not None:
        host = f"[{smtp.host}]" if ":" in smtp.host else smtp.host
        chosen = replace(chosen, smtp_url=f"catcher://{host}:{smtp.number}")
    if "base_url" not in chosen.said:
        chosen = replace(chosen, base_url=f"http://127.0.0.1:{web.number}")
    return chosen, Ports(web, temporal, ui, smtp)


def _no_option_for_what_is_elsewhere(args: argparse.Namespace, *, own_temporal: bool, catcher: bool) -> None:
    contradictions = {
        "--temporal-port": (args.temporal_port, own_temporal, "temporal_address"),
        "--ui-port": (args.ui_port, own_temporal, "temporal_address"),
        "--smtp-port": (args.smtp_port, catcher, "smtp_url"),
    }
    for option, (given, ours, setting) in contradictions.items():
        if given and not ours:
            raise SettingsError(
                f"{option} is for the server that `kweek up` starts, and {variable(setting)} names one of your own; "
                "leave one of them out"
            )


def check_ports(ports: Ports) -> None:
    """SettingsError: two parts want one. KweekError: other programs have some of them, which are named all at once."""
    wanted = [port for port in (ports.web, ports.temporal, ports.ui, ports.smtp) if port is not None]
    for one, other in combinations(wanted, 2):
        if one.number == other.number:
            raise SettingsError(
                f"{one.option} and {other.option} are both {one.number}; every part needs a port of its own"
            )
    taken = [port for port in wanted if not port_is_free(port.number, port.host)]
    if not taken:
        return
    free = " ".join(f"{port.option} {number}" for port, number in _free_instead(taken, wanted))
    if len(taken) == 1:
        raise KweekError(f"port {taken[0].number} is taken by another program; choose another: {free}")
    *most, last = (str(port.number) for port in taken)
    raise KweekError(f"ports {', '.join(most)} and {last} are taken by other programs; choose others: {free}")


def _free_instead(taken: Sequence[Port], wanted: Sequence[Port]) -> Iterator[tuple[Port, int]]:
    """The nearest port to each that nobody has, and no other part wants."""
    given = {port.number for port in wanted}
    for port in taken:
        near = (*range(port.number + 1, _LAST_PORT + 1), *range(port.number - 1, 1023, -1))
        number = next(number for number in near if number not in given and port_is_free(number, port.host))
        given.add(number)
        yield port, number


def outside(chosen: Settings, ports: Ports) -> tuple[list[Outside], Outside | None]:
    """What is watched: the rules, and what runs elsewhere; and which of it is Temporal."""
    from kweek.leads.database import file_of

    found = [rules(chosen.workspace)]
    name, usual = _DATABASE
    database = urlsplit(chosen.database_url)
    if database.scheme.startswith("postgres") and database.hostname:  # without a host it is a socket of this machine
        found.append(server(name, database.hostname, database.port or usual))
    if (books := file_of(chosen.database_url)) is not None:
        found.append(file(name, books))
    to = relay(chosen.smtp_url)
    if not to.catcher:
        found.append(server("The mail relay", to.host, to.port))
    if ports.temporal is not None:
        return found, None
    where = urlsplit(f"//{chosen.temporal_address}")
    temporal = server("Temporal", where.hostname or "127.0.0.1", where.port or 7233)
    return [*found, temporal], temporal


def parts(chosen: Settings, ports: Ports, temporal: Outside | None) -> Iterator[Part]:
    """In the order in which they start. temporal: the one that runs elsewhere."""
    if ports.temporal is not None and ports.ui is not None:
        port = ports.temporal
        command = temporal_command(chosen.data, port.number, ports.ui.number, chosen.temporal_namespace)
        mark = _mark(chosen, "temporal")
        hears = pulse.marked(pulse.of_temporal(ports.ui.number), mark)
        yield Part("temporal", command, lambda: listens(port.number), mark=mark, ports=(port, ports.ui), pulse=hears)
    if ports.smtp is not None:
        yield _ours("catcher", chosen, [], ports=(ports.smtp,))
    yield _ours("worker", chosen, [], patience=15, needs=temporal)
    yield _ours("web", chosen, ["--port", str(ports.web.number)], ports=(ports.web,))


def _ours(name: str, chosen: Settings, words: Sequence[str], **more: Any) -> Part:
    """A command of Kweek's, which says by its mark that it serves, and that it still does."""
    mark = _mark(chosen, name)
    command = [sys.executable, "-m", "kweek", name, *words, "--ready", str(mark)]
    return Part(name, command, mark.exists, _environment(chosen), mark=mark, pulse=pulse.of_mark(mark), **more)


def _mark(chosen: Settings, name: str) -> Path:
    return chosen.data / "ready" / name


def forget_marks(chosen: Settings) -> None:
    """Who was killed has left his: of a Temporal that ran here, say, and runs elsewhere now."""
    shutil.rmtree(chosen.data / "ready", ignore_errors=True)


def _environment(chosen: Settings) -> dict[str, str]:
    return {
        "KWEEK_WORKSPACE": str(chosen.workspace),
        "KWEEK_DATA": str(chosen.data),
        "KWEEK_DATABASE_URL": chosen.database_url,
        "KWEEK_TEMPORAL_ADDRESS": chosen.temporal_address,
        "KWEEK_TEMPORAL_NAMESPACE": chosen.temporal_namespace,
        "KWEEK_SMTP_URL": chosen.smtp_url,
        "KWEEK_BASE_URL": chosen.base_url,
        "KWEEK_SECRET_FILE": str(chosen.secret_file),
        "KWEEK_TEMPO": "" if chosen.tempo is None else repr(chosen.tempo),
    }
