"""Searching (QIDO-RS, DICOM PS3.18 10.6)."""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.errors import Unshowable
from services.portal import Portal
from services.programs.callers import Caller
from services.programs.dicomweb.attributes import Level
from services.programs.dicomweb.question import question
from services.programs.dicomweb.search import search
from ui.routes.picture_address import ROOT

LEVELS = {
    "/studies": Level.STUDY,
    "/series": Level.SERIES,
    "/instances": Level.INSTANCE,
    "/studies/{study}/series": Level.SERIES,
    "/studies/{study}/instances": Level.INSTANCE,
    "/studies/{study}/series/{series}/instances": Level.INSTANCE,
}
MORE = '299 {host} "There are more results than were asked for or are sent at once."'
LITERAL = '299 {host} "Fuzzy matching is not done here: values were matched as they are."'


class Qido:
    """The routes of search; every request has a caller already."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def routes(self) -> list[Route]:
        """One for each resource of table 10.6.1-1."""
        return [Route(ROOT + path, self.search, methods=["GET"]) for path in LEVELS]

    async def search(self, request: Request) -> Response:
        """What matches, as far as the caller may see it, as DICOM JSON."""
        accepted = request.headers.get("accept", "*/*").lower()
        if not any(kind in accepted for kind in ("json", "*/*", "application/*")):
            raise Unshowable("Results are sent as application/dicom+json.")
        caller = request.scope["state"]["caller"]
        assert isinstance(caller, Caller)  # noqa: S101, the door gave it
        within = request.path_params
        asked = question(
            LEVELS[request.scope["route"].path.removeprefix(ROOT)],
            request.query_params.multi_items(),
            within.get("study", ""),
            within.get("series", ""),
        )
        found = await asyncio.to_thread(search, self._portal, caller, asked)
        answer = Response(json.dumps(found.results), media_type="application/dicom+json")
        host = request.headers.get("host", "-")
        if found.more:
            answer.headers.append("warning", MORE.format(host=host))
        if asked.fuzzy:
            answer.headers.append("warning", LITERAL.format(host=host))
        return answer
