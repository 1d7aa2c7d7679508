"""Every command explains itself with an example, at once; a mistake is answered in words, never by a trace."""

from __future__ import annotations

import json
import os
import re
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from kweek.cli import COMMANDS, main
from kweek.commands.parts import Ports, check_ports
from kweek.commands.progress import looked, looking, progress
from kweek.errors import KweekError
from kweek.ports import Port, port_is_free

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_says_what_the_exit_code_means(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"kweek {command}" in said.partition("example")[2]
    assert "Exit: 0" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_help_comes_at_once(command: str) -> None:
    """Counted in the processor's time: how busy the machine is says nothing of us."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "kweek", command, "--help"], cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_a_demo_that_is_refused_leaves_nothing_in_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kweek.commands.demo.until_the_supervisor_listens", lambda: None)
    (tmp_path / "a.yaml").write_text("flow: a\n")
    numbers = zip(("--port", "--temporal-port", "--ui-port", "--smtp-port"), map(str, _free_ports()), strict=True)
    assert main(["demo", "--data", str(tmp_path), *(word for pair in numbers for word in pair)]) == 1
    assert f"{tmp_path} holds something else than a demo" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


FOUR = "--port {0} --temporal-port {1} --ui-port {2} --smtp-port {3}"
MISTAKES = {
    "a misspelt setting": ("migrate", 'bas_url = "https://a.example"', 2, "did you mean “base_url”?"),
    "no TOML": ("migrate", "base_url = ", 2, "kweek.toml is not TOML"),
    "a bad tempo": ("up --tempo fast", "", 2, "--tempo: “fast” is no tempo"),
    "a bad port": ("up --port 99999", "", 2, "ports go from 1 to 65535"),
    "a bad port of the web": ("web --port x", "", 2, "ports go from 1 to 65535"),
    "an unknown command": ("upp", "", 2, "upp"),
    "a bad database": ("migrate", 'database_url = "mysql://there/kweek"', 2, "Kweek knows sqlite and postgresql"),
    "a database without a port": ("migrate", 'database_url = "postgresql://h:x/kweek"', 2, "KWEEK_DATABASE_URL"),
    "a database in memory": ("migrate", 'database_url = "sqlite://"', 2, "must be a file"),
    "a database that is away": ("migrate", 'database_url = "postgresql://127.0.0.1:1/kweek"', 3, "does not answer"),
    "a folder that cannot be": ("migrate --data /dev/null/kweek", "", 1, "/dev/null"),
    "a folder that cannot be, for all": (f"up --data /proc/kweek {FOUR}", "", 1, "/proc/kweek"),
    "no workspace": (f"up --workspace nowhere {FOUR}", "", 1, "is not a workspace"),
    "nothing to publish": ("publish --workspace nowhere", "", 1, "is not a workspace"),
    "no such flow": (f"publish brochure-reqest --workspace {ROOT}", "", 2, "brochure-request"),
    "the first of one flow": (f"publish --first brochure-request --workspace {ROOT}", "", 2, "leave out FLOW"),
    "networks that are none": ("migrate", 'outgoing_allow = "home"', 2, "“home” are no networks"),
    "no such webhook": (f"outgoing sales-flor --workspace {ROOT}", "", 2, "“sales-floor”"),
    "nothing to try": (f"outgoing --try --workspace {ROOT}", "", 2, "--try what? There are: sales-floor."),
    "a file for a folder": ("migrate --data /etc/hosts", "", 1, "/etc/hosts: a file stands where a folder should be"),
    "a seed that is none": ("demo --seed x", "", 2, "“x” is no number from 0"),
    "a channel without an address": (f"outgoing sales-floor --try --workspace {ROOT}", "", 1, "set KWEEK_CHANNEL_"),
    "no rules to go by": ("outgoing --workspace nowhere", "", 1, "has no rules/workspace.yaml. Name the folder"),
    "nothing to suggest": ("test --suggest a --workspace nowhere", "", 1, "is not a workspace: it has no flows"),
    "a flow of nowhere to lint": ("lint a --workspace nowhere", "", 1, "is not a workspace: it has no flows"),
    "a flow of nowhere to draw": ("draw a --workspace nowhere", "", 1, "kweek draw: /"),
    "a flow of nowhere to simulate": ("simulate a --workspace nowhere", "", 1, "or KWEEK_WORKSPACE.\n"),
    "tests of no flow": (f"test long-tern --workspace {ROOT}", "", 2, "Did you mean “long-term”?"),
    "tests told to no folder": (f"test --junit no/x.xml --workspace {ROOT}", "", 2, "there is no folder no; make it"),
    "a flow with a long name": (f"new flow {300 * 'a'} --workspace {ROOT}", "", 2, "write at most 100"),
    "a workspace in no language": ("new workspace a --languages nl,xx", "", 2, "“xx” is not a language code"),
    "a flow that is no name": (f"new flow Trial_Pump --workspace {ROOT}", "", 2, "hyphens: trial-pump"),
    "a flow that is there": (f"new flow long-term --workspace {ROOT}", "", 1, "flows/long-term.yaml is there already"),
    "a flow like none": (f"new flow a --like long-tern --workspace {ROOT}", "", 2, "Did you mean “long-term”?"),
    "a flow that begins at none": (f"new flow a --start brochure --workspace {ROOT}", "", 2, "noun.past_verb"),
    "a flow of nowhere": ("new flow a --workspace nowhere", "", 1, "begin one: kweek new workspace"),
    "a flow with a time zone": ("new flow a --timezone UTC", "", 2, "--timezone is not for a flow"),
    "a workspace like another": ("new workspace a --like b", "", 2, "--like is not for a workspace"),
    "a workspace without a zone": ("new workspace a --timezone Amsterdam", "", 2, "Europe/Amsterdam"),
    "a workspace in Dutch": ("new workspace a --languages dutch", "", 2, "nl, en, de, fr"),
    "a workspace that is there": (f"new workspace {ROOT}", "", 1, "is a workspace already"),
    "no such kind of file": ("schema flwo", "", 2, "Did you mean “flow”?"),
    "a kind, and all of them": ("schema survey --write", "", 2, "leave out KIND"),
    "a place that cannot be": ("schema -o /nowhere/flow.json", "", 1, "/nowhere/flow.json: No such file"),
    "a key without a name": ("key make", "", 2, "needs a name"),
    "a key for nothing": ("key make website", "", 2, "what may it do?"),
    "a key for what nobody knows": ("key make website --may events:read", "", 2, "invalid choice: 'events:read'"),
    "a key to no database": ("key make website --may everything", "", 3, "is made by `kweek up` or `kweek migrate`"),
    "a relay of one's own": ("catcher", 'smtp_url = "smtp://relay.example"', 2, "a relay of your own"),
    "a relay that is none": ("up", 'smtp_url = "smpt://u:hushhush@x"', 2, "smtp_url: it begins with smtp://"),
    "a doctor without a relay": ("doctor", 'smtp_url = "smtp://x:99999"', 2, "smtp_url: this is no address"),
    "a doctor without Temporal": ("doctor", 'temporal_address = "localhost:abc"', 2, "is no address of a server"),
    "a worker without tables": ("worker", "", 3, "is made by `kweek up` or `kweek migrate`"),
    "pages without tables": ("web --port {0}", "", 3, "is made by `kweek up` or `kweek migrate`"),
    "a catcher without tables": ("catcher", "", 3, "is made by `kweek up` or `kweek migrate`"),
    "two parts at one port": ("up --port {0} --temporal-port {0}", "", 2, "--port and --temporal-port are both"),
    "the port of nobody": ("up --temporal-port {0}", 'temporal_address = "t.example"', 2, "leave one of them out"),
    "a mail port of nobody": ("up --smtp-port {0}", 'smtp_url = "smtp://r.example"', 2, "leave one of them out"),
    "a proxy that is none": ("web --proxies nginx", "", 2, "“nginx” is no address or network"),
    "a secret that is not there": ("migrate", 'secret_file = "nowhere"', 2, "there is no such file. To make one"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_answered_in_words(mistake: str, tmp_path: Path) -> None:
    words, toml, code, answer = MISTAKES[mistake]
    if toml:
        (tmp_path / "kweek.toml").write_text(toml)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KWEEK_")}
    command = [sys.executable, "-m", "kweek", *words.format(*_free_ports()).split()]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert answer in done.stderr
    command = words.split()[0]
    assert re.search(f"^kweek {command}: " if command in COMMANDS else "^kweek: ", done.stderr, re.MULTILINE)
    assert "Traceback" not in done.stderr
    assert "hushhush" not in done.stderr
    assert words.startswith(("migrate", "up")) or not (tmp_path / ".kweek/kweek.db").exists(), "nobody else makes one"


@pytest.mark.parametrize("command", ["up", "worker", "web", "doctor"])
def test_a_file_that_is_no_database_is_answered_alike_by_all(command: str, tmp_path: Path) -> None:
    done = _in_a_house_with(tmp_path, "kweek.db", command)
    assert done.returncode == 3, done.stderr
    assert "cannot be read: file is not a database" in done.stdout + done.stderr
    assert "Put back a backup of it" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_before_temporal_is_started_on_a_file_that_is_no_database_the_remedy_is_said(tmp_path: Path) -> None:
    done = _in_a_house_with(tmp_path, "temporal.db", "up")
    assert done.returncode == 1, done.stderr
    file = tmp_path / ".kweek/temporal.db"
    answer = f"kweek up: {file} is no database of Temporal's: put it aside and start again, then `kweek doctor"
    assert answer in done.stderr


def _in_a_house_with(folder: Path, garbage: str, command: str) -> subprocess.CompletedProcess[str]:
    """The command, where one file of the house is garbage."""
    (folder / ".kweek").mkdir()
    (folder / ".kweek" / garbage).write_bytes(b"no database" * 1_000)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KWEEK_")}
    environment |= {"PYTHONPATH": str(ROOT), "KWEEK_WORKSPACE": str(ROOT)}
    web, temporal, pages, smtp = _free_ports()
    ports = f"--port {web} --temporal-port {temporal} --ui-port {pages} --smtp-port {smtp}" if command == "up" else ""
    words = [sys.executable, "-m", "kweek", command, *ports.split()]
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)


def _free_ports() -> list[int]:
    from tests.engine.servers import free_ports

    return free_ports(4)


def test_all_ports_that_are_taken_are_named_at_once_with_others_that_are_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        web, smtp = (
            Port(taken.getsockname()[1], option) for taken, option in ((one, "--port"), (other, "--smtp-port"))
        )
        with pytest.raises(KweekError) as refused:
            check_ports(Ports(web, None, None, smtp))
    said = re.fullmatch(
        rf"ports {web.number} and {smtp.number} are taken by other programs; choose others: "
        r"--port (\d+) --smtp-port (\d+)",
        str(refused.value),
    )
    assert said
    assert len({int(said[1]), int(said[2]), web.number, smtp.number}) == 4
    assert all(port_is_free(int(number)) for number in said.groups())


def test_keys_are_made_listed_and_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The key is shown once; the books hold no more than its fingerprint."""
    monkeypatch.chdir(tmp_path)
    assert main(["migrate"]) == 0
    assert main(["key", "revoke", "website"]) == 1
    assert "`kweek key list`" in capsys.readouterr().err
    make = ["key", "make", "website", "--may", "leads:read", "events:write"]
    assert main(make) == 0
    key = capsys.readouterr().out.strip()
    assert key.startswith("kweek_")
    assert len(key) > 40
    assert main(make) == 1
    assert key.encode() not in b"".join(file.read_bytes() for file in (tmp_path / ".kweek").glob("kweek.db*"))
    assert main(["key", "list"]) == 0
    told = capsys.readouterr().out
    assert "works" in told
    assert "events:write leads:read" in told
    assert main(["key", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["may"] == ["events:write", "leads:read"]
    assert main(["key", "revoke", "website"]) == 0
    assert main(["key", "revoke", "website"]) == 1
    capsys.readouterr()
    assert main(["key", "list"]) == 0
    assert "revoked" in capsys.readouterr().out
    assert main(make) == 0, "its name is free again"


def test_nothing_is_told_of_how_far_it_is_where_nobody_looks_on(capsys: pytest.CaptureFixture[str]) -> None:
    looking("Testing")
    with progress("Testing", "tests") as told:
        told(1, 2)
    looked()
    assert capsys.readouterr() == ("", "")


def test_where_somebody_looks_on_the_first_sign_comes_before_anything_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    looking("Testing")
    assert capsys.readouterr() == ("", "Testing …\r")
    with progress("Testing", "tests") as told:
        told(1, 2)
    assert "Testing" in capsys.readouterr().err
