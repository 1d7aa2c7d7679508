"""An editor's view of the files: what is sound is accepted, what is broken in its form is not, no word is missing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from kweek.cli import main
from kweek.commands.schema import kind_of, line_for, text_of
from kweek.flow.cases.read import CASE
from kweek.flow.load import surveys
from kweek.flow.load.flow import KEYS, load_flow
from kweek.flow.load.steps import OPTIONS
from kweek.flow.schema import KINDS, schema_of
from kweek.flow.words import CALL, HANDOVER, MAIL, PASSING, STATES
from kweek.flow.yaml import read_yaml
from kweek.flow.yaml.tree import plain
from kweek.mails.template import KEYS as MAIL_KEYS
from kweek.workspace import watched
from tests.unit.broken_texts import BROKEN
from tests.unit.every_word import EVERY_WORD

ROOT = Path(__file__).parents[2]
UNIT = Path(__file__).parent


class Yaml12(yaml.CSafeLoader):
    """As an editor reads it: numbers, true, false and null, and all else is text (YAML 1.2, core schema)."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^[-+]?[0-9]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def as_an_editor(text: str) -> Any:
    return _text_keys(yaml.load(text, Yaml12))


def as_kweek(text: str) -> Any:
    root = read_yaml(text, "x.yaml").root
    return None if root is None else plain(root)


def _text_keys(value: Any) -> Any:
    match value:
        case dict():
            return {_key(key): _text_keys(one) for key, one in value.items()}
        case list():
            return [_text_keys(one) for one in value]
        case _:
            return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schema_of(kind))


def wrong(kind: str, value: Any) -> list[str]:
    errors = sorted(validator(kind).iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors]


# --- what is sound --------------------------------------------------------------------------------


def sound() -> Iterator[tuple[str, str, str]]:
    """(name, kind, text) of every file that ships or stands in a test or in the manual."""
    folders = [ROOT, *(file.parents[1] for file in ROOT.glob("tests/*/workspace/rules/workspace.yaml"))]
    for folder in folders:
        for file in sorted(folder.glob("*/**/*.yaml")):
            kind = kind_of(file.relative_to(folder).as_posix())
            if kind is not None:
                yield str(file.relative_to(ROOT)), kind, file.read_text("utf-8")
    for page in sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]):
        for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)):
            if block.startswith("flow:") or "\nflow:" in block:
                yield f"{page.name}, {number}", "tests" if "\ntests:" in block else "flow", block
    yield "every word", "flow", EVERY_WORD


SOUND = {name: (kind, text) for name, kind, text in sound()}


def test_there_is_something_of_every_kind() -> None:
    assert {kind for kind, _ in SOUND.values()} == KINDS.keys() - {"mail"}


@pytest.mark.parametrize(
    ("field", "accepted"),
    [
        ("number", True),
        ({"type": "number"}, True),
        ({"type": "number", "title": "surface"}, True),
        ({"type": "number", "title": {"en": "surface", "nl": "oppervlak"}}, True),
        ("integer", False),
        ({"title": "surface"}, False),
        ({"type": "integer"}, False),
        ({"type": "number", "title": {}}, False),
        ({"type": "number", "title": {"dutch": "oppervlak"}}, False),
        ({"type": "number", "unit": "m²"}, False),
    ],
)
def test_a_field_is_its_type_or_that_with_a_title(field: object, accepted: bool) -> None:
    us = {"name": "x", "languages": ["nl"], "timezone": "UTC", "fields": {"surface": field}}
    assert (not wrong("events", {"a.b": {"data": {"surface": field}}})) is accepted
    assert (not wrong("workspace", us)) is accepted


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_accepted(name: str) -> None:
    kind, text = SOUND[name]
    assert wrong(kind, as_an_editor(text)) == []
    assert wrong(kind, as_kweek(text)) == []


def test_every_mail_is_accepted() -> None:
    for file in sorted((ROOT / "templates/mails").glob("*.md")):
        front = file.read_text("utf-8").split("---\n")[1]
        said = dict(line.split(": ", 1) for line in front.splitlines() if ": " in line)
        assert wrong("mail", said) == [], file.name


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_json_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(kind))
    assert json.loads(json.dumps(schema_of(kind))) == schema_of(kind)
    for pattern in _patterns(schema_of(kind)):
        assert not re.search(r"\(\?[P<#]|\(\?i", pattern), "an editor reads it as JavaScript does"


