"""What sharing means exactly: random histories, told to the portal and to a tiny model of the law.

The model knows nothing of tables or queries: grants are values in a list, and what a person may
do is worked out from them anew each time. After every step portal and model must agree about
every person and every exam. `HISTORIES=5000 pytest tests/test_sharing_law.py` looks further.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from services import access as decision
from services import audit, break_glass, manage_sharing, sharing
from services.break_glass import Hit
from services.errors import Invalid, NotAllowed, NotFound
from services.sharing import Options
from storage.models import Grant, PatientLink
from tests.factories import PASSWORD, QUICK_HASH, START, House

FOREVER = datetime.max.replace(tzinfo=START.tzinfo)
Right = tuple[bool, bool, bool, datetime]  # may share, may download, hidden, until


@dataclass
class Given:
    """A grant in the model; `made_from` None: from being the patient, or their carer."""

    number: int
    made_from: Given | None
    by: int
    to: int
    patient: int
    study: int | None
    share_on: bool
    download: bool
    hidden: bool
    ends: datetime
    revoked: bool = False

    def chain(self) -> Iterator[Given]:
        """The grant and those it was made from, upwards."""
        grant: Given | None = self
        while grant is not None:
            yield grant
            grant = grant.made_from


@dataclass
class Holding:
    """One thing somebody holds: a link to the patient, a grant, or broken glass."""

    study: int | None
    right: Right
    grant: Given | None


class SharingLaw(RuleBasedStateMachine):
    """People share, share on, change, end, wait and break the glass, in any order."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.house, self.portal = house, house.portal
        house.clock.now = START
        self.grants: list[Given] = []
        self.studies: dict[int, int] = {}  # exam -> patient
        self.glass: tuple[int, datetime] | None = None  # patient, until

    @initialize()
    def people(self) -> None:
        """A patient with a carer for ten days, another patient, two guests, a clinician."""
        house = self.house
        self.owner = house.account(kind="patient", name="Chester Frenchie")
        self.carer = house.account(kind="guest", name="Ella")
        self.other = house.account(kind="patient", name="Matilda Okafor")
        self.clinician = house.account(kind="breakglass", password_hash=QUICK_HASH)
        guests = [house.account(), house.account()]
        self.people_ = [self.owner, self.carer, self.other, self.clinician, *guests]
        self.address = {person: house.email_of(person) for person in self.people_}
        self.who = house.signed_in(self.clinician)
        self.patient, self.second = house.patient(owner=self.owner), house.patient(owner=self.other)
        self.cared_until = START + timedelta(days=10)
        house.link(self.carer, self.patient, "carer")
        with self.portal.transaction() as tx:
            query = select(PatientLink).where(PatientLink.account_id == self.carer)
            tx.db.execute(query).scalar_one().until = self.cared_until
        for patient in (self.patient, self.patient, self.second):
            self.studies[house.study(patient)] = patient

    # the law

    def alive(self, grant: Given) -> bool:
        """A grant counts until it is over, or it or one it was made from was ended."""
        ended = any(upper.revoked for upper in grant.chain())
        return not ended and self.house.clock.now < grant.ends

    def holdings(self, person: int, patient: int) -> Iterator[Holding]:
        """Everything a person holds of a patient."""
        now = self.house.clock.now
        if (person, patient) in ((self.owner, self.patient), (self.other, self.second)):
            yield Holding(None, (True, True, False, FOREVER), None)
        if (person, patient) == (self.carer, self.patient) and now < self.cared_until:
            yield Holding(None, (True, True, False, self.cared_until), None)
        for grant in self.grants:
            if grant.to == person and grant.patient == patient and self.alive(grant):
                passive = person == self.clinician
                right = (
                    grant.share_on and not passive,
                    grant.download and not passive,
                    grant.hidden,
                    grant.ends,
                )
                yield Holding(grant.study, right, grant)
        if person == self.clinician and self.glass is not None:
            opened, until = self.glass
            if opened == patient and now < until:
                yield Holding(None, (False, False, False, until), None)

    def reaching(self, person: int, study: int) -> list[Holding]:
        """What a person holds that reaches an exam."""
        held = self.holdings(person, self.studies[study])
        return [holding for holding in held if holding.study in (None, study)]

    def union(self, person: int, study: int) -> Right | None:
        """A person's access is the union of what they hold; None: none."""
        rights = [holding.right for holding in self.reaching(person, study)]
        if not rights:
            return None
        share_on, download, hidden, until = zip(*rights, strict=True)
        return any(share_on), any(download), all(hidden), max(until)

    def sources(self, by: int, study: int, to: int, options: Options) -> list[Holding]:
        """What a grant like this may be made from: allowed to share on, wide enough, no circle."""
        return [
            holding
            for holding in self.reaching(by, study)
            if holding.right[0]
            and (holding.study is None or not options.portfolio)
            and (holding.grant is None or to not in {upper.by for upper in holding.grant.chain()})
        ]

    def made(self, source: Holding, options: Options) -> Right:
        """What comes of asking for `options` when `source` is all one holds: never wider."""
        share_on, download, hidden, until = source.right
        asked = self.house.clock.now + timedelta(days=options.days)
        return (
            options.may_share and share_on,
            options.may_download and download,
            options.hide_details or hidden,
            min(asked, until),
        )

    def narrow(self, changed: Given) -> None:
        """What was made from a grant that became narrower becomes narrower too."""
        for below in [g for g in self.grants if g.made_from is changed]:
            below.ends = min(below.ends, changed.ends)
            below.share_on &= changed.share_on
            below.download &= changed.download
            below.hidden |= changed.hidden
            if not changed.share_on:
                below.revoked = True
            self.narrow(below)

    # what people do

    @rule(data=st.data(), days=st.sampled_from([1, 3, 12, 40]), portfolio=st.booleans(),
          share_on=st.sampled_from([True, True, False]), hide=st.sampled_from([False, False, True]),
          download=st.booleans())  # fmt: skip
    def share(
        self, data: st.DataObject, days: int, portfolio: bool, share_on: bool, hide: bool,
        download: bool,
    ) -> None:  # fmt: skip
        """Somebody who sees an exam shares it, shares it on, or changes a share."""
        seen = [(p, s) for p in self.people_ for s in self.studies if self.union(p, s)]
        by, study = data.draw(st.sampled_from(seen), label="by whom, which exam")
        to = data.draw(st.sampled_from(self.people_), label="to whom")
        options = Options(days, portfolio, share_on, hide, download)
        sources = self.sources(by, study, to, options)
        access = decision.decide(self.portal, by, study)
        try:
            shared = sharing.share(self.portal, access, self.address[to], "", options)
        except (Invalid, NotAllowed):
            assert by == to or not sources
            return
        assert by != to
        assert sources
        self._accept(shared.grant_id, by, to, study, options, sources)

    def _accept(
        self, number: int, by: int, to: int, study: int, options: Options, sources: list[Holding]
    ) -> None:
        """Take the grant into the model: as its source allows, from one of the best sources."""
        with self.portal.reading() as db:
            parent = db.get_one(Grant, number).parent_id
        used = [s for s in sources if (s.grant.number if s.grant else None) == parent]
        assert used, "made from something that may not be shared on"
        right = self.made(used[0], options)

        def gives(made: Right) -> tuple[bool, bool, datetime]:
            _, download, hidden, until = made
            return not hidden, download, until

        assert gives(right) == max(gives(self.made(source, options)) for source in sources)
        patient = self.studies[study]
        scope = None if options.portfolio else study
        same = [
            grant
            for grant in self.grants
            if (grant.by, grant.to, grant.patient, grant.study) == (by, to, patient, scope)
            and self.alive(grant)
        ]
        if same:
            [grant] = same  # the same address twice changes the share
            assert grant.number == number
            grant.made_from = used[0].grant
            grant.share_on, grant.download, grant.hidden, grant.ends = right
            self.narrow(grant)
        else:
            assert number not in {grant.number for grant in self.grants}
            self.grants.append(Given(number, used[0].grant, by, to, patient, scope, *right))

    @precondition(lambda self: self.grants)
    @rule(data=st.data())
    def end(self, data: st.DataObject) -> None:
        """Somebody tries to end a share: theirs, one below theirs, one of their exams, or not."""
        grant = data.draw(st.sampled_from(self.grants), label="share")
        by = data.draw(st.sampled_from(self.people_), label="by whom")
        above = by in {upper.by for upper in grant.chain()}
        theirs = any(h.grant is None and h.right[0] for h in self.holdings(by, grant.patient))
        try:
            sharing.end(self.portal, by, grant.number)
        except NotFound:
            assert not (above or theirs)
        else:
            assert above or theirs
            grant.revoked = True

    @rule(hours=st.sampled_from([1, 5, 24, 24 * 4, 24 * 15]))
    def wait(self, hours: int) -> None:
        """Time goes by."""
        self.house.clock.move(hours=hours)

    @precondition(lambda self: len(self.studies) < 5)
    @rule(second=st.booleans())
    def an_exam_arrives(self, second: bool) -> None:
        """A portfolio covers exams that arrive later."""
        patient = self.second if second else self.patient
        self.studies[self.house.study(patient)] = patient

    @rule(second=st.booleans())
    def break_the_glass(self, second: bool) -> None:
        """The clinician opens one patient."""
        patient = self.second if second else self.patient
        if break_glass.opened(self.portal, self.who) is None:
            broken = break_glass.break_(
                self.portal, self.who, reason="Unconscious patient", password=PASSWORD,
                accepted=True,
            )  # fmt: skip
            until = self.house.clock.now + timedelta(hours=4)
            assert broken.until == until
        else:
            assert self.glass
            until = self.glass[1]
        hit = Hit(patient, "", "14 March 1958", "")
        break_glass.open_patient(self.portal, self.who, hit, born=hit.born)
        self.glass = (patient, until)

    @rule()
    def close_the_glass(self) -> None:
        """The clinician is done."""
        break_glass.close(self.portal, self.who)
        self.glass = None

    # what must hold after every step

    @invariant()
    def portal_and_model_agree(self) -> None:
        """For each person and exam: seeing, sharing, downloading, hidden details, until when."""
        for person in self.people_:
            expected = {s: right for s in self.studies if (right := self.union(person, s))}
            found = {}
            for study in self.studies:
                try:
                    access = decision.decide(self.portal, person, study)
                except NotFound:
                    continue
                found[study] = (
                    access.may_share, access.may_download, access.hidden, access.until or FOREVER,
                )  # fmt: skip
            assert found == expected
            listed = {study.id for study, _ in decision.visible(self.portal, person)}
            assert listed == set(expected)

    @invariant()
    def nobody_holds_more_than_was_held_by_the_one_who_gave_it(self) -> None:
        """Read off the tables: every living grant fits into what it was made from."""
        now = self.house.clock.now
        with self.portal.reading() as db:
            numbers = [grant.number for grant in self.grants]
            rows = {
                g.id: g for g in db.execute(select(Grant).where(Grant.id.in_(numbers))).scalars()
            }
        for grant in rows.values():
            if grant.ended_at is not None or grant.ends_at <= now:
                continue
            if grant.parent_id is None:
                assert (grant.grantor_id, grant.patient_id) in {
                    (self.owner, self.patient), (self.other, self.second),
                    (self.carer, self.patient),
                }  # fmt: skip
                continue
            upper = rows[grant.parent_id]
            assert upper.ended_at is None
            assert upper.grantee_id == grant.grantor_id
            assert upper.patient_id == grant.patient_id
            assert upper.study_id in (None, grant.study_id)
            assert upper.may_share
            assert grant.ends_at <= upper.ends_at
            assert grant.may_download <= upper.may_download
            assert grant.hide_details >= upper.hide_details

    @invariant()
    def the_patient_sees_every_living_share_of_their_exams(self) -> None:
        """Also those that somebody else made from theirs."""
        listed = {share.grant_id for share in manage_sharing.shares(self.portal, self.owner)}
        mine = {g.number for g in self.grants if g.patient == self.patient and self.alive(g)}
        assert mine <= listed
        assert listed == mine | {
            g.number for g in self.grants if g.by == self.owner and self.alive(g)
        }


