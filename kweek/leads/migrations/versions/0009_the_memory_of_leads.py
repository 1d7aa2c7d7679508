"""The lead's memory

Campaigns with their cost and every touch, visits of the website, imports, who may be one with whom, who decides at a
company, what a lead reads about, answers that were begun, by which definition a handover was judged, and what other
programs shall hear of.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

leads = sa.table(
    "leads",
    sa.column("id", sa.Text),
    sa.column("campaign", sa.Text),
    sa.column("campaign_at", sa.DateTime(timezone=True)),
    sa.column("last_campaign", sa.Text),
    sa.column("created_at", sa.DateTime(timezone=True)),
)
campaigns = sa.table(
    "campaigns",
    sa.column("id", sa.Text),
    sa.column("title", sa.Text),
    sa.column("created_at", sa.DateTime(timezone=True)),
)
touches = sa.table(
    "touches",
    sa.column("lead_id", sa.Text),
    sa.column("campaign", sa.Text),
    sa.column("how", sa.Text),
    sa.column("more", sa.JSON),
    sa.column("at", sa.DateTime(timezone=True)),
)

worth = sa.text("(points_profile + points_intent + points_interest)")
merged = sa.text("merged_into IS NOT NULL")


def in_order() -> None:
    """The list of leads: by when they came, by their worth, by what is sought in it."""
    orders: dict[str, list[Any]] = {
        "created_at": ["created_at", "id"],
        "company_id": ["company_id", "created_at"],
        "grade": ["profile", "engagement", "created_at"],
        "campaign": ["campaign", "campaign_at", "stage", "merged_into"],
        "campaign_created_at": ["campaign", "created_at"],
        "stage": ["stage", "created_at"],
        "worth": [worth, "id"],
    }
    for name, columns in orders.items():
        op.create_index(f"ix_leads_{name}", "leads", columns)
    op.create_index("ix_leads_merged_into", "leads", ["merged_into"], sqlite_where=merged, postgresql_where=merged)
    letters = " text_pattern_ops" if op.get_bind().dialect.name == "postgresql" else ""
    op.create_index("ix_leads_email_key", "leads", [sa.text(f"email_key{letters}")])
    op.create_index("ix_companies_name_key", "companies", [sa.text(f"name_key{letters}")])
    for name in ("name", "first_name", "last_name"):
        op.create_index(f"ix_leads_{name}", "leads", [sa.text(f"lower({name}){letters}")])


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("norm_roi", sa.Float(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["campaigns.id"], name=op.f("fk_campaigns_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_table(
        "definitions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_definitions")),
        sa.UniqueConstraint("hash", name=op.f("uq_definitions_hash")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hook", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("since_real", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_real", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("hook", "message", name=op.f("uq_deliveries_hook_message")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_deliveries_hook_due_real", "deliveries", ["hook", "due_real", "id"], unique=False)
    op.create_index("ix_deliveries_lead_id", "deliveries", ["lead_id"], unique=False)
    op.create_table(
        "imports",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("how", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("enrolled", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_table(
        "costs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("takes_back", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_costs_campaign_id")),
        sa.ForeignKeyConstraint(["takes_back"], ["costs.id"], name=op.f("fk_costs_takes_back")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_costs")),
        sa.UniqueConstraint("once", name=op.f("uq_costs_once")),
        sa.UniqueConstraint("takes_back", name=op.f("uq_costs_takes_back")),
    )
    op.create_index("ix_costs_campaign_id", "costs", ["campaign_id"], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=True),
        sa.Column("lead_id", sa.Text(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("import_id", "number", name=op.f("pk_import_rows")),
    )
    op.create_index("ix_import_rows_lead_id", "import_rows", ["lead_id"], unique=False)
    op.create_index("ix_import_rows_status", "import_rows", ["import_id", "status", "number"], unique=False)
    op.create_table(
        "deciders",
        sa.Column("company_id", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_deciders_company_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_deciders_lead_id")),
        sa.PrimaryKeyConstraint("company_id", "lead_id", "part", name=op.f("pk_deciders")),
    )
    op.create_index("ix_deciders_lead_id", "deciders", ["lead_id"], unique=False)
    op.create_table(
        "duplicates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["first_id"], ["leads.id"], name=op.f("fk_duplicates_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["leads.id"], name=op.f("fk_duplicates_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicates")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duplicates_first_id_second_id")),
    )
    op.create_index("ix_duplicates_second_id", "duplicates", ["second_id"], unique=False)
    op.create_index("ix_duplicates_status", "duplicates", ["status"], unique=False)
    op.create_table(
        "likeness_keys",
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "key", name=op.f("pk_likeness_keys")),
    )
    op.create_index("ix_likeness_keys_key", "likeness_keys", ["key"], unique=False)
    op.create_table(
        "looks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_looks")),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.Text(), nullable=False),
        sa.Column("gone_id", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["gone_id"], ["leads.id"], name=op.f("fk_merges_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["leads.id"], name=op.f("fk_merges_kept_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index("ix_merges_gone_id", "merges", ["gone_id"], unique=False)
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"], unique=False)
    op.create_table(
        "topics",
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_topics_lead_id")),
        sa.PrimaryKeyConstraint("lead_id", "topic", name=op.f("pk_topics")),
    )
    op.create_table(
        "touches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("medium", sa.Text(), nullable=True),
        sa.Column("more", sa.JSON(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_touches_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_touches")),
    )
    op.create_index("ix_touches_campaign", "touches", ["campaign", "lead_id", "at"], unique=False)
    op.create_index("ix_touches_lead_id", "touches", ["lead_id"], unique=False)
    op.create_table(
        "visitors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.Text(), nullable=True),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_id", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name=op.f("fk_visitors_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitors")),
    )
    op.create_index("ix_visitors_at", "visitors", ["at"], unique=False)
    op.create_index("ix_visitors_lead_id", "visitors", ["lead_id"], unique=False)
    op.create_table(
        "survey_drafts",
        sa.Column("mail_key", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mail_key"], ["mails.key"], name=op.f("fk_survey_drafts_mail_key")),
        sa.PrimaryKeyConstraint("mail_key", name=op.f("pk_survey_drafts")),
    )
    op.create_table(
        "visits",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("visitor_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitors.id"], name=op.f("fk_visits_visitor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
    )
    op.create_index("ix_visits_at", "visits", ["at"], unique=False)
    op.create_index("ix_visits_visitor_id", "visits", ["visitor_id", "at"], unique=False)
    op.add_column("api_keys", sa.Column("scopes", sa.JSON(), nullable=True))
    op.add_column("bant", sa.Column("how", sa.Text(), nullable=True))
    op.add_column("bant", sa.Column("evidence", sa.Text(), nullable=True))
    op.add_column("bant", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("handovers", sa.Column("definition", sa.Integer(), nullable=True))
    op.add_column("events", sa.Column("merged", sa.Boolean(), nullable=True))
    op.add_column("leads", sa.Column("last_campaign", sa.Text(), nullable=True))
    op.add_column("leads", sa.Column("campaign_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("leads", sa.Column("merged_into", sa.Text(), nullable=True))
    op.create_index("ix_companies_parent_id", "companies", ["parent_id"], unique=False)
    in_order()
    _touch_those_who_have_one()


def _touch_those_who_have_one() -> None:
    """Whoever came from a campaign before touches were kept came from there once: when it was made."""
    books, c = op.get_bind(), leads.c
    had = sa.select(c.campaign, sa.func.min(c.created_at).label("since")).where(c.campaign.is_not(None))
    for row in books.execute(had.group_by(c.campaign).order_by(c.campaign)).all():
        word = "-".join(re.split(r"[\s/]+", row.campaign.strip().lower()))[:100].strip("-.") or None
        known = books.execute(sa.select(campaigns.c.id).where(campaigns.c.id == word)).first()
        if word is not None and known is None:
            books.execute(campaigns.insert().values(id=word, title=row.campaign.strip(), created_at=row.since))
        since = {"campaign": word, "last_campaign": word, "campaign_at": c.created_at if word else None}
        books.execute(leads.update().where(c.campaign == row.campaign).values(**since))
    came = sa.select(c.id, c.campaign, sa.literal("api"), sa.literal({}, sa.JSON), c.created_at)
    columns = ["lead_id", "campaign", "how", "more", "at"]
    books.execute(touches.insert().from_select(columns, came.where(c.campaign.is_not(None))))
