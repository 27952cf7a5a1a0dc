"""What each address may give to whom: written down by hand, compared with what the portal gives.

A route without a row fails a test. Nothing of this is taken from the code that decides.
"""

from __future__ import annotations

from dataclasses import dataclass

# everybody who comes to the door; how they come to be is in `people.py`
NOBODY, SIGNED_OUT, DISABLED = "nobody", "signed out", "disabled"
STRANGER, NEIGHBOUR, GUEST, HIDDEN = "stranger", "neighbour", "guest", "hidden"
GLASS, ADMINISTRATOR = "breakglass", "administrator"
CLINICIAN, AUDITOR = "clinician", "auditor"
OUTSIDE = (NOBODY, SIGNED_OUT, DISABLED)
STAFF = (ADMINISTRATOR, CLINICIAN, AUDITOR)
INSIDE = (STRANGER, NEIGHBOUR, GUEST, HIDDEN, GLASS, *STAFF)
EVERYBODY = (*OUTSIDE, *INSIDE)

# who may be told the traced patient's details at an address made for them
READERS = frozenset({GUEST, ADMINISTRATOR, CLINICIAN})
NO_ONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Row:
    """An address: what those outside are answered, and who may read of the patient there.

    `outside` and `inside` are the statuses that may be answered to people who are not, or are,
    signed in; `told` are those to whom the patient's details may be told.
    """

    outside: frozenset[int]
    inside: frozenset[int]
    told: frozenset[str] = NO_ONE


def _row(outside: str, inside: str, told: frozenset[str] = NO_ONE) -> Row:
    return Row(
        frozenset(map(int, outside.split())), frozenset(map(int, inside.split())), frozenset(told)
    )


OPEN = _row("200", "200")
POSTED = _row("404", "404")  # answers to no GET
FILES = _row("404 403 307 405 200", "404 403 307 405 200")  # the browser's own, the same for all
PAGE = _row("303", "200 303")
TAKEN = _row("303", "200 403 404", READERS)  # a file of an exam
WEB = _row("401", "200 204 400 404 406", READERS)
ADDED = _row("401", "200 204 400 403 404 405 406 415", READERS)  # takes objects in as well


def _desk(*told: str) -> Row:
    """A page of the desk: those whose role has its task are told of patients."""
    return Row(frozenset({303}), frozenset({200, 303, 403, 404}), frozenset(told))


_EXAM = "/dicomweb/studies/{study}"
_SERIES = f"{_EXAM}/series/{{series}}"
_IMAGE = f"{_SERIES}/instances/{{instance}}"
ROUTES: dict[str, Row] = {
    "/": PAGE,
    "/login": OPEN,
    "/forgot": OPEN,
    "/setup": OPEN,
    "/support": OPEN,
    "/support/leaflet": OPEN,
    "/demo/inbox": OPEN,  # of the demonstration only, whose people are invented
    "/apply": OPEN,
    "/apply/answer": OPEN,
    "/apply/form.pdf": OPEN,
    "/health/live": OPEN,
    "/health/ready": OPEN,
    "/metrics": _row("401 404", "401 404"),  # takes a token of its own
    "/session": POSTED,
    "/session/again": POSTED,
    "/language": POSTED,
    "/account": PAGE,
    "/password": PAGE,
    "/break-glass/renew": PAGE,
    "/studies": Row(PAGE.outside, PAGE.inside, READERS),
    "/sharing": PAGE,
    "/looks": PAGE,
    "/looks/who-has-looked.pdf": _row("303", "200 404"),
    "/break-glass": PAGE,
    "/study/{address}": Row(PAGE.outside, PAGE.inside | {404}, READERS),
    "/study/{address}/dicom.zip": TAKEN,
    "/study/{address}/pictures.zip": TAKEN,
    "/study/{address}/print.pdf": TAKEN,
    "/study/{address}/report": TAKEN,
    "/staff": _desk(),
    "/staff/accounts": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/accounts/{address}": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/new-account": _desk(ADMINISTRATOR),
    "/staff/patients": _desk(ADMINISTRATOR, CLINICIAN),
    "/staff/patients/{address}": _desk(ADMINISTRATOR, CLINICIAN),
    "/staff/exams": _desk(ADMINISTRATOR, CLINICIAN),
    "/staff/exams/{address}": _desk(ADMINISTRATOR, CLINICIAN),
    "/staff/quarantine": _desk(ADMINISTRATOR, CLINICIAN),
    "/staff/quarantine/{address}/file": _desk(ADMINISTRATOR),
    "/staff/applications": _desk(),
    "/staff/applications/{number}": _desk(),
    "/staff/break-glass": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/break-glass/{number}": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/messages": _desk(ADMINISTRATOR),
    "/staff/audit": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/audit/export.{form}": _desk(ADMINISTRATOR, AUDITOR),
    "/staff/system": _desk(),
    "/dicomweb/studies": ADDED,
    "/dicomweb/series": WEB,
    "/dicomweb/instances": WEB,
    _EXAM: ADDED,
    f"{_EXAM}/series": WEB,
    f"{_EXAM}/instances": WEB,
    f"{_EXAM}/metadata": WEB,
    f"{_EXAM}/rendered": WEB,
    f"{_EXAM}/thumbnail": WEB,
    _SERIES: WEB,
    f"{_SERIES}/instances": WEB,
    f"{_SERIES}/metadata": WEB,
    f"{_SERIES}/rendered": WEB,
    f"{_SERIES}/thumbnail": WEB,
    _IMAGE: WEB,
    f"{_IMAGE}/metadata": WEB,
    f"{_IMAGE}/rendered": WEB,
    f"{_IMAGE}/thumbnail": WEB,
    f"{_IMAGE}/bulkdata/{{tag}}": WEB,
    f"{_IMAGE}/frames/{{frames}}": WEB,
    f"{_IMAGE}/frames/{{frames}}/rendered": WEB,
    f"{_IMAGE}/frames/{{frames}}/thumbnail": WEB,
    "/_nicegui/components/{key:path}": FILES,
    "/_nicegui/dynamic_resources/{name}": FILES,
    "/_nicegui/esm/{key}/{path:path}": FILES,
    "/_nicegui/libraries/{key:path}": FILES,
    "/_nicegui/resources/{key}/{path:path}": FILES,
    "/_nicegui/static": FILES,
    "/_nicegui_ws": FILES,
}
# pictures are answered before any table of routes (`ui/routes/picture_address.py`)
BESIDE_THE_TABLE = frozenset(
    path for path in ROUTES if path.startswith("/dicomweb/") and path.endswith(("ed", "nail"))
)
# who also tries other methods and bodies: somebody outside, somebody inside, somebody mighty
TRY_METHODS = (NOBODY, GUEST, ADMINISTRATOR)
DEMONSTRATION = frozenset({"/demo/inbox"})