def _patterns(schema: Any) -> Iterator[str]:
    match schema:
        case dict():
            yield from (one for key, one in schema.items() if key == "pattern" and isinstance(one, str))
            for one in schema.values():
                yield from _patterns(one)
        case list():
            for one in schema:
                yield from _patterns(one)
        case _:
            return


# --- no word is missing ---------------------------------------------------------------------------


def test_every_verb_and_every_option_is_in_it() -> None:
    pieces = schema_of("flow")["$defs"]
    assert [one["$ref"].removeprefix("#/$defs/") for one in pieces["step"]["anyOf"]] == list(OPTIONS)
    for verb, options in OPTIONS.items():
        assert pieces[verb]["properties"].keys() == {verb, *options, "id"}
        assert pieces[verb]["properties"][verb]["description"]
        assert pieces[verb]["required"][0] == verb


def test_every_key_is_in_it() -> None:
    assert schema_of("flow")["properties"].keys() == set(KEYS)
    assert schema_of("tests")["properties"]["tests"]["items"]["properties"].keys() == set(CASE)
    assert schema_of("survey")["properties"].keys() == set(surveys.KEYS)
    assert schema_of("mail")["properties"].keys() == set(MAIL_KEYS)


def test_every_word_of_what_happens_is_in_it() -> None:
    pieces = schema_of("flow")["$defs"]
    for verb, words in {"send": MAIL, "call": (*CALL, *PASSING["call"]), "handover": (*HANDOVER, *PASSING["handover"])}.items():  # noqa: E501  # fmt: skip
        assert set(words) <= pieces[verb]["properties"]["when"]["properties"].keys()
    for verb, states in STATES.items():
        assert pieces[verb]["properties"]["otherwise"]["anyOf"][1]["properties"].keys() == set(states)


# --- what ships -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_the_one_that_ships_is_current(kind: str) -> None:
    assert (ROOT / f"schemas/{kind}.json").read_text("utf-8") == text_of(kind), "kweek schema --write"


def test_every_file_that_ships_says_where_its_schema_is() -> None:
    for file in watched(ROOT):
        path = file.relative_to(ROOT).as_posix()
        if line := line_for(path):
            first = file.read_text("utf-8").partition("\n")[0]
            assert first == line, path
            assert (file.parent / first.partition("$schema=")[2]).resolve().is_file()


def test_it_is_written_into_a_workspace_and_says_which_files_do_not_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "flows/tests").mkdir(parents=True)
    (tmp_path / "flows/mine.yaml").write_text("flow: mine\n")
    (tmp_path / "flows/tests/mine.yaml").write_text("# yaml-language-server: $schema=../../schemas/tests.json\n")
    assert main(["schema", "--write", "--workspace", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert "flows/mine.yaml: for editors" in said
    assert "$schema=../schemas/flow.json" in said
    assert "flows/tests" not in said
    assert {file.stem for file in (tmp_path / "schemas").iterdir()} == set(KINDS)


# --- what is broken in its form -------------------------------------------------------------------

FORM = {
    "unknown-key", "missing", "empty", "duration", "target", "not-a-step", "moment", "list-wanted", "no-verb",
    "text-wanted", "keys-wanted", "dashes", "nothing-below", "two-verbs", "share", "id-missing", "nothing", "number",
    "unknown-word", "times",
    "ending", "choose-line", "points", "tell", "reentry", "limit", "start", "goal", "else", "reserved", "name", "go",
}  # fmt: skip
"""Codes of what a look at one place of the text shows. The others are YAML's, or need more than one place."""


def broken() -> Iterator[tuple[str, str]]:
    for file in sorted((UNIT / "broken").iterdir()):
        text = file.read_text("utf-8")
        if _of_form(text, f"flows/{file.name}"):
            yield file.name, text
    for one in BROKEN:
        if one.code in FORM:
            yield one.name, one.text.replace("§", "")


def _of_form(text: str, path: str) -> bool:
    return any(problem.code in FORM and problem.severity == "error" for problem in load_flow(text, path).problems)


TEXTS = dict(broken())


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_broken_in_its_form_is_not_accepted(name: str) -> None:
    assert wrong("flow", as_kweek(TEXTS[name])), TEXTS[name]
