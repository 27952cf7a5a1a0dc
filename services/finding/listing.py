"""Long lists, a page at a time: what a page asks for, and the rows it gets at a bounded cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

PAGE = 25  # rows of a page
DEEPEST = 200  # pages: who wants what lies deeper searches or filters; bounds the rows skipped

Row = TypeVar("Row")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page of a list: words searched for, choices of filters, order, number from 1."""

    words: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # (filter, chosen), those that choose something
    sort: str = ""  # a column; empty: the list's own order
    descending: bool = False
    number: int = 1

    def chosen(self, filter_name: str) -> str:
        """What a filter is set to; empty: nothing."""
        return dict(self.choices).get(filter_name, "")

    def choosing(self, filter_name: str, value: str) -> Wanted:
        """The first page with a filter set to `value`, or to nothing."""
        kept = {name: chosen for name, chosen in self.choices if name != filter_name}
        if value:
            kept[filter_name] = value
        return replace(self, choices=tuple(sorted(kept.items())), number=1)

    def sorted_by(self, column: str) -> Wanted:
        """The first page by this column: upwards, asked again downwards."""
        down = self.sort == column and not self.descending
        return replace(self, sort=column, descending=down, number=1)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list; `more` if others follow that can be asked for."""

    rows: tuple[Row, ...]
    number: int = 1
    more: bool = False
    cut: bool = False  # others follow, too deep to be asked for

    def of(self, rows: Sequence[Other]) -> Page[Other]:
        """The same page with its rows made into something else."""
        return Page(tuple(rows), self.number, self.more, self.cut)


def page(
    db: Session, query: Select[*tuple[Any, ...]], wanted: Wanted,
    orders: Mapping[str, Sequence[Any]], size: int = PAGE,
) -> Page[Any]:  # fmt: skip
    """The rows (SQLAlchemy's) of one page of a query.

    `orders` has the expressions of each column that sorts, upwards, ending in a unique one; under
    "" is the list's own order, which is not turned around. An unknown column is the list's own
    order, a number out of bounds the nearest page.
    """
    number = min(max(wanted.number, 1), DEEPEST)
    order = orders.get(wanted.sort) or orders[""]
    if wanted.sort in orders and wanted.sort:
        order = [_turned(expression, wanted.descending) for expression in order]
    found = db.execute(query.order_by(*order).offset((number - 1) * size).limit(size + 1)).all()
    over = len(found) > size
    return Page(tuple(found[:size]), number, over and number < DEEPEST, over and number >= DEEPEST)


def _turned(expression: Any, down: bool) -> Any:
    """Upwards or downwards; what is not known is less than all that is, in every database."""
    turned = expression.desc() if down else expression.asc()
    if getattr(expression, "nullable", False):
        return turned.nulls_last() if down else turned.nulls_first()
    return turned
