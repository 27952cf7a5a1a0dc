"""Images that an older version of the software described, described again when they are met."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update

from imaging.description import ImageDescription, describe
from imaging.packing import Outdated
from imaging.structure import read_data_set
from services.portal import Portal
from storage.models import Instance


def current_descriptions(portal: Portal, rows: Iterable[Instance]) -> dict[int, ImageDescription]:
    """The description of each image instance by its id.

    What an older version wrote is made anew from the stored object, and kept.
    """
    descriptions: dict[int, ImageDescription] = {}
    renewed: dict[int, ImageDescription] = {}
    for row in rows:
        try:
            descriptions[row.id] = ImageDescription.from_bytes(row.description)
        except Outdated:
            descriptions[row.id] = renewed[row.id] = _described(portal, row.object_sha256)
    if renewed:
        with portal.transaction() as work:
            for instance_id, description in renewed.items():
                work.db.execute(
                    update(Instance)
                    .where(Instance.id == instance_id)
                    .values(description=description.to_bytes())
                )
    return descriptions


def _described(portal: Portal, sha256: str) -> ImageDescription:
    with portal.objects.open(sha256) as file:
        dataset = read_data_set(file)
        file.seek(0)
        return describe(dataset, file)
