"""What may stand in the front matter of a mail?

Its keys are the template's own (`kweek.mails.template`), which the pure core does not import: a test holds them equal.
"""

from __future__ import annotations

from kweek.flow.schema.pieces import Schema, keys, one_of, ref, words


def mail() -> Schema:
    said = {
        "subject": words("Jinja may stand in it."),
        "preview": words("What a mailbox shows behind the subject."),
        "kind": one_of(("marketing", "service"), "service: what the lead asked for. marketing, where nothing is said."),
        "purpose": words("The word of the consent record; marketing needs one."),
        "from": words("Who it is from, if not the workspace's sender."),
        "survey": ref("name", "The survey that {{ survey_url }} leads to."),
    }
    service = {"properties": {"kind": {"const": "service"}}, "required": ["kind"]}
    return {
        "title": "The front matter of a mail",
        "description": "templates/mails/<name>.<language>.md, between the lines ---.",
        **keys(said, ["subject"], anyOf=[service, {"required": ["purpose"]}]),
    }
