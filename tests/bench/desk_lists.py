"""Every list of the staff desk, as its page calls it: first, sorted, filtered, searched, deep."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from services.desk import (
    account_desk,
    audit_desk,
    exam_desk,
    message_desk,
    patient_desk,
    quarantine_desk,
)
from services.finding.listing import DEEPEST, Wanted
from services.glass import application_list, glass_reviews
from services.portal import Portal

Asked = tuple[Callable[[Portal, int, Wanted], Any], tuple[Wanted, ...]]
DEEP = DEEPEST


def _chosen(**choices: str) -> Wanted:
    return Wanted(choices=tuple(sorted(choices.items())))


LISTS: dict[str, Asked] = {
    "accounts": (account_desk.listed, (
        Wanted(), Wanted(sort="name"), Wanted(sort="email", descending=True),
        Wanted(sort="created"), _chosen(kind="patient"), _chosen(status="disabled"),
        _chosen(kind="guest", status="invited"), Wanted("an"), Wanted("berka hun"),
        Wanted("practice chi"), Wanted("p"), Wanted("p777@many.example"), Wanted("nobody"),
        Wanted("practice4711"), Wanted(sort="name", number=DEEP), Wanted(number=DEEP),
    )),
    "patients": (patient_desk.listed, (
        Wanted("ka"), Wanted("linka moan"), Wanted("00004711"), Wanted("14.03.1958"),
        Wanted("a", sort="born"), Wanted("nobody"), _chosen(mark="doubt"),
        _chosen(mark="well_known"),
    )),
    "exams": (exam_desk.listed, (
        Wanted(), Wanted(sort="performed"), Wanted(sort="received", descending=True),
        _chosen(state="withheld"), _chosen(state="waiting"), _chosen(state="doubt"),
        Wanted("ka"), Wanted("linka moan"), Wanted("A4711"), Wanted("nobody"),
        Wanted("an", sort="performed"), Wanted(sort="performed", number=DEEP), Wanted(number=DEEP),
    )),
    "quarantine": (quarantine_desk.listed, (
        Wanted(), Wanted(sort="received"), Wanted(sort="size", descending=True),
        _chosen(reason="conflict"), _chosen(state="settled"), _chosen(state="all"),
        Wanted("DICOM/77"), Wanted("nobody"), Wanted("disc", sort="size"),
        Wanted("nobody", choices=(("state", "all"),)),
        Wanted(number=DEEP), Wanted(sort="size", choices=(("state", "all"),), number=DEEP),
    )),
    "messages": (message_desk.page, (
        Wanted(), Wanted(sort="posted"), Wanted(sort="recipient"), _chosen(state="failed"),
        _chosen(channel="sms"), _chosen(channel="sms", state="failed"), Wanted("p777"),
        Wanted("p"), Wanted("nobody"), Wanted("p1", choices=(("state", "failed"),)),
        Wanted("p777", sort="recipient"), Wanted(sort="recipient", number=DEEP),
        Wanted(number=DEEP),
    )),
    "break glass": (glass_reviews.listed, (
        Wanted(), Wanted(sort="opened"), Wanted(sort="name"), Wanted(sort="outcome"),
        _chosen(state="waiting"), _chosen(state="nothing"), _chosen(state="not_justified"),
        _chosen(flag="any"), _chosen(flag="out_of_hours"), Wanted("an"), Wanted("nobody"),
        Wanted("berka hun"), Wanted(number=DEEP), Wanted(sort="name", number=DEEP),
    )),
    "applications": (application_list.listed, (
        Wanted(), Wanted(sort="name"), Wanted(sort="practice"), Wanted(sort="submitted"),
        Wanted(sort="status"), _chosen(status="open"), _chosen(status="declined"), Wanted("an"),
        Wanted("nobody"), Wanted("berka hun"), Wanted("777"), Wanted(number=DEEP),
        Wanted(sort="name", number=DEEP),
    )),
    "audit": (audit_desk.page, (
        Wanted(), _chosen(kind="signing-in"), _chosen(kind="messages"), _chosen(kind="looks"),
        _chosen(period="7"), _chosen(kind="signing-in", period="365"), Wanted("p777@many.example"),
        Wanted("berka hun"), Wanted("00004711"), Wanted("A4711"), Wanted("nobody"),
        Wanted("an, 02/11/2025"), Wanted("02/11/2025"), Wanted(number=DEEP),
        Wanted(choices=(("kind", "looks"),), number=DEEP),
    )),
}  # fmt: skip
