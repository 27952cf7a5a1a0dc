"""Addresses of lists of looks: they name exams and people as this account alone knows them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from services.errors import Invalid
from services.language import N_, _
from services.portal import Portal
from services.trail.looks import Asked, Kind
from ui.addresses import sealed, unsealed

PDF = "/looks/who-has-looked.pdf"
NO_KIND = N_("There is no such kind of entry.")


def pdf_address(portal: Portal, account_id: int, asked: Asked) -> str:
    """Where this list is as a PDF."""
    numbers = {"of": ("patient", asked.whose), "exam": ("study", asked.study_id),
               "by": ("account", asked.by)}  # fmt: skip
    query = {
        name: sealed(portal, account_id, kind, number)
        for name, (kind, number) in numbers.items()
        if number is not None
    }
    if asked.not_me:
        query["others"] = "1"
    if asked.kind is not None:
        query["kind"] = str(asked.kind)
    return f"{PDF}?{urlencode(query)}" if query else PDF


def asked_for(portal: Portal, account_id: int, query: Mapping[str, str]) -> Asked:
    """The list behind an address; NotFound when it was made for somebody else."""

    def behind(name: str, kind: str) -> int | None:
        return unsealed(portal, account_id, kind, query[name]) if query.get(name) else None

    kind = query.get("kind", "")
    if kind and kind not in list(Kind):
        raise Invalid(_(NO_KIND))
    return Asked(
        whose=behind("of", "patient"),
        study_id=behind("exam", "study"),
        by=behind("by", "account"),
        not_me=query.get("others") == "1",
        kind=Kind(kind) if kind else None,
    )
