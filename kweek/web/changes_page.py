"""What would publishing the file change? Both versions of a flow in one picture; or an older one beside the current."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from sqlalchemy import Row
from starlette.requests import Request
from starlette.responses import Response

from kweek.draw import svg
from kweek.draw.compare import compare
from kweek.draw.layout import lay_out, lay_out_told
from kweek.draw.tell import tell
from kweek.flow.model import Flow
from kweek.web.files import OnFile
from kweek.web.flow_page import no_flow, version_row
from kweek.web.guard import HouseOf, staff_only
from kweek.web.pictures import flow_in, source_in
from kweek.web.problems import ProblemError
from kweek.web.render import page, reader_tongue

router = APIRouter(dependencies=[Depends(staff_only)])


@router.get("/flows/{name}/changes")
def show_changes(name: str, request: Request, house: HouseOf, version: str = "") -> Response:
    """version: the number of an older one, beside that which leads enter now; else this one beside the file."""
    with house.db.read() as read:
        current = version_row(read, name, "")
        if current is None:
            if name not in house.files.look().flows:
                raise no_flow(name)
            words = "Nobody has published this flow, so there is nothing that it could differ from."
            raise ProblemError(404, words, told=("absent.published", {"name": name}))
        row = version_row(read, name, version)
        assert row is not None  # a number that never was has said so
        old, was = flow_in(read, row.hash), source_in(read, row.hash)
        new, now = flow_in(read, current.hash), source_in(read, current.hash)
    if not version:
        on_file = house.files.look().flows.get(name)
        if on_file is None or on_file.flow is None or on_file.version is None:
            return _last_published(request, name, row, old, on_file)
        new, now = on_file.flow, on_file.source
    say = reader_tongue(request)
    before, after = tell(old, say), tell(new, say)
    told = compare(before, after, say)
    return page(
        request, "changes.html", name=name, title=after.title, number=row.number, current=current.number,
        older=bool(version), fault="", problems=(),
        picture=svg(lay_out_told(told, say), theme="page") if told != after else "",
        others=sorted(path for path in {*was, *now} if was.get(path) != now.get(path) and path != new.file),
    )  # fmt: skip


def _last_published(
    request: Request, name: str, row: Row[*tuple[Any, ...]], flow: Flow, on_file: OnFile | None
) -> Response:
    """What leads walk, greyed, with what is wrong: where a file has a mistake, whatever stands behind it would look as
    if it were gone."""
    return page(
        request, "changes.html", name=name, title=flow.title.value, number=row.number, current=row.number,
        older=False, fault="draft.broken" if on_file else "draft.gone", problems=on_file.problems if on_file else (),
        picture=svg(lay_out(flow, reader_tongue(request)), stale=True, theme="page"), others=[],
    )  # fmt: skip