def test_portal_and_law_agree_over_random_histories_of_sharing(house: House) -> None:
    run_state_machine_as_test(
        lambda: SharingLaw(house),  # type: ignore[arg-type]
        settings=settings(
            max_examples=int(os.environ.get("HISTORIES", "20")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    with house.portal.reading() as db:
        assert audit.verify(db, house.portal.keys.key("audit")).flaw == ""


def sharing_guests(house: House) -> tuple[int, int, str, str, int, int]:
    owner, _, study = house.owner_with_exam()
    one, two = house.account("one@x.example"), house.account("two@x.example")
    return owner, study, "one@x.example", "two@x.example", one, two


def test_two_people_cannot_keep_each_others_access_alive(house: House) -> None:
    owner, study, first, second, one, two = sharing_guests(house)
    house.share(owner, study, first, days=10, may_share=True)
    house.share(one, study, second, days=10, may_share=True)
    house.share(owner, study, second, days=40, may_share=True)
    house.share(two, study, first, days=40, may_share=True)
    house.share(one, study, second, days=40, may_share=True)
    house.share(two, study, first, days=40, may_share=True)
    for share in manage_sharing.shares(house.portal, owner):
        if share.depth == 0:
            sharing.end(house.portal, owner, share.grant_id)
    for guest in (one, two):
        with pytest.raises(NotFound):
            house.access(guest, study)
    assert manage_sharing.shares(house.portal, owner) == []


def test_a_share_to_somebody_above_is_made_from_what_does_not_come_from_them(house: House) -> None:
    owner, study, first, second, one, two = sharing_guests(house)
    house.share(owner, study, first, days=40, may_share=True)
    house.share(one, study, second, days=40, may_share=True)
    house.share(owner, study, second, days=5, may_share=True)
    shared = house.share(two, study, first, days=40)
    assert shared.until == START + timedelta(days=5)
