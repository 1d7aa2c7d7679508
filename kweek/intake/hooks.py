"""Which programs hear of this event? Those whose webhook names it; what they will read is written down with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from kweek.flow.catalogue import Hook
from kweek.flow.state import Value
from kweek.leads import deliveries
from kweek.leads.enrolments import lead_row
from kweek.leads.facts import RowFacts, Rules
from kweek.outgoing.body import body


@dataclass(frozen=True, slots=True)
class Hooks:
    """by_kind: event → the webhooks that hear it, by name. rules: what the fields that they send depend on."""

    by_kind: Mapping[str, Mapping[str, Hook]] = field(default_factory=dict[str, Mapping[str, Hook]])
    rules: Rules = field(default_factory=Rules)

    def tell(
        self,
        tx: Connection,
        lead_id: str,
        message: str,
        kind: str,
        at: datetime,
        now: datetime,
        *,
        ref: str | None = None,
        data: Mapping[str, Value] | None = None,
    ) -> None:
        """As the (locked) lead is known at this moment. message: by which the receiver knows it again. at, now: flow
        time. ref: key of the mail, task or handover that it is about."""
        heard = self.by_kind.get(kind)
        if not heard:
            return
        lead, where = lead_row(tx, lead_id), {} if ref is None else {"ref": ref}
        facts = RowFacts(tx, lead, now, data or {}, self.rules, {})
        for name, hook in heard.items():
            said = body(kind, at, where, lead, hook, facts)
            deliveries.write(tx, name, message, lead_id, kind, said, datetime.now(UTC))


def hooks_of(webhooks: Mapping[str, Hook], rules: Rules) -> Hooks:
    """Of rules/workspace.yaml."""
    by_kind: defaultdict[str, dict[str, Hook]] = defaultdict(dict)
    for name, hook in webhooks.items():
        for event in hook.hears:
            by_kind[event.value][name] = hook
    return Hooks(dict(by_kind), rules)
