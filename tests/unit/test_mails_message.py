"""A message has every header that it should, tokens serve one end, and return addresses cannot be made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from kweek.mails.addresses import Addresses, Returned
from kweek.mails.message import AddressError, Letter, Person, build, wire
from kweek.mails.tokens import DAYS, TokenError, Tokens

LETTER = Letter(
    message_id="<abc@own.example>", date=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    sender=Person("hello@own.example", "Söhne & Co"), recipient=Person("jan@there.example"), subject="Één vraag",
    text="Hallo\n", html="<p>Hallo " + "x" * 2_000 + "</p>\n", language="nl", mail="survey", audience="lead",
    kind="marketing", flow="brochure-request", reply_to="sales@own.example",
    leave=("https://k.example/u/" + "t" * 200, "leave+x@own.example"),
)  # fmt: skip


def key(purpose: str) -> bytes:
    return f"secret for {purpose}".encode()


def test_every_header_is_there_and_no_line_is_too_long() -> None:
    raw = wire(build(LETTER))
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert raw.isascii()
    message = message_from_bytes(raw, policy=policy.SMTP)
    assert message["From"] == "Söhne & Co <hello@own.example>"
    assert message["Reply-To"] == "sales@own.example"
    assert message["Subject"] == "Één vraag"
    assert message["Date"] == "Mon, 02 Mar 2026 09:00:00 +0000"
    assert message["Message-ID"] == "<abc@own.example>"
    assert message["Feedback-ID"] == "survey:brochure-request:marketing:own.example"
    assert message["Auto-Submitted"] is None
    assert f"<{LETTER.leave[0] if LETTER.leave else ''}>".encode() in raw  # whole: no encoded words, no folding inside
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["Hallo"]


def test_one_click_is_promised_over_https_only() -> None:
    message = build(replace(LETTER, leave=("http://127.0.0.1:8000/u/t", "leave+x@own.example")))
    assert message["List-Unsubscribe-Post"] is None


def test_a_notice_says_that_a_machine_wrote_it() -> None:
    message = build(replace(LETTER, audience="colleague", leave=None))
    assert (message["Auto-Submitted"], message["Feedback-ID"]) == ("auto-generated", None)


@pytest.mark.parametrize(
    "address",
    [
        "a@b@c",
        "no address",
        "a@there.example\r\nBcc: x@y.example",
        "@there.example",
        "a@",
        "a@" + "x" * 80 + ".example",
    ],
)
def test_what_is_no_address_gets_no_header(address: str) -> None:
    with pytest.raises(AddressError):
        wire(build(replace(LETTER, recipient=Person(address))))


def test_a_domain_of_any_alphabet_is_written_so_that_every_relay_reads_it() -> None:
    assert build(replace(LETTER, recipient=Person("jan@bücher.example")))["To"] == "jan@xn--bcher-kva.example"


def test_an_address_of_any_alphabet_is_written_in_utf_8() -> None:
    raw = wire(build(replace(LETTER, recipient=Person("jösé@bücher.example", "José"))))
    assert "To: José <jösé@xn--bcher-kva.example>".encode() in raw


def test_a_header_refuses_a_line_break() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        build(replace(LETTER, subject="Hello\r\nBcc: x@y.example"))


# --- return addresses ---------------------------------------------------------------------------------


def test_a_mail_has_the_same_id_at_every_attempt_and_another_mail_another() -> None:
    addresses = Addresses(key, "Own.Example")
    assert addresses.message_id("a-1/1") == addresses.message_id("a-1/1") != addresses.message_id("a-1/2")
    assert addresses.message_id("a-1/1").endswith("@own.example>")
    assert "a-1" not in addresses.message_id("a-1/1")


@pytest.mark.parametrize("shown", ["{}", "<{}>", " {} "])
def test_a_return_address_says_which_mail_in_any_case(shown: str) -> None:
    addresses = Addresses(key, "own.example")
    message_id = addresses.message_id("a-1/1")
    address = addresses.address("bounces", message_id)
    assert len(address.partition("@")[0]) <= 64  # RFC 5321, 4.5.3.1.1
    assert addresses.read(shown.format(address.upper())) == Returned("bounces", message_id)
    assert addresses.read(address.replace("bounces", "leave")) is None
    assert Addresses(lambda _: b"other", "own.example").read(address) is None


# --- tokens -------------------------------------------------------------------------------------------


def test_a_token_serves_one_end_for_a_time() -> None:
    now = [1_000_000.0]
    tokens = Tokens(key, lambda: now[0])
    token = tokens.issue("click", "a-1/1", 3)
    assert tokens.read("click", token) == ("a-1/1", 3)
    assert tokens.url("https://k.example", "click", "a-1/1", 3) == f"https://k.example/c/{token}"
    assert len(token.rpartition(".")[2]) * 6 >= 128
    with pytest.raises(TokenError) as other:
        tokens.read("unsubscribe", token)
    assert other.value.why == "bad"
    now[0] += DAYS["click"] * 86_400 + 1
    with pytest.raises(TokenError) as old:
        tokens.read("click", token)
    assert old.value.why == "expired"


@pytest.mark.parametrize("bad", ["", ".", "x", "x.y", "é", "a" * 5_000, "W10.x", "\x00", "=", ".eJw.x"])
def test_what_is_no_token_is_refused(bad: str) -> None:
    with pytest.raises(TokenError):
        Tokens(key).read("survey", bad)


def test_every_change_of_a_token_is_noticed() -> None:
    tokens = Tokens(key)
    token = tokens.issue("survey", "a-1/1")
    for place in range(len(token) - 1):  # the last character has bits that carry nothing
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(TokenError):
            tokens.read("survey", changed)
