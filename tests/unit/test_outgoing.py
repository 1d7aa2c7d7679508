"""What leaves over HTTP, as far as it can be judged without a network: addresses, answers, what a chat is sent."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from kweek.config import settings
from kweek.errors import SettingsError
from kweek.flow.public import is_public
from kweek.outgoing.addresses import may_connect
from kweek.outgoing.chat import address_of, payload, variable_of
from kweek.outgoing.post import _retry_after, judge
from kweek.outgoing.signature import secret_of, signed
from kweek.secret import make_secret

PUBLIC = ("93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1", "::ffff:8.8.8.8", "64:ff9b::808:808")
WITHIN = (
    "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "192.0.0.192", "100.100.100.200", "168.63.129.16", "192.0.2.1", "198.18.0.1", "203.0.113.9",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::1",
    "2002:7f00:1::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "3fff::1", "5f00::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_reached_with_tls(address: str) -> None:
    assert is_public(ip_address(address))
    assert may_connect(ip_address(address), [], plain=False)
    assert not may_connect(ip_address(address), [], plain=True)


@pytest.mark.parametrize("address", WITHIN)
def test_what_is_within_may_not(address: str) -> None:
    assert not may_connect(ip_address(address), [], plain=False)
    assert not may_connect(ip_address(address), [ip_network("192.168.77.0/24")], plain=False)


def test_what_somebody_said_may_be_reached_may_be_also_without_tls() -> None:
    allow = [ip_network("127.0.0.1"), ip_network("fd00::/8")]
    assert may_connect(ip_address("127.0.0.1"), allow, plain=True)
    assert may_connect(ip_address("fd00::7"), allow, plain=False)
    assert not may_connect(ip_address("127.0.0.2"), allow, plain=True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((status, "accepted") for status in (200, 201, 202, 204)),
        *((status, "undelivered") for status in (301, 302, 304, 307, 308, 400, 401, 403, 404, 410, 413, 422)),
        *((status, "temporary") for status in (408, 425, 429, 500, 502, 503, 504, 599)),
    ],
)
def test_an_answer_means(status: int, kind: str) -> None:
    assert judge(status).kind == kind


NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 02 Mar 2026 09:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 02 Mar 2026 08:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("999999999999", timedelta(hours=6)),
        ("²", None),
    ],
)
def test_retry_after(said: str, wait: timedelta | None) -> None:
    assert _retry_after([(b"Server", b"x"), (b"Retry-After", said.encode())], NOW) == wait


# --- chats ----------------------------------------------------------------------------------------

LINK = ("Open in Kweek", "https://k.example/leads/a1?x=1&y=2")
TYPED = "<!channel> & <https://evil.example|look> @here *x* _y_ ~z~ `c`"


def in_slack(sent: dict[str, Any]) -> list[dict[str, Any]]:
    """What each block holds; blocks of another type may read marks in it."""
    assert {block["type"] for block in sent["blocks"]} == {"rich_text"}
    return [block["elements"][0]["elements"][0] for block in sent["blocks"]]


def test_slack_shows_what_a_lead_typed_as_text() -> None:
    sent = json.loads(payload("slack", TYPED, f"{TYPED}\nsecond line", LINK))
    assert sent["text"] == "&lt;!channel&gt; &amp; &lt;https://evil.example|look&gt; @here *x* _y_ ~z~ `c`"
    assert sent["mrkdwn"] is False
    head, body, link = in_slack(sent)
    assert head == {"type": "text", "text": TYPED, "style": {"bold": True}}
    assert body == {"type": "text", "text": f"{TYPED}\nsecond line"}
    assert link == {"type": "link", "url": LINK[1], "text": LINK[0]}


def test_teams_shows_what_a_lead_typed_as_text() -> None:
    sent = json.loads(payload("teams", "**Bold** [x](https://evil.example)", "one\n\ntwo", LINK))
    card = sent["attachments"][0]["content"]
    runs = [block["inlines"][0] for block in card["body"]]
    assert {run["type"] for run in runs} == {"TextRun"}  # they know no Markdown
    assert [run["text"] for run in runs] == ["**Bold** [x](https://evil.example)", "one", "two"]
    assert card["actions"] == [{"type": "Action.OpenUrl", "title": LINK[0], "url": LINK[1]}]


@pytest.mark.parametrize("text", ["", "a" * 100_000, "&" * 100_000, "é<" * 50_000, "\n" * 9_000])
def test_a_message_stays_within_what_a_chat_takes(text: str) -> None:
    slack: dict[str, Any] = json.loads(payload("slack", text[:200], text, LINK))
    assert all(0 < len(one["text"]) <= 3_000 for one in in_slack(slack))
    assert len(payload("teams", text[:200], text, LINK)) < 28_000


def test_the_address_of_a_channel_is_a_setting_or_in_a_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "address"
    file.write_text("https://hooks.example/services/T/B/secret\n")
    said = settings({"KWEEK_CHANNEL_SALES_FLOOR": str(file), "KWEEK_CHANNEL_B": "hooks.example/secret"}, tmp_path)
    assert variable_of("sales-floor") == "KWEEK_CHANNEL_SALES_FLOOR"
    assert address_of("sales-floor", said.channels) == "https://hooks.example/services/T/B/secret"
    assert "secret" not in repr(said).replace("secret_file", "").replace(str(said.secret_file), "")
    with pytest.raises(SettingsError, match="set KWEEK_CHANNEL_NOWHERE"):
        address_of("nowhere", said.channels)
    with pytest.raises(SettingsError) as wrong:
        address_of("b", said.channels)
    assert "hooks.example" not in str(wrong.value)
    file.unlink()
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        address_of("sales-floor", said.channels)


def test_networks_that_are_none(tmp_path: Path) -> None:
    assert settings({"KWEEK_OUTGOING_ALLOW": "127.0.0.1, 10.0.0.0/8"}, tmp_path).outgoing_allow == (
        ip_network("127.0.0.1"), ip_network("10.0.0.0/8"),
    )  # fmt: skip
    with pytest.raises(SettingsError, match="KWEEK_OUTGOING_ALLOW: “localhost” are no networks"):
        settings({"KWEEK_OUTGOING_ALLOW": "localhost"}, tmp_path)


# --- the signature --------------------------------------------------------------------------------


def test_each_webhook_has_a_secret_of_its_own(tmp_path: Path) -> None:
    chosen = settings({"KWEEK_DATA": str(tmp_path)}, tmp_path)
    make_secret(chosen.secret_file)
    assert secret_of(chosen, "crm") == secret_of(chosen, "crm")
    assert secret_of(chosen, "crm") != secret_of(chosen, "erp")
    headers = signed(chosen, "crm", "a1-1/3", "{}", NOW)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("a1-1/3", str(int(NOW.timestamp())))
    assert headers["webhook-signature"].startswith("v1,")
