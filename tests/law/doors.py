"""Every way in to an exam's content, as a function that is refused or lets through."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import func, select

from services import access as decision
from services.access import Access
from services.downloads.wanted import DicomFiles, Print, Reports
from services.errors import NotFound, PortalError
from services.exam import exam_list, exams, notes, reports
from services.exam.exams import Slice
from services.hiding.disguise import told_uids
from services.programs.callers import Caller, Way
from services.programs.dicomweb import metadata, originals
from services.programs.dicomweb.attributes import Level
from services.programs.dicomweb.question import Question
from services.programs.dicomweb.search import search
from services.programs.program_access import Purpose
from services.shares import manage_sharing
from services.viewer import measurements
from services.viewer.annotation import Kind, Shape
from services.viewer.view_state import ViewState
from storage.models import Study
from tests.law.model import FOREVER, Right
from tests.law.world import NAME, World

Door = Callable[[World, int, Access], None]


class Difference(AssertionError):
    """The portal does not do what the law says."""


def _named(text: str, access: Access) -> None:
    if (NAME in text) == access.hidden:
        raise Difference(f"hidden is {access.hidden}, and there stands {text!r}")


def _page(world: World, person: int, access: Access) -> None:
    exam = exams.open_exam(world.portal, access)
    _named(exam.title, exam.access)
    law = world.law
    patient = law.exams[access.study_id]
    rights = {e: law.right(person, e) for e, whose in law.exams.items() if whose == patient}
    # one that names the patient would tell whose the hidden one is
    seen = {e for e, right in rights.items() if right and right.hidden == exam.access.hidden}
    if {prior.study_id for prior in exam.priors} != seen - {access.study_id}:
        raise Difference(f"priors {exam.priors}, the law says {seen}")
    read = {e for e in seen if law.reads(person, e)}
    if {prior.study_id for prior in exam.history if prior.reported} != read:
        raise Difference(f"history {exam.history}, reports are to be read of {read}")


def _frame(world: World, person: int, access: Access) -> None:
    series = world.series[access.study_id]
    state = ViewState.start(world.viewer.stack(access, series))
    world.viewer.moving(access, series, state)


def _thumbnail(world: World, person: int, access: Access) -> None:
    world.viewer.thumbnail(access, world.series[access.study_id])


def _report(world: World, person: int, access: Access) -> None:
    entries = reports.listed(world.portal, access)
    if not entries:
        raise NotFound("")
    (entry,) = entries
    view = reports.read(world.portal, access, entry.report_id)
    _named(str(view.document), decision.renewed(world.portal, access))


def _note(world: World, person: int, access: Access) -> None:
    (_,) = notes.listed(world.portal, access)


def _measurement(world: World, person: int, access: Access) -> None:
    where = world.series[access.study_id].slices[0]
    shape = Shape(Kind.LENGTH, Slice(where.instance_id, 0), ((1.0, 1.0), (4.0, 5.0)))
    world.measuring.read(access, shape)
    measurements.listed(world.portal, access)


def _download(world: World, person: int, access: Access) -> None:
    download = world.downloads.begin(world.who[person], access, DicomFiles())
    try:
        next(download.pieces)
    finally:
        download.pieces.close()


def _report_taken(world: World, person: int, access: Access) -> None:
    world.downloads.begin(world.who[person], access, Reports()).pieces.close()


def _print(world: World, person: int, access: Access) -> None:
    world.downloads.begin(world.who[person], access, Print(1)).pieces.close()


def _told(world: World, access: Access) -> str:
    """What the exam is called before this person; what it was called, once it is gone."""
    with suppress(PortalError):
        access = decision.renewed(world.portal, access)
    return told_uids(world.portal, access)(world.uids[access.study_id])


def _not_by_another_name(world: World, caller: Caller, access: Access, told: str) -> None:
    own = world.uids[access.study_id]
    if told != own:
        with suppress(NotFound):
            world.programs.decided(caller, own, Purpose.LOOK)
            raise Difference("a hidden exam answers to its own name")


def _rendered(way: Way) -> Door:
    def door(world: World, person: int, access: Access) -> None:
        caller = world.caller(person, way)
        if caller is None:
            raise NotFound("")
        uid = _told(world, access)
        _not_by_another_name(world, caller, access, uid)
        found = world.programs.remembered(caller, uid, Purpose.LOOK)
        found = found or world.programs.decided(caller, uid, Purpose.LOOK)
        world.looks.begin(caller, found, Purpose.LOOK)

    return door


def _originals(way: Way) -> Door:
    def door(world: World, person: int, access: Access) -> None:
        caller = world.caller(person, way)
        if caller is None:
            raise NotFound("")
        found = world.programs.decided(caller, _told(world, access), Purpose.TAKE)
        next(metadata.metadata(world.portal, world.images, found, "here"))
        (instance,) = originals.taking(world.portal, caller, found)
        next(originals.pieces(world.portal, world.images, found, instance))

    return door


Rule = Callable[[World, int, int, Right], bool]


def _look(world: World, person: int, exam: int, right: Right) -> bool:
    return True


def _read(world: World, person: int, exam: int, right: Right) -> bool:
    return world.law.reads(person, exam)


def _take(world: World, person: int, exam: int, right: Right) -> bool:
    return right.download and world.law.kinds[person] != "breakglass"


def _read_and_take(world: World, person: int, exam: int, right: Right) -> bool:
    return _take(world, person, exam, right) and world.law.reads(person, exam)


def _program(way: Way, *, taking: bool) -> Rule:
    def rule(world: World, person: int, exam: int, right: Right) -> bool:
        needed = right.download if taking or way is Way.TOKEN else True
        return world.speaks(person, way) and needed

    return rule


DOORS: dict[str, tuple[Door, Rule]] = {
    "page": (_page, _look),
    "frame": (_frame, _look),
    "thumbnail": (_thumbnail, _look),
    "report": (_report, _read),
    "note": (_note, _look),
    "measurement": (_measurement, _look),
    "download": (_download, _take),
    "report as a file": (_report_taken, _read_and_take),
    "print": (_print, _take),
    "DICOMweb picture": (_rendered(Way.SESSION), _program(Way.SESSION, taking=False)),
    "DICOMweb object": (_originals(Way.SESSION), _program(Way.SESSION, taking=True)),
    "token's picture": (_rendered(Way.TOKEN), _program(Way.TOKEN, taking=False)),
    "token's object": (_originals(Way.TOKEN), _program(Way.TOKEN, taking=True)),
}


def try_door(world: World, name: str, person: int, exam: int, right: Right | None) -> None:
    """Go through one door with the access the person last had; Difference if the law says no."""
    door, rule = DOORS[name]
    if "token" in name and person not in world.tokens:
        return
    access = world.held.get((person, exam))
    try:
        if access is None:
            access = decision.decide(world.portal, person, exam)
            world.held[person, exam] = access
        door(world, person, access)
        opened = True
    except PortalError:
        opened = False
    lawful = right is not None and rule(world, person, exam, right)
    if opened != lawful:
        raise Difference(f"{name}: {opened}, the law says {lawful}: {right}")


def compare_list(world: World, person: int) -> dict[int, Access]:
    """The list, with the rights to each exam; the accesses it gives."""
    law = world.law
    rights = {exam: right for exam in law.exams if (right := law.right(person, exam))}
    found, given = {}, {}
    for study, access in decision.visible(world.portal, person):
        given[study.id] = access
        found[study.id] = Right(
            access.may_share, access.may_download, access.hidden, access.until or FOREVER
        )
    if found != rights:
        raise Difference(f"list {found}, the law says {rights}")
    return given


def compare_shares(world: World, person: int) -> None:
    """The table of "Manage existing sharing"."""
    shares = {share.grant_id: share for share in manage_sharing.shares(world.portal, person)}
    if shares.keys() != world.law.listed(person):
        raise Difference(f"shares {shares.keys()}, the law says {world.law.listed(person)}")
    for share in world.law.shares:
        if (row := shares.get(share.number)) and (right := world.law.worth(share)):
            shown = Right(row.may_share, row.may_download, row.hidden, row.expires_at)
            if shown != right:
                raise Difference(f"table {shown}, the law says {right}")


def compare_searches(world: World, person: int) -> None:
    """What is listed by name, searched by programs, and counted."""
    law, portal = world.law, world.portal
    rights = {exam: right for exam in law.exams if (right := law.right(person, exam))}
    listed = exam_list.listed(portal, person)
    for row in listed:
        if (NAME in row.patient) == rights[row.access.study_id].hidden:
            raise Difference(f"in the list stands {row.patient}")
    with portal.reading() as db:
        query = select(func.count()).select_from(Study)
        counted = db.execute(query.where(decision.seeing(portal, db, person))).scalar_one()
    if not len(listed) == counted == len(rights):
        raise Difference(f"{counted} counted, {len(listed)} listed, the law says {len(rights)}")
    for way in Way:
        if way is Way.TOKEN and person not in world.tokens:
            continue
        caller = world.caller(person, way)
        if (caller is not None) != world.speaks(person, way):
            raise Difference(f"{way} speaks: {caller}")
        if caller is not None:
            results = search(portal, caller, Question(Level.STUDY)).results
            found = {result["0020000D"]["Value"][0] for result in results}
            rule = _program(way, taking=False)
            told = {
                _told(world, row.access)
                for row in listed
                if rule(world, person, row.access.study_id, rights[row.access.study_id])
            }
            if found != told:
                raise Difference(f"{way} finds {found}, the law says {told}")
