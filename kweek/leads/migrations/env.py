"""Where does Alembic find the database? In the connection that `kweek.leads.migrate` hands it, already locked."""

from typing import Literal

from alembic import context

from kweek.leads.tables import Moment, metadata


def _render(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """In a migration a moment is the plain column that it is in the database: our classes may move on."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Moment) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
