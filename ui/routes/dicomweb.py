"""Everything under the programs' door that is no picture: search, retrieval, storage."""

from __future__ import annotations

from starlette.applications import Starlette

from services.errors import PortalError
from ui.programs import Programs
from ui.routes.answers import told
from ui.routes.qido import Qido
from ui.routes.stow import Stow
from ui.routes.wado import Wado


def application(parts: Programs) -> Starlette:
    """The routes behind the door; every request has its caller already."""
    wado = Wado(parts.portal, parts.images, parts.accesses, parts.looks)
    routes = [*Qido(parts.portal).routes(), *Stow(parts.portal).routes(), *wado.routes()]
    return Starlette(routes=routes, exception_handlers={PortalError: told})
