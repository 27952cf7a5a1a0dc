"""Who may take an exam away, and how soon a download that runs stops."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import select, update

from services import access as decision
from services.downloads import dicom_files
from services.downloads.counter import Downloads
from services.downloads.turns import Turns
from services.downloads.wanted import DicomFiles, Pictures, Print, Reports, Wanted
from services.errors import Expired, NotAllowed, NotFound, TooMany
from services.exam import reports
from services.glass import break_glass
from services.glass.break_glass import Wish
from services.persons import accounts, patient_links
from services.pictures.frames import Images
from services.shares import sharing
from services.signing_in import sessions
from storage.models import BrokenGlass, Grant, Patient, SignInSession, Study
from tests.dicom import ct_slice, take_in
from tests.factories import QUICK_HASH, House
from tests.services.traced import STUDY, Taken, traced, traced_slice

WANTED: tuple[Wanted, ...] = (DicomFiles(), Pictures(), Reports(), Print())
each_kind = pytest.mark.parametrize("wanted", WANTED, ids=lambda w: type(w).__name__)


@pytest.fixture
def taken(house: House) -> Taken:
    return traced(house)


def refused(taken: Taken, account: int, why: str) -> None:
    for wanted in WANTED:
        with pytest.raises(NotAllowed, match=why):
            taken.begin(account, wanted)
    assert taken.house.recorded("exam.downloaded", "exam.printed") == []
    offer = taken.downloads.offer(
        taken.house.signed_in(account), taken.house.access(account, taken.study)
    )
    assert (offer.images, offer.megabytes) == (0, 0)
    assert offer.refusal


def test_a_stranger_has_nothing_to_take(taken: Taken) -> None:
    with pytest.raises(NotFound):
        taken.begin(taken.house.account(), DicomFiles())


def test_a_guest_without_the_right_is_told_why(taken: Taken) -> None:
    refused(taken, taken.guest(may_download=False), "did not allow downloading")


def test_a_guest_with_the_right_may(taken: Taken) -> None:
    assert taken.take(taken.guest(), DicomFiles())[:2] == b"PK"


def test_staff_who_read_may(taken: Taken) -> None:
    staff = taken.house.account(kind="staff", role="clinician")
    assert taken.take(staff, DicomFiles())[:2] == b"PK"


def test_an_auditor_may_not(taken: Taken) -> None:
    with pytest.raises(NotFound):
        taken.begin(taken.house.account(kind="staff", role="auditor"), DicomFiles())


def test_a_break_glass_account_may_not_whatever_it_holds(taken: Taken) -> None:
    account = taken.house.account(kind="breakglass", password_hash=QUICK_HASH)
    taken.house.link(account, taken.house.access(taken.owner, taken.study).patient_id)
    refused(taken, account, "break-glass")


def test_a_broken_glass_opens_no_download(taken: Taken) -> None:
    portal = taken.house.portal
    account = taken.house.account(kind="breakglass", password_hash=QUICK_HASH)
    who = taken.house.signed_in(account)
    taken.house.step_up(who)
    break_glass.break_(portal, who, Wish("Unconscious after a fall", accepted=True))
    with portal.reading() as db:
        patient = db.execute(select(Patient)).scalar_one()
    with portal.transaction() as tx:
        tx.db.execute(update(BrokenGlass).values(patient_id=patient.id))
    access = taken.house.access(account, taken.study)
    assert access.why is decision.Why.BROKEN_GLASS
    with pytest.raises(NotAllowed, match="break-glass"):
        taken.downloads.begin(who, access, DicomFiles())


def test_after_the_time_is_over_nothing_begins(taken: Taken) -> None:
    guest = taken.guest(days=1)
    access = taken.house.access(guest, taken.study)
    taken.house.clock.move(days=2)
    with pytest.raises(Expired, match="over"):
        taken.downloads.begin(taken.house.signed_in(guest), access, DicomFiles())


def _revoke(taken: Taken, guest: int) -> None:
    access = taken.house.access(guest, taken.study)
    sharing.end(taken.house.portal, taken.owner, access.bases[0].number)


def _run_out(taken: Taken, guest: int) -> None:
    taken.house.clock.move(days=40)


def _sign_out(taken: Taken, guest: int) -> None:
    with taken.house.portal.reading() as db:
        query = select(SignInSession.id).where(SignInSession.account_id == guest)
        session = db.execute(query).scalar_one()
    sessions.sign_out(taken.house.portal, session)


def _lose_the_right(taken: Taken, guest: int) -> None:
    taken.house.share(taken.owner, taken.study, taken.house.email_of(guest), may_download=False)


def _hide(taken: Taken, guest: int) -> None:
    taken.house.share(taken.owner, taken.study, taken.house.email_of(guest), hide_details=True)


def _end_elsewhere(taken: Taken, guest: int) -> None:
    """Another process ends the grant: its publisher is not heard here."""
    with taken.house.portal.database.write() as db:
        db.execute(
            update(Grant).where(Grant.grantee_id == guest).values(ended_at=taken.house.clock())
        )
    taken.house.clock.move(seconds=1)


def _shorten(taken: Taken, guest: int) -> None:
    taken.house.share(taken.owner, taken.study, taken.house.email_of(guest), days=1)
    taken.house.clock.move(days=1)


def _close_account(taken: Taken, guest: int) -> None:
    accounts.disable(taken.house.portal, taken.house.email_of(guest))


def _end_the_givers_link(taken: Taken, guest: int) -> None:
    with taken.house.portal.transaction() as tx:
        patient = taken.house.access(guest, taken.study).patient_id
        link = patient_links.find(tx.db, taken.owner, patient)
        assert link is not None
        patient_links.unlink(taken.house.portal, tx, link, None)


ENDS = (
    _revoke, _shorten, _run_out, _sign_out, _lose_the_right, _hide, _close_account,
    _end_the_givers_link, _end_elsewhere,
)  # fmt: skip


@each_kind
@pytest.mark.parametrize("ends", ENDS, ids=lambda f: f.__name__)
def test_a_running_download_stops_at_the_next_piece(
    house: House, wanted: Wanted, ends: Callable[[Taken, int], None]
) -> None:
    taken = traced(house, *(traced_slice(n) for n in range(4, 10)))
    reports.add_text(
        house.portal, STUDY, title="CT", text="No change.", author="", dated=house.clock()
    )
    guest = taken.guest()
    download = taken.begin(guest, wanted)
    if not isinstance(wanted, Reports):
        next(download.pieces)
    ends(taken, guest)
    with pytest.raises((Expired, NotAllowed)):
        next(download.pieces)
    download.pieces.close()
    assert taken.downloads.turns.running == 0


def test_a_download_keeps_its_session_from_idling(taken: Taken) -> None:
    download = taken.begin(taken.owner, Print())
    for _ in range(3):
        taken.house.clock.move(minutes=20)
        next(download.pieces)
    download.pieces.close()


def test_only_so_many_run_at_once_and_ended_ones_make_room(taken: Taken) -> None:
    house = taken.house
    downloads = Downloads(house.portal, Images(house.portal), Turns(at_once=3, each=2))
    who = [house.signed_in(a) for a in (taken.owner, taken.guest(), taken.guest("b@x.example"))]

    def begin(person: int):  # type: ignore[no-untyped-def]
        access = house.access(who[person].account_id, taken.study)
        return downloads.begin(who[person], access, DicomFiles())

    first = begin(0)
    kept = [begin(0)]
    with pytest.raises(TooMany, match="of yours"):
        begin(0)
    kept.append(begin(1))
    with pytest.raises(TooMany, match="at the moment"):
        begin(2)
    first.pieces.close()
    first.pieces.close()
    kept.append(begin(2))
    assert len(house.recorded("exam.downloaded")) == len(kept) + 1 == 4
    kept.pop()  # given up without being closed
    assert downloads.turns.running == 2


@pytest.mark.parametrize("hidden", [False, True], ids=["whole", "hidden"])
def test_a_gigabyte_streams_in_little_memory(
    house: House, monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    """Objects of 33 MB, sent 32 times over: what is on disk is the same, what is sent is not."""
    size = 4096
    tile = np.random.default_rng(1).integers(0, 4096, (128, 128), np.uint16)
    large = ct_slice(study=STUDY, number=1, size=16)
    large.Rows = large.Columns = size
    large.PixelData = np.tile(tile, (32, 32)).tobytes()
    take_in(house.portal, [large])
    with house.portal.reading() as db:
        patient = db.execute(select(Patient.id)).scalar_one()
    owner = house.account(kind="patient")
    house.link(owner, patient)
    with house.portal.reading() as db:
        study = db.execute(select(Study.id)).scalar_one()
    taken = Taken(house, owner, study)
    found = dicom_files._instances
    monkeypatch.setattr(dicom_files, "_instances", lambda p, a: found(p, a) * 32)
    account = taken.guest(hide_details=True) if hidden else owner
    download = taken.begin(account, DicomFiles())
    next(download.pieces)
    tracemalloc.start()
    sent = sum(map(len, download.pieces))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    download.pieces.close()
    assert sent > 20_000_000  # of 1.07 GB, deflated: the image repeats itself
    # a frame where it has to be decoded, with a copy or two; else a piece at a time
    assert peak < (150_000_000 if hidden else 8_000_000)
