"""Real Temporal servers for tests: the dev server (real time) and the time-skipping one, each on a port of its own."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from temporalio.client import Client

from kweek.temporal_server import temporal_command

BIN = Path(sys.executable).parent


PORTS = ("port", "temporal-port", "ui-port", "smtp-port")
"""The options of `kweek up`."""


def free_ports(many: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(many)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def free_port() -> int:
    return free_ports(1)[0]


def ports_of_up() -> dict[str, int]:
    return dict(zip(PORTS, free_ports(len(PORTS)), strict=True))


class DevServer:
    """The dev server with the options of `kweek up`; may be killed and started again on the same file."""

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        log = (self.folder / "temporal.log").open("ab")
        command = temporal_command(self.folder, self.port, None)
        self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        log.close()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    async def client(self, patience: float = 30) -> Client:
        """Connect as soon as it listens."""
        deadline = asyncio.get_running_loop().time() + patience
        while True:
            try:
                client = await Client.connect(self.address)
                await client.count_workflows()
            except Exception:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.1)
            else:
                return client


@contextmanager
def dev_server(folder: Path) -> Iterator[DevServer]:
    server = DevServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
