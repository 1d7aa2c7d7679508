"""Where may news go? Webhooks and channels are named in rules/workspace.yaml, and lead to what is public."""

from __future__ import annotations

import pytest

from kweek.flow.load.rules import read_rules


def test_what_goes_out_over_http_is_named_here() -> None:
    text = (
        "name: x\nlanguages: [nl]\ntimezone: UTC\nchannels: { floor: teams }\nwebhooks:\n"
        "  crm:\n    url: https://crm.example/x?y=1\n    sends: [lead.email, company.name]\n"
    )
    rules, problems = read_rules({"rules/workspace.yaml": text})
    assert not problems
    hook = rules.settings.webhooks["crm"]
    assert (hook.url, [path.value for path in hook.sends]) == (
        "https://crm.example/x?y=1",
        ["lead.email", "company.name"],
    )
    assert rules.settings.channels == {"floor": "teams"}


HOOK = "name: x\nlanguages: [nl]\ntimezone: UTC\nwebhooks:\n  crm:\n    url: {}\n"


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/", "https://10.0.0.1:8443/hook", "http://localhost", "https://localhost:8000/", "https://a.localhost/",
        "https://LOCALHOST./", "http://169.254.169.254/latest", "https://127.0.0.1/", 'https://[::1]/',
        "https://[::ffff:10.0.0.1]/", "https://192.168.1.4/", "https://0.0.0.0/",
    ],
)  # fmt: skip
def test_an_address_to_which_nothing_would_be_sent_is_told_at_its_line(url: str) -> None:
    _, problems = read_rules({"rules/workspace.yaml": HOOK.format(f'"{url}"')})
    assert [(one.line, one.code, one.severity) for one in problems] == [(6, "address-within", "warning")]
    assert "KWEEK_OUTGOING_ALLOW" in problems[0].fix


@pytest.mark.parametrize(
    "url", ["https://crm.example/", "https://localhost.example/", "https://9.9.9.9/", "https://[2620:fe::fe]/"]
)
def test_what_is_public_or_has_a_name_is_left_to_the_look_up(url: str) -> None:
    assert read_rules({"rules/workspace.yaml": HOOK.format(f'"{url}"')})[1] == ()
