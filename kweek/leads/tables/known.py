"""Whom do we know, and what may we say to them?"""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, func

from kweek.leads.tables.columns import Moment, by_letters, lead_id, metadata, when_set

companies = Table(
    "companies", metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),  # case-folded, for joining
    Column("country", Text),
    Column("legal_form", Text),
    Column("sector", Text),
    Column("size", Integer),
    Column("parent_id", Text, ForeignKey("companies.id")),
    Column("fields", JSON, nullable=False, default=dict),
    Index("ix_companies_name_key", "name_key", **by_letters("name_key")),
    Index("ix_companies_parent_id", "parent_id"),
)  # fmt: skip

leads = Table(
    "leads", metadata,
    Column("id", Text, primary_key=True),  # opaque
    Column("email", Text),
    Column("email_key", Text, unique=True),  # normalised
    Column("external_id", Text, unique=True),
    Column("name", Text),
    Column("first_name", Text),
    Column("last_name", Text),
    Column("phone", Text),  # E.164
    Column("job_title", Text),
    Column("language", Text),
    Column("country", Text),
    Column("timezone", Text),
    Column("company_id", Text, ForeignKey("companies.id")),
    Column("campaign", Text),  # the first one that it came from
    Column("campaign_at", Moment),  # when it first came from there
    Column("last_campaign", Text),
    Column("stage", Text, nullable=False, default="suspect"),
    Column("profile", Text),  # A–D
    Column("engagement", Integer),  # 1–4
    Column("graded", Text),  # “B2”, as it was told last
    Column("points_profile", Integer, nullable=False, default=0),
    Column("points_intent", Integer, nullable=False, default=0),
    Column("points_interest", Integer, nullable=False, default=0),
    Column("owner", Text),  # a member of teams.yaml
    Column("fields", JSON, nullable=False, default=dict),  # the workspace's own profile fields
    Column("said_at", JSON(none_as_null=True)),  # when what is known was said, by field: `kweek.leads.said_at`
    Column("created_at", Moment, nullable=False),
    Column("merged_into", Text),  # the lead that goes on in its place
    # the machine's
    Column("seq", Integer, nullable=False, default=0),  # of the last event recorded
    Column("seen", Integer, nullable=False, default=0),  # of the last event that a turn pulled
    Column("turn", Integer, nullable=False, default=0),
    Column("turned_at", Moment),  # flow time of the last turn (null: the first is to come, or was long ago)
    Column("born", Integer, nullable=False, default=0),
    Column("state", JSON),  # what of LeadState is not in `enrolments`
    Column("open", Boolean, nullable=False, default=False),  # an enrolment is open
    Column("wake_at", Moment),
    Column("held", Text),  # why the lead stands still: a row that is older than its workflow
    Index("ix_leads_wake_at", "wake_at"),
    # in which the list of leads is read, and what is sought in it: `kweek.leads.listed`
    Index("ix_leads_created_at", "created_at", "id"),
    Index("ix_leads_company_id", "company_id", "created_at"),
    Index("ix_leads_grade", "profile", "engagement", "created_at"),
    # all that is counted per campaign, so that no row is read for it
    Index("ix_leads_campaign", "campaign", "campaign_at", "stage", "merged_into"),
    Index("ix_leads_campaign_created_at", "campaign", "created_at"),
    Index("ix_leads_stage", "stage", "created_at"),
    Index("ix_leads_merged_into", "merged_into", **when_set("merged_into")),
    Index("ix_leads_held", "held", **when_set("held")),
)  # fmt: skip
worth = leads.c.points_profile + leads.c.points_intent + leads.c.points_interest
"""All the points of a lead together."""
Index("ix_leads_worth", worth, leads.c.id)
Index("ix_leads_grade_worth", leads.c.profile, leads.c.engagement, worth, leads.c.id)
Index("ix_leads_email_key", leads.c.email_key, **by_letters("email_key"))
for _name in (leads.c.name, leads.c.first_name, leads.c.last_name):
    Index(f"ix_leads_{_name.key}", func.lower(_name).label("beginning"), **by_letters("beginning"))

replaced = Table(
    "replaced", metadata,  # what was known of a lead until somebody said otherwise
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("name", Text, nullable=False),  # phone, company.size, bant.budget
    Column("was", JSON, nullable=False),
    Column("became", JSON, nullable=False),
    Column("at", Moment, nullable=False),  # when that was said
    Column("source", Text, nullable=False),  # id of the event, key of the mail or the call task
    Column("email_key", Text),  # the address that was its own, by which it is known again
    Index("ix_replaced_lead_id", "lead_id"),
    Index("ix_replaced_email_key", "email_key", **when_set("email_key")),
)  # fmt: skip

companies_replaced = Table(
    "companies_replaced", metadata,  # what was known of a company until somebody said otherwise
    Column("id", Integer, primary_key=True),
    Column("company_id", Text, nullable=False),
    Column("name", Text, nullable=False),  # size, sector, parent (by its name)
    Column("was", JSON),
    Column("became", JSON),
    Column("at", Moment, nullable=False),
    Column("by", Text),  # the colleague who wrote it on its page
    Column("source", Text),  # else the id of the event, or the import
    Index("ix_companies_replaced_company_id", "company_id"),
)  # fmt: skip

deciders = Table(
    "deciders", metadata,  # the decision-making unit of a company
    Column("company_id", Text, ForeignKey("companies.id"), primary_key=True),
    Column("lead_id", Text, ForeignKey("leads.id"), primary_key=True),
    Column("part", Text, primary_key=True),  # decides, advises, uses, pays
    Column("source", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_deciders_lead_id", "lead_id"),
)  # fmt: skip

consents = Table(
    "consents", metadata,
    Column("id", Integer, primary_key=True),
    lead_id(),
    Column("channel", Text, nullable=False),  # email, telephone, open tracking, click tracking
    Column("purpose", Text, nullable=False),
    Column("words", Text, nullable=False),  # exactly as shown
    Column("words_version", Text),
    Column("source", Text, nullable=False),
    Column("proof", Text),
    Column("at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("withdrawn_at", Moment),
    Index("ix_consents_lead_id", "lead_id"),
)  # fmt: skip

suppressions = Table(
    "suppressions", metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", Text, nullable=False),  # email, telephone
    Column("address_key", Text, nullable=False),  # keyed hash of the normalised address or number
    Column("reason", Text, nullable=False),  # unsubscribed, complained, bounced, erased
    Column("at", Moment, nullable=False),
    UniqueConstraint("channel", "address_key"),
)  # fmt: skip
