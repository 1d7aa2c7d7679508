"""Does the interface do what it says of itself? Requests made from its own description, right ones and wrong ones.

`KWEEK_SCHEMATHESIS=200` makes that many of each operation; the suite makes few, the same every time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kweek.leads.scopes import SCOPES
from kweek.web.app import make_app
from kweek.web.house import House
from tests.web.conftest import Books, TestClient
from tests.web.scene import CALL, HANDOVER, scene
from tests.web.test_desk import paths_of

COUNT = int(os.environ.get("KWEEK_SCHEMATHESIS", "3"))
HELD = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip
MANY = 20
ALIKE = (
    "/take",
    "/give-back",
    "/accept",
    "/contact",
    "/appointment",
    "/quote",
    "/won",
    "/lost",
    "/reject",
    "tasks/{key}/outcome",
)
"""What the suite leaves out: others are described by the same lines."""
SENT = ("method", "url", "params", "headers", "json", "data")


@pytest.fixture
def described(api: TestClient, books: Books, published: str) -> dict[str, Any]:
    """With leads and tasks in the house, so that something can be asked and done."""
    scene(books, published)
    return api.get("/api/openapi.json").json()


def told(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def test_everything_that_is_there_is_described_and_nothing_else(described: dict[str, Any], house: House) -> None:
    there = {one for one in paths_of(make_app(house).routes) if one[1].startswith("/api/")}
    said = {(method, path.replace("{key}", "{key:path}")) for method, path, _ in told(described)}
    acts = {one for one in said if one[1].startswith("/api/handovers/")}
    assert acts
    assert (said - acts) | {("POST", "/api/handovers/{key:path}/{action}")} == there


def test_every_operation_names_the_scope_that_it_takes(described: dict[str, Any]) -> None:
    scopes = [operation["description"].split("`")[1::2] for _, _, operation in told(described)]
    assert {scope for one in scopes for scope in one} == {*SCOPES} - {"pages"}


def test_its_shapes_are_json_schema_and_know_the_workspace(described: dict[str, Any]) -> None:
    shapes = described["components"]["schemas"]
    for shape in shapes.values():
        Draft202012Validator.check_schema(shape)
    day = {"type": ["string", "null"], "format": "date", "pattern": r"^(19|2[01])\d{2}-"}
    assert shapes["LeadSent"]["properties"]["contract_end"] == day
    assert shapes["Event.quote.requested"]["properties"]["type"] == {"const": "quote.requested"}


@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
def test_what_it_says_is_what_it_does(described: dict[str, Any], api: TestClient, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_dict({**described, "security": []})  # who asks has a key
    for found in schema.get_all_operations():
        operation = found.ok()
        method, path = operation.label.split(" ")
        if mode == GenerationMode.NEGATIVE and method == "GET":
            continue  # every text is a right one
        if COUNT >= MANY or not any(path.endswith(like) for like in ALIKE):
            _hunt(operation, mode, api)


def _hunt(operation: Any, mode: GenerationMode, api: TestClient) -> None:
    @seed(20260302)
    @settings(max_examples=COUNT, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real and "key" in case.path_parameters:
            case.path_parameters["key"] = HANDOVER if "handovers" in case.path else CALL
            if mode == GenerationMode.POSITIVE:
                case.body["by"] = "anna"  # a colleague, which no description tells
        sent = case.as_transport_kwargs(base_url="http://testserver")
        answer = api.request(**{name: sent[name] for name in SENT if name in sent})
        wrong = mode == GenerationMode.NEGATIVE and not answer.content.startswith(b'{"results"')
        case.validate_response(answer, checks=[*HELD, negative_data_rejection] if wrong else HELD)

    ask()
