"""The front door: what `make demo` puts into an empty folder."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import func, select

from services import access as decision
from services import audit
from services.demo import demonstration
from services.exam import exams
from services.opening import open_portal
from services.portal import Portal
from services.settings import Settings
from services.signing_in import login
from storage.models import Account, Grant, Instance, Quarantine, Report, Study


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("demo"))
    filled = open_portal(settings)
    demonstration.fill(filled, Console(file=io.StringIO()))
    return filled


def _account(portal: Portal, email: str) -> int:
    with portal.reading() as db:
        return db.execute(select(Account.id).where(Account.email == email)).scalar_one()


def test_every_object_is_taken_in(portal: Portal) -> None:
    with portal.reading() as db:
        assert db.execute(select(func.count(Quarantine.id))).scalar_one() == 0
        conflicts = select(func.count(Study.id)).where(Study.identity_conflict != "")
        assert db.execute(conflicts).scalar_one() == 0


def test_the_patient_has_a_series_worth_scrolling_and_priors_over_years(portal: Portal) -> None:
    chester = _account(portal, "chester.frenchie@demo.example")
    newest = exams.newest(portal, chester)
    assert newest is not None
    exam = exams.open_exam(portal, newest)
    assert exam.title.startswith("FRENCHIE, Chester - CT ")
    assert max(len(series.slices) for series in exam.series) >= 120
    seen = decision.visible(portal, chester)
    years = {study.performed_at.year for study, _ in seen if study.performed_at}
    assert max(years) - min(years) >= 6
    assert {"CT", "MR", "US", "OT"} <= {study.modality for study, _ in seen}


def test_there_is_a_report_for_each_exam_and_each_kind_of_report(portal: Portal) -> None:
    with portal.reading() as db:
        without = select(Study.id).where(Study.id.not_in(select(Report.study_id)))
        assert db.execute(without).first() is None
        kinds = Counter(db.execute(select(Report.kind)).scalars())
    assert set(kinds) == {"text", "sr", "pdf"}


def test_the_printed_accounts_log_in_with_the_printed_password(portal: Portal) -> None:
    for account in demonstration.ACCOUNTS:
        challenge = login.begin(
            portal, account.new.email, demonstration.PASSWORD, f"browser {account.new.email}", ""
        )
        assert challenge.destination


def test_the_referrer_holds_one_grant_of_the_newest_exam(portal: Portal) -> None:
    referrer = _account(portal, demonstration.REFERRER)
    with portal.reading() as db:
        (grant,) = db.execute(select(Grant).where(Grant.grantee_id == referrer)).scalars()
    chester = exams.newest(portal, _account(portal, "chester.frenchie@demo.example"))
    assert chester is not None
    assert grant.study_id == chester.study_id


def test_a_run_that_was_cut_short_is_continued_and_nothing_is_there_twice(portal: Portal) -> None:
    def counted() -> tuple[int, ...]:
        with portal.reading() as db:
            return tuple(
                db.execute(select(func.count(table.id))).scalar_one()
                for table in (Study, Instance, Report, Account, Grant)
            )

    before = counted()
    (Path(portal.settings.data_dir) / "filled").unlink()
    demonstration.fill(portal, Console(file=io.StringIO()))
    assert counted() == before
    with portal.reading() as db:
        assert audit.verify(db, portal.keys.key("audit")).flaw == ""
