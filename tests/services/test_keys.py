"""The portal's own secrets: tight files, rotation while serving, and what older keys made."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from services import audit
from services.audit import Action
from services.keys import Keys
from services.messaging import mailing
from services.opening import open_portal
from services.portal import Portal
from services.upkeep import key_rotation
from storage.models import AuditHead
from tests.factories import House
from ui import addresses


def beside(house: House) -> Portal:
    """Another process of the same portal."""
    return open_portal(house.portal.settings, clock=house.clock)


def record(portal: Portal, count: int = 1) -> None:
    for _ in range(count):
        with portal.transaction() as tx:
            tx.record(Action.SIGN_IN, account_id=1)


def flaw(portal: Portal) -> str:
    with portal.reading() as db:
        return audit.verify(db, portal.keys.periods("audit")).flaw


def test_keys_are_made_in_a_file_and_a_folder_only_their_owner_may_read(house: House) -> None:
    folder = house.portal.settings.data_dir
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    key_rotation.rotate(house.portal)
    assert (folder / "key").stat().st_mode & 0o777 == 0o600
    assert [f.name for f in folder.iterdir() if f.name.startswith("key")] == ["key"]


def test_two_portals_and_two_purposes_never_have_the_same_key(house: House, tmp_path: Path) -> None:
    other = Keys.load_or_make(tmp_path / "other")
    assert house.portal.keys.key("audit") != other.key("audit")
    assert other.key("audit") != other.key("message id")


def test_a_rotated_key_is_another_and_the_old_one_is_kept(house: House) -> None:
    before = house.portal.keys.key("x")
    assert key_rotation.rotate(house.portal) == 2
    assert house.portal.keys.key("x") != before
    assert house.portal.keys.every("x") == [house.portal.keys.key("x"), before]
    assert Keys.load_or_make(house.portal.settings.data_dir / "key").every("x") == (
        house.portal.keys.every("x")
    )


def test_a_portal_that_serves_meanwhile_goes_on_with_the_new_key(house: House) -> None:
    command = beside(house)
    record(house.portal, 3)
    key_rotation.rotate(command)
    record(house.portal, 3)
    key_rotation.rotate(command)
    record(command)
    record(house.portal)
    assert flaw(house.portal) == flaw(command) == ""
    assert house.portal.keys.key("x") == command.keys.key("x")
    command.database.close()


def test_whoever_has_only_the_old_key_cannot_cut_off_what_came_after(house: House) -> None:
    record(house.portal, 3)
    old = house.portal.keys.key("audit")
    key_rotation.rotate(house.portal)
    record(house.portal, 3)
    with house.portal.database.write() as db:
        db.connection().exec_driver_sql("DELETE FROM audit_events WHERE seq > 3")
        head = db.get_one(AuditHead, 1)
        last = list(audit.events(db))[-1]
        head.seq, head.digest = last.seq, last.digest
        head.seal = audit.keyed(old, "head", head.seq, head.digest)
    assert flaw(house.portal) == "the head of the chain was changed"


def test_whoever_has_only_the_old_key_cannot_add_an_event(house: House) -> None:
    record(house.portal, 2)
    old = house.portal.keys.key("audit")
    key_rotation.rotate(house.portal)
    with house.portal.database.write() as db:
        entry = audit.Entry(house.clock(), Action.SIGN_IN, 1, None, None, {})
        audit.append(db, lambda: old, entry)
    assert flaw(house.portal) == "event 4 was changed, or one before it removed"


def test_a_crash_between_key_and_event_is_healed_by_the_next_event(house: House) -> None:
    record(house.portal, 2)
    house.portal.keys.add(since=3)  # and then the machine went down
    record(house.portal, 2)
    assert flaw(house.portal) == ""


def test_addresses_and_message_ids_of_an_older_key_are_still_known(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    address = addresses.study_address(house.portal, house.access(owner, study))
    mark = mailing.message_marks(house.portal, 7)[0]
    key_rotation.rotate(house.portal)
    opaque = address.removeprefix("/study/")
    assert addresses.exam_at(house.portal, owner, opaque).study_id == study
    assert addresses.study_address(house.portal, house.access(owner, study)) != address
    assert mark in mailing.message_marks(house.portal, 7)


@pytest.mark.parametrize("content", ["", "no key at all", "abcd", "zz" * 32, "ab" * 32 + " two"])
def test_a_file_that_is_no_key_file_is_refused_without_telling_what_it_holds(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "key").write_text(content)
    with pytest.raises(ValueError, match="is no key file") as refused:
        Keys.load_or_make(tmp_path / "key").key("x")
    assert not content or content not in str(refused.value)


def test_a_key_is_in_no_log_and_in_no_event(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    key_rotation.rotate(house.portal)
    text = caplog.text + "".join(capsys.readouterr())
    [event] = house.recorded("portal.keys_rotated")
    for root in house.portal.keys.roots:
        assert root.secret.hex() not in text + str(event.detail) + repr(os.environ)
    assert event.detail == {"keys": 2}
