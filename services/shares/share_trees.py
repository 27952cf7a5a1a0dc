"""Shares as small trees: what each exam is shared to, or what each person sees, and onward."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from services.language import _
from services.shares.manage_sharing import Share


@dataclass(frozen=True, slots=True)
class Tree:
    """Shares under one heading; each is followed by those made from it, one `depth` deeper."""

    title: str
    portfolio: bool  # shares of every exam, also of those that arrive later
    person: bool  # the heading is a person, not an exam
    shares: tuple[Share, ...]

    @property
    def people(self) -> int:
        """How many different people are in it."""
        return len({share.grantee_id for share in self.shares})


def by_exam(shares: Iterable[Share]) -> list[Tree]:
    """A tree for each exam; what is shared as a whole comes first."""
    trees = [
        Tree(branch[0].exam, branch[0].study_id is None, False, branch)
        for branch in _grouped(shares, lambda top: (top.patient_id, top.study_id))
    ]
    return sorted(trees, key=lambda tree: not tree.portfolio)


def by_person(shares: Iterable[Share]) -> list[Tree]:
    """A tree for each person something was shared with directly, by name."""
    trees = [
        Tree(branch[0].shared_with, False, True, branch)
        for branch in _grouped(shares, lambda top: top.grantee_id)
    ]
    return sorted(trees, key=lambda tree: tree.title.casefold())


def branch_of(shares: Sequence[Share], share: Share) -> list[Share]:
    """The share and every share made from it."""
    start = next(n for n, row in enumerate(shares) if row.grant_id == share.grant_id)
    found = [shares[start]]
    for row in shares[start + 1 :]:
        if row.depth <= share.depth:
            break
        found.append(row)
    return found


@dataclass(frozen=True, slots=True)
class Loss:
    """Who can no longer look once a branch ends, and who still can, through another share."""

    lose: tuple[str, ...]
    keep: tuple[str, ...]


def loss(shares: Sequence[Share], share: Share) -> Loss:
    """What ending this share does, by name, the person themselves first."""
    ending = branch_of(shares, share)
    numbers = {row.grant_id for row in ending}
    lose: dict[int, str] = {}
    keep: dict[int, str] = {}
    for row in ending:
        others = (
            other
            for other in shares
            if other.grant_id not in numbers
            and (other.grantee_id, other.patient_id) == (row.grantee_id, row.patient_id)
            and other.study_id in (None, row.study_id)
        )
        (keep if any(others) else lose)[row.grantee_id] = row.shared_with
    return Loss(tuple(lose.values()), tuple(keep.values()))


def rights(share: Share) -> list[str]:
    """What the person may do, in words."""
    return [
        _("May download and print") if share.may_download else _("May look only"),
        *([_("May share on")] if share.may_share else []),
        *([_("Patient details hidden")] if share.hidden else []),
    ]


def _grouped(shares: Iterable[Share], key: Callable[[Share], Hashable]) -> list[tuple[Share, ...]]:
    groups: dict[Hashable, list[Share]] = {}
    current: list[Share] = []
    for share in shares:
        if share.depth == 0:
            current = groups.setdefault(key(share), [])
        current.append(share)
    return [tuple(group) for group in groups.values()]
