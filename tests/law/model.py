"""The law of sharing, as sets, times and rights; it knows no table, no query and no service.

Nothing is worked out ahead: what somebody may do with an exam follows anew, each time, from who
holds what. A share is worth what the whole chain above it leaves of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

FOREVER = datetime.max.replace(tzinfo=UTC)
SAME_FORM = timedelta(minutes=1)  # the same form sent twice within it changes nothing


@dataclass(frozen=True)
class Right:
    """What may be done with an exam, and until when."""

    share_on: bool
    download: bool
    hidden: bool
    until: datetime

    def within(self, upper: Right) -> Right:
        """As much of it as somebody has who holds `upper`."""
        return Right(
            self.share_on and upper.share_on,
            self.download and upper.download,
            self.hidden or upper.hidden,
            min(self.until, upper.until),
        )


EVERYTHING = Right(True, True, False, FOREVER)


@dataclass
class Share:
    """`to` sees an exam of a patient, or (study None) all of them, because `by` wanted it."""

    number: int
    made_from: Share | None  # None: from being the patient, or caring for them
    by: int
    to: int
    patient: int
    study: int | None
    right: Right
    ended: bool = False

    def chain(self) -> Iterator[Share]:
        """The share and those it was made from, upwards."""
        share: Share | None = self
        while share is not None:
            yield share
            share = share.made_from


@dataclass(frozen=True)
class Holding:
    """One thing somebody holds of a patient: a link, a share, broken glass, or a role."""

    study: int | None
    right: Right
    share: Share | None = None
    early: bool = False  # does not wait until the hospital shows an exam or a report


@dataclass
class Law:
    """Everything that counts, and what follows from it."""

    now: datetime
    kinds: dict[int, str] = field(default_factory=dict)  # patient, guest, breakglass, staff
    closed: set[int] = field(default_factory=set)
    links: dict[tuple[int, int], datetime] = field(default_factory=dict)  # until
    shares: list[Share] = field(default_factory=list)
    glass: dict[int, tuple[int | None, datetime]] = field(default_factory=dict)
    exams: dict[int, int] = field(default_factory=dict)  # whose
    opens: dict[int, datetime] = field(default_factory=dict)  # exams, when not at once
    report_opens: dict[int, datetime] = field(default_factory=dict)  # reports of exams

    def linked(self, person: int, patient: int) -> bool:
        """Whether they are the patient, or care for them, now."""
        return person not in self.closed and self.now < self.links.get((person, patient), self.now)

    def worth(self, share: Share) -> Right | None:
        """What a share gives: no more than any link of its chain; None: nothing."""
        if share.ended or self.now >= share.right.until or share.by in self.closed:
            return None
        if share.made_from is None:
            if not self.linked(share.by, share.patient):
                return None
            return share.right.within(
                replace(EVERYTHING, until=self.links[share.by, share.patient])
            )
        upper = self.worth(share.made_from)
        wide = share.made_from.study in (None, share.study)
        if upper is None or not upper.share_on or not wide:
            return None
        return share.right.within(upper)

    def holdings(self, person: int, patient: int) -> Iterator[Holding]:
        """Everything a person holds of a patient; whose account is closed holds nothing."""
        if person in self.closed:
            return
        if self.linked(person, patient):
            yield Holding(None, replace(EVERYTHING, until=self.links[person, patient]))
        for share in self.shares:
            if (share.to, share.patient) == (person, patient) and (right := self.worth(share)):
                if self.kinds[person] == "breakglass":
                    right = replace(right, share_on=False, download=False)
                yield Holding(share.study, right, share)
        opened, until = self.glass.get(person, (None, self.now))
        if opened == patient and self.now < until:
            yield Holding(None, Right(False, False, False, until), early=True)
        if self.kinds[person] == "staff":
            yield Holding(None, replace(EVERYTHING, share_on=False), early=True)

    def reaching(self, person: int, exam: int) -> list[Holding]:
        """What a person holds that reaches an exam, which the hospital may keep back for now."""
        shown = self.now >= self.opens.get(exam, self.now)
        return [
            holding
            for holding in self.holdings(person, self.exams[exam])
            if holding.study in (None, exam) and (shown or holding.early)
        ]

    def reads(self, person: int, exam: int) -> bool:
        """Whether a person who sees an exam sees its report, which may be kept back by itself."""
        shown = self.now >= self.report_opens.get(exam, self.now)
        return shown or any(holding.early for holding in self.reaching(person, exam))

    def right(self, person: int, exam: int) -> Right | None:
        """A person's access is the union of what they hold; None: none."""
        held = [holding.right for holding in self.reaching(person, exam)]
        if not held:
            return None
        return Right(
            any(right.share_on for right in held),
            any(right.download for right in held),
            all(right.hidden for right in held),
            max(right.until for right in held),
        )

    def sources(self, by: int, exam: int, to: int, *, portfolio: bool) -> list[Holding]:
        """What a share may be made from: it may be shared on, is wide enough, makes no circle."""
        return [
            holding
            for holding in self.reaching(by, exam)
            if holding.right.share_on
            and not (portfolio and holding.study is not None)
            and not (holding.share and to in {upper.by for upper in holding.share.chain()})
        ]

    def like(self, share: Share) -> list[Share]:
        """What lasts of the same two people and the same scope, the newest first."""
        about = share.by, share.to, share.patient, share.study
        return [
            there
            for there in reversed(self.shares)
            if (there.by, there.to, there.patient, there.study) == about
            and not there.ended
            and self.now < there.right.until
        ]

    def share(self, share: Share) -> None:
        """A new share; or the same two people, the same scope: the one that is there changes.

        Where a merge left several such, the newest stands for all of them from then on.
        """
        living = self.like(share)
        if not living:
            assert share.number not in {there.number for there in self.shares}
            self.shares.append(share)
            return
        there, *others = living
        assert there.number == share.number, "a second share instead of a changed one"
        same = there.made_from is share.made_from and (
            replace(there.right, until=share.right.until) == share.right
        )
        if same and abs(there.right.until - share.right.until) < SAME_FORM:
            return
        for other in others:
            other.ended = True
            for below in self.shares:
                below.made_from = there if below.made_from is other else below.made_from
        there.made_from, there.right = share.made_from, share.right
        self._narrow(there)

    def _narrow(self, changed: Share) -> None:
        """What was made from a share that became narrower becomes narrower too, and stays so."""
        for below in [share for share in self.shares if share.made_from is changed]:
            below.right = below.right.within(changed.right)
            below.ended |= not changed.right.share_on
            self._narrow(below)

    def change(self, share: Share, asked: Right) -> None:
        """Who may end a share may make it narrower, whether they could give it or not."""
        share.right = asked.within(share.right)
        self._narrow(share)

    def care(self, person: int, patient: int, until: datetime) -> None:
        """A link to a patient, or a new end of it; what was given because of it ends no later."""
        self.links[person, patient] = until
        for share in self.shares:
            about = share.made_from, share.by, share.patient
            if about == (None, person, patient) and not share.ended and share.right.until > until:
                share.right = replace(share.right, until=until)
                self._narrow(share)

    def end(self, share: Share) -> None:
        """Ending a share ends every share made from it."""
        for below in self.shares:
            below.ended |= any(upper is share for upper in below.chain())

    def may_end(self, by: int, share: Share) -> bool:
        """Who gave it, or one above it; whose exam it is; the hospital."""
        above = by in {upper.by for upper in share.chain()}
        theirs = self.linked(by, share.patient) or self.kinds[by] == "staff"
        return by not in self.closed and (above or theirs)

    def listed(self, person: int) -> set[int]:
        """The shares a person is told of: of their exams, and those that rest on their own."""
        return {
            share.number
            for share in self.shares
            if self.worth(share)
            and (
                self.linked(person, share.patient)
                or person in {upper.by for upper in share.chain()}
            )
        }

    def unlink(self, person: int, patient: int) -> None:
        """What rests on a link ends with it, for good."""
        del self.links[person, patient]
        for share in self.shares:
            if share.made_from is None and (share.by, share.patient) == (person, patient):
                self.end(share)

    def merge(self, record: int, into: int) -> None:
        """Two records were one person's all along."""
        self.exams = {exam: into if who == record else who for exam, who in self.exams.items()}
        for person, patient in [*self.links]:
            if patient == record:
                until = self.links.pop((person, patient))
                self.links[person, into] = max(until, self.links.get((person, into), until))
        for share in self.shares:
            share.patient = into if share.patient == record else share.patient
        for person, (opened, until) in self.glass.items():
            self.glass[person] = into if opened == record else opened, until
