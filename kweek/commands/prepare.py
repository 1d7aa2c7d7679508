"""What must be there before the parts start? Tables, the clock, and versions of the flows on the very first start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from kweek.config import Settings
from kweek.errors import KweekError
from kweek.flow.problems import errors
from kweek.leads.clock import flow_clock
from kweek.leads.database import Database, open_database
from kweek.leads.installation import hold_to_secret
from kweek.leads.migrate import migrate
from kweek.leads.publish import drift, publish_in, published
from kweek.linting import lint
from kweek.mails.render import Renderer
from kweek.versions import source_of
from kweek.workspace import Workspace, read_workspace


def prepare_database(chosen: Settings, tempo: float | None) -> Iterator[str]:
    """Do it, and say what was done or needs doing. KweekError where the flows cannot be published."""
    database = open_database(chosen.database_url, make=True)
    try:
        migrate(database.engine)
        hold_to_secret(database, chosen, make=True)
        workspace = read_workspace(chosen.workspace)
        with database.read() as read:
            first = not published(read)
        if first:
            _must_be_sound(workspace)  # before the clock is set: who mends a file may still choose another tempo
        clock = flow_clock(database, tempo)
        if clock.tempo != 1:
            yield f"tempo: a day of flow time passes in {86_400 / clock.tempo:g} s"
        if first:
            yield _publish_all(database, workspace, clock.flow(datetime.now(UTC)))
        else:
            yield from _say_drift(database, workspace)
    finally:
        database.close()


def _must_be_sound(workspace: Workspace) -> None:
    if not workspace.flows and not workspace.problems:
        raise KweekError(
            f"there are no flows in {workspace.folder}; start Kweek in a workspace (a folder with flows/, rules/, "
            "surveys/ and templates/), or name one with --workspace DIR"
        )
    with Renderer() as renderer:
        wrong = errors(lint(workspace, renderer))
    if wrong:
        lines = "\n".join(f"  {problem}" for problem in wrong)
        raise KweekError(f"the flows cannot be published yet:\n{lines}\nMend them; `kweek lint` explains.")


def _publish_all(database: Database, workspace: Workspace, at: datetime) -> str:
    with database.write() as write:
        for flow in workspace.flows:
            publish_in(write, source_of(workspace, flow), flow, "kweek up", at)
    count = len(workspace.flows)
    return f"published {count} flow{'' if count == 1 else 's'}: {', '.join(workspace.flows)}"


def _say_drift(database: Database, workspace: Workspace) -> Iterator[str]:
    drafts = {flow: source_of(workspace, flow) for flow in workspace.flows}
    with database.read() as read:
        for found in drift(read, drafts):
            match found.what:
                case "gone":
                    yield f"{found.flow}: published, but its file is gone; leads go on walking the published version"
                case "new":
                    yield f"{found.flow}: not published yet; `kweek publish {found.flow}` does it"
                case "changed" if workspace.broken(f"flows/{found.flow}.yaml"):
                    yield f"{found.flow}: the file has mistakes (`kweek lint`); leads walk the published version"
                case "changed":
                    yield f"{found.flow}: the file differs from what is published; `kweek publish {found.flow}`"
