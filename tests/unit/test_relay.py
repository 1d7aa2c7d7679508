"""What KWEEK_SMTP_URL says: where mail goes, and how safely; what makes no sense is refused without showing it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kweek.relay import RelayError, relay

URLS = [
    ("catcher://127.0.0.1:1025", ("127.0.0.1", 1025, "off", True)),
    ("smtp://relay.example", ("relay.example", 25, "offered", False)),
    ("smtp://u:p%40@relay.example", ("relay.example", 587, "required", False)),
    ("smtps://u:p@relay.example", ("relay.example", 465, "implicit", False)),
    ("smtp://localhost:2525", ("localhost", 2525, "off", False)),
    ("smtp://relay.example?tls=off", ("relay.example", 25, "off", False)),
]


@pytest.mark.parametrize(("url", "expected"), URLS, ids=[url for url, _ in URLS])
def test_an_address_says_how(url: str, expected: tuple[str, int, str, bool]) -> None:
    to = relay(url)
    assert (to.host, to.port, to.tls, to.catcher) == expected
    assert to.password in (None, "p@", "p")


MISTAKES = {
    "relay.example": "it begins with smtp://",
    "http://relay": "it begins with smtp://",
    "smpt://user:hushhush@relay": "it begins with smtp://",
    "smtp://:hushhush@": "it begins with smtp://",
    "smtp://h:x/": "this is no address",
    "smtp://h:99999": "this is no address",
    "smtp://h?tls=no": "tls can only be “off”",
    "smtp://h?a=1": "there is no option “a”",
    "smtp://h?ca=/nowhere/ca.pem": "there is no such file",
    "smtp://h?rate=0/hour": "is no rate; write 10/second",
    "smtp://h?rate=many": "is no rate; write 10/second",
}


@pytest.mark.parametrize("url", MISTAKES)
def test_a_bad_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(RelayError, match=MISTAKES[url]) as refused:
        relay(url)
    assert "hushhush" not in str(refused.value)


def test_an_authority_of_ones_own_asks_for_tls_also_on_this_machine(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.touch()
    assert (relay(f"smtp://localhost?ca={ca}").tls, relay(f"smtp://localhost?ca={ca}").ca) == ("offered", ca)


@pytest.mark.parametrize(("said", "rate"), [("10/second", 10), ("90/minute", 1.5), ("300/hour", 1 / 12)])
def test_how_many_the_relay_takes_is_said_with_its_address(said: str, rate: float) -> None:
    assert relay(f"smtp://relay.example?tls=off&rate={said}").rate == pytest.approx(rate)
    assert relay("smtp://relay.example").rate is None
