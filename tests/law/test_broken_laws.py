"""Each law broken on purpose, one at a time: the histories find every one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import true
from sqlalchemy.orm import Session

from services import access as decision
from services import bases, grant_chain, release, token_end
from services.access import Basis
from services.downloads import permit
from services.exam import notes
from services.glass import break_glass
from services.grant_chain import Standing
from services.persons import patient_links, patients, staff_roles
from services.publisher import Publisher
from services.shares import share_end, sharing
from storage.models import Grant, Study
from tests.law.doors import Difference
from tests.law.history import drive, random_history
from tests.law.world import Stage

HISTORIES, LENGTH = 20, 30
Break = Callable[[pytest.MonkeyPatch], None]
real_standing, real_bases, real_source = grant_chain.standing, decision.bases, sharing.best_source
real_merge = patients.merge


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    opened = Stage(tmp_path_factory.mktemp("broken") / "data")
    yield opened
    opened.close()


def as_written(db: Session, grants: Sequence[Grant], now: datetime) -> dict[int, Standing]:
    """Without a look at what the grants were made from."""
    return {
        g.id: Standing(g.may_share, g.may_download, g.hide_details, g.ends_at)
        for g in grants
        if g.ended_at is None and now < g.ends_at
    }


def a_portfolio_reaches_other_patients(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decision, "_reach", lambda *_: Study.id > 0)
    patch.setattr(Basis, "covers", lambda self, _, study: self.study_id in (None, study))


def shares_last_a_second_too_long(patch: pytest.MonkeyPatch) -> None:
    def late(db: Session, account: int, now: datetime) -> tuple[Basis, ...]:
        return real_bases(db, account, now - timedelta(seconds=1))

    patch.setattr(decision, "bases", late)


def an_onward_share_lasts_longer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)
    patch.setattr(sharing, "best_source", lambda *a: replace(real_source(*a), until=None))


def an_onward_share_may_download(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)
    patch.setattr(sharing, "best_source", lambda *a: replace(real_source(*a), may_download=True))


def hidden_details_appear_down_the_chain(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)
    patch.setattr(sharing, "best_source", lambda *a: replace(real_source(*a), hidden=False))


def who_may_only_look_shares_on(patch: pytest.MonkeyPatch) -> None:
    def sharing_all(db: Session, account: int, now: datetime) -> tuple[Basis, ...]:
        return tuple(replace(basis, may_share=True) for basis in real_bases(db, account, now))

    patch.setattr(decision, "bases", sharing_all)


def ending_a_share_leaves_those_below(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)
    patch.setattr(share_end, "branch", lambda *given: [given[1]])


def narrowing_does_not_reach_those_below(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sharing, "narrow_onward", lambda *_: None)


def nothing_rests_on_what_is_above(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)


def a_closed_account_goes_on(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bases, "_WHO", bases._HELD)


def nobody_is_told_of_changes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Publisher, "publish", lambda *_: None)


def a_door_trusts_what_was_decided_before(patch: pytest.MonkeyPatch) -> None:
    real = notes.listed

    def trusting(portal: Any, access: Any) -> Any:
        with pytest.MonkeyPatch.context() as within:
            within.setattr(decision, "renewed", lambda *given: given[1])
            return real(portal, access)

    patch.setattr(notes, "listed", trusting)


def who_may_not_download_does(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(permit, "check", lambda *_: None)


def the_glass_does_not_close(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(break_glass, "close", lambda *_: None)


def a_revoked_token_opens_doors(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(token_end, "revoke", lambda *_: None)


def anybody_unlinks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(staff_roles, "check", lambda *_: None)


def closed_accounts_keep_their_tokens(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(token_end, "revoke_all", lambda *_: None)


def withheld_exams_are_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decision, "is_released", lambda *_: True)
    patch.setattr(decision, "study_released", lambda _: true())


def withheld_reports_are_shown(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(release, "report_released", lambda _: true())


def the_end_of_a_link_leaves_shares(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grant_chain, "standing", as_written)
    patch.setattr(patient_links, "roots", lambda *_: [])


def anybody_narrows_a_share(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sharing, "may_end", lambda *_: True)


def merging_leaves_shares_behind(patch: pytest.MonkeyPatch) -> None:
    def forgetting(portal: Any, by: int, record: int, into: int) -> Any:
        with portal.reading() as db:
            mine = [g.id for g in db.query(Grant).filter(Grant.patient_id == record)]
        merged = real_merge(portal, by, record, into)
        with portal.transaction() as tx:
            for number in mine:
                tx.db.get_one(Grant, number).patient_id = record
        return merged

    patch.setattr(patients, "merge", forgetting)


def a_merge_leaves_a_wider_share_beside_a_narrower(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sharing, "fold", lambda *_: None)


# with the deeds that bring it to light
BROKEN: list[tuple[Break, str]] = [
    (a_portfolio_reaches_other_patients, "share"),
    (shares_last_a_second_too_long, "share to_the_brink"),
    (an_onward_share_lasts_longer, "share"),
    (an_onward_share_may_download, "share"),
    (hidden_details_appear_down_the_chain, "share"),
    (who_may_only_look_shares_on, "share"),
    (ending_a_share_leaves_those_below, "share end"),
    (narrowing_does_not_reach_those_below, "share change"),
    (nothing_rests_on_what_is_above, "share disable disable disable disable"),
    (a_closed_account_goes_on, "disable"),
    (nobody_is_told_of_changes, "share end"),
    (a_door_trusts_what_was_decided_before, "share end end end"),
    (who_may_not_download_does, "share"),
    (the_glass_does_not_close, "break_the_glass close_the_glass"),
    (a_revoked_token_opens_doors, "revoke_token"),
    (anybody_unlinks, "unlink link"),
    (closed_accounts_keep_their_tokens, "disable reopen"),
    (withheld_exams_are_shown, "keep_back"),
    (withheld_reports_are_shown, "keep_back"),
    (the_end_of_a_link_leaves_shares, "share unlink unlink"),
    (anybody_narrows_a_share, "share adjust"),
    (merging_leaves_shares_behind, "share merge another_patient"),
    (a_merge_leaves_a_wider_share_beside_a_narrower, "twice_the_same change change"),
]


@contextmanager
def broken(law: Break) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        law(patch)
        yield


@pytest.mark.parametrize(("law", "deeds"), BROKEN, ids=lambda v: getattr(v, "__name__", ""))
def test_a_broken_law_is_found(stage: Stage, law: Break, deeds: str) -> None:
    with broken(law), pytest.raises(Difference):
        for seed in range(HISTORIES):
            drive(stage, random_history(seed, LENGTH, deeds.split()))
