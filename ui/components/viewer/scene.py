"""A scene: what is to be seen in a viewport, and under which access."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from services import access as decision
from services.access import Access
from services.exam.exams import SeriesEntry
from services.viewer.view_state import ViewState
from ui.gate import Visit


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be seen, and under which access."""

    access: Access
    series: SeriesEntry
    state: ViewState


async def may_be_shown(visit: Visit, scene: Scene) -> bool:
    """Whether what was drawn may be sent: making it took a while. Raises as `renewed` does."""
    portal, access = visit.portal, scene.access
    if decision.stands(portal, access):
        return True
    return (await asyncio.to_thread(decision.renewed, portal, access)).hidden == access.hidden
