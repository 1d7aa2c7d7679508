"""One POST, and what came of it: a table of outcomes, on a real server that does as it is told."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

import pytest

from kweek.outgoing import post as of_post
from kweek.outgoing.post import MOST_READ, post
from tests.engine.http_server import CERTIFICATE, DROP, OK, STALL, answer, listening

HERE = (ip_network("127.0.0.1"),)
BIG = 8 * MOST_READ


@dataclass(frozen=True)
class Case:
    """reached: how often the other side was asked."""

    say: bytes
    kind: str
    code: str
    reached: int = 1
    pause: float | None = None


CASES = {
    "200": Case(answer(200, b"ok"), "accepted", "http 200"),
    "202": Case(answer(202), "accepted", "http 202"),
    "204": Case(OK, "accepted", "http 204"),
    "200 and a huge body": Case(answer(200, b"x" * BIG), "accepted", "http 200"),
    "200 and then nothing": Case(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok", "accepted", "http 200"),
    "301 is not followed": Case(answer(301, Location="http://127.0.0.1:1/"), "undelivered", "http 301"),
    "400": Case(answer(400, b"no_text"), "undelivered", "http 400"),
    "404": Case(answer(404), "undelivered", "http 404"),
    "410": Case(answer(410), "undelivered", "http 410"),
    "429": Case(answer(429, Retry_After="7"), "temporary", "http 429", pause=7),
    "503": Case(answer(503, Retry_After="soon"), "temporary", "http 503"),
    "500": Case(answer(500, b"oops"), "temporary", "http 500"),
    "slow": Case(STALL, "unknown", "timeout"),
    "closed": Case(DROP, "unknown", "garbage"),
    "no HTTP": Case(b"220 relay.example ESMTP\r\n\r\n", "unknown", "garbage"),
    "endless headers": Case(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30_000, "unknown", "garbage"),
}


@pytest.mark.parametrize("name", CASES)
async def test_an_outcome(name: str) -> None:
    case = CASES[name]
    async with listening(case.say) as program:
        began = time.monotonic()
        outcome = await post(program.url, b'{"a": 1}', {"X-Own": "yes"}, HERE, seconds=1)
        assert time.monotonic() - began < 10
    assert (outcome.kind, outcome.code) == (case.kind, case.code)
    assert (outcome.pause.total_seconds() if outcome.pause else None) == case.pause
    assert len(outcome.words) <= 500
    assert len(program.got) == case.reached
    asked = program.got[0]
    assert (asked.line, asked.json) == ("POST /hooks HTTP/1.1", {"a": 1})
    assert asked.headers["host"] == f"127.0.0.1:{program.port}"
    assert (asked.headers["content-type"], asked.headers["x-own"]) == ("application/json", "yes")
    assert "accept-encoding" not in asked.headers  # nothing to unpack, so nothing that unpacks to a gigabyte


async def test_nobody_answers() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        outcome = await post(f"http://127.0.0.1:{probe.getsockname()[1]}/", b"{}", {}, HERE, seconds=2)
    assert (outcome.kind, outcome.code) == ("temporary", "no connection")


# --- addresses ------------------------------------------------------------------------------------


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Have names lead to these addresses, one answer a question, the last one for good."""
    asked: list[str] = []

    async def getaddrinfo(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_what_is_within_is_refused_however_it_is_written(host: str, scheme: str) -> None:
    async with listening() as program:
        outcome = await post(f"{scheme}://{host}:{program.port}/", b"{}", {}, seconds=5)
        assert (outcome.kind, outcome.code, program.got) == ("undelivered", "address refused", [])


async def test_a_name_that_leads_within_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as program:
        asked = names(monkeypatch, ["127.0.0.1"])
        outcome = await post(f"https://hooks.example:{program.port}/", b"{}", {}, seconds=5)
        assert (outcome.code, asked, program.got) == ("address refused", ["hooks.example"], [])
        assert "hooks.example is 127.0.0.1" in outcome.words
        assert "KWEEK_OUTGOING_ALLOW" in outcome.words


async def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening() as program:
        asked = names(monkeypatch, ["127.0.0.9", "127.0.0.1"], ["127.0.0.1"])
        allow = (ip_network("127.0.0.9"),)  # where nothing answers
        outcome = await post(f"http://hooks.example:{program.port}/", b"{}", {}, allow, seconds=1)
        assert (outcome.kind, len(asked), program.got) == ("temporary", 1, [])


async def test_without_tls_only_where_somebody_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["8.8.8.8"])
    outcome = await post("http://hooks.example/", b"{}", {}, HERE, seconds=5)
    assert (outcome.kind, outcome.code) == ("undelivered", "address refused")
    assert "https://" in outcome.words


# --- TLS ------------------------------------------------------------------------------------------


async def test_a_certificate_that_nobody_vouches_for_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(tls=True) as program:
        names(monkeypatch, ["127.0.0.1"])
        outcome = await post(f"https://hooks.example:{program.port}/", b"{}", {}, HERE, seconds=5)
        assert (outcome.kind, outcome.code, program.got) == ("temporary", "tls", [])


async def test_tls_and_host_ask_for_the_name_whatever_address_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_post, "_tls", lambda: ssl.create_default_context(cafile=str(CERTIFICATE)))
    async with listening(tls=True) as program:
        names(monkeypatch, ["127.0.0.1"])
        outcome = await post(f"https://hooks.example:{program.port}/x?y=1", b"{}", {}, HERE, seconds=5)
        other = await post(f"https://other.example:{program.port}/", b"{}", {}, HERE, seconds=5)
    assert (outcome.kind, other.code) == ("accepted", "tls")  # its certificate is for another name
    assert program.names == ["hooks.example", "other.example"]
    assert program.got[0].headers["host"] == f"hooks.example:{program.port}"
    assert program.got[0].line == "POST /x?y=1 HTTP/1.1"
