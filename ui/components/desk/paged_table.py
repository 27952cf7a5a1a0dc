"""A long table: sorted, filtered and paged on the server, with its state in the page's address.

What was typed into the search is in the address as well, sealed for the account that typed it:
addresses are kept by browsers and proxies, and people search for patients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar
from urllib.parse import urlencode

from nicegui import ui
from starlette.requests import Request

from services import opaque
from services.finding.listing import PAGE, Page, Wanted
from services.language import _
from ui.components.text import words
from ui.gate import Visit
from ui.problems import told

Row = TypeVar("Row")
WORDS, SORT, DOWN, NUMBER = "words", "sort", "down", "page"  # parameters of the address
LONGEST = 200  # characters of a search


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its title, and what makes the content of a row's cell inside it.

    `key` is what the list sorts by, empty where it does not; `tight` columns do not wrap.
    """

    title: str
    show: Callable[[Row], object]
    key: str = ""
    tight: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: its key in `Wanted.choices`, its label, and what can be chosen by its value.

    The value "" is for everything; it is chosen at first.
    """

    key: str
    label: str
    options: Mapping[str, str]


def text_column(
    title: str, text: Callable[[Row], str], key: str = "", *, tight: bool = False
) -> Column[Row]:
    """A column of plain text."""
    return Column(title, lambda row: words("span", text(row) or "–"), key, tight)


def link_column(
    title: str, text: Callable[[Row], str], address: Callable[[Row], str], key: str = "",
    under: Callable[[Row], str] | None = None,
) -> Column[Row]:  # fmt: skip
    """A column whose text leads to the row's own page, with small print `under` it."""

    def show(row: Row) -> None:
        link = words("a", text(row)).style("font-weight: 600")
        link.props["href"] = address(row)
        if under is not None and (small := under(row)):
            words("small", small)

    return Column(title, show, key)


class PagedTable(Generic[Row]):
    """`load` is called in a thread, with what is wanted, and gives the page to show."""

    def __init__(
        self, visit: Visit, name: str, columns: Sequence[Column[Row]],
        load: Callable[[Wanted], Page[Row]], *, search: str = "", search_hint: str = "",
        choices: Sequence[Choice] = (), nothing: str = "", icon: str = "inbox",
    ) -> None:  # fmt: skip
        self._visit, self._name, self._columns, self._load = visit, name, columns, load
        self._search, self._hint, self._choices = search, search_hint, choices
        self._nothing = nothing or _("There is nothing here at the moment.")
        self._icon = icon
        self._wanted = Wanted()
        self._asked = 0
        self._heads: dict[str, ui.element] = {}

    async def show(self, request: Request) -> None:
        """Build the table in the state that the page's address names."""
        self._wanted = self._from_address(request)
        with ui.element("section").classes("paged") as section:
            section.props["aria-label"] = self._name
            if self._search or self._choices:
                self._filter()
            with ui.element("div").classes("paged-scroll"):
                self._table()
            self._empty = ui.element("div").classes("empty")
            self._foot()
        await self.again()

    async def again(self) -> None:
        """Load the rows anew: what they tell has changed."""
        self._asked += 1
        asked, wanted = self._asked, self._wanted
        with told():
            page = await self._visit.run(self._load, wanted)
            if asked == self._asked:  # else something newer was asked for meanwhile
                self._fill(page)

    def _filter(self) -> None:
        with ui.element("div").classes("paged-filter").props("role=search") as place:
            place.props["aria-label"] = self._name
            if self._search:
                field = ui.input(self._search, value=self._wanted.words)
                field.props("outlined dense clearable debounce=300 type=search autocomplete=off")
                field.props["placeholder"] = self._hint
                field.classes("search").on_value_change(lambda e: self._typed(e.value or ""))
                with field.add_slot("prepend"):
                    ui.icon("search")
            for choice in self._choices:
                chosen = self._wanted.chosen(choice.key)
                select = ui.select(dict(choice.options), label=choice.label, value=chosen)
                select.props("outlined dense options-dense behavior=menu")
                select.props["aria-label"] = choice.label
                select.on_value_change(lambda e, key=choice.key: self._chose(key, e.value))

    def _table(self) -> None:
        with ui.element("table").classes("plain") as self._grid:
            words("caption", self._name).classes("unseen")
            with ui.element("thead"), ui.element("tr"):
                for column in self._columns:
                    head = ui.element("th").props("scope=col")
                    with head:
                        if not column.key:
                            words("span", column.title)
                            continue
                        self._heads[column.key] = head
                        button = words("button", column.title).props("type=button")
                        button.on("click", partial(self._sort, column.key))
            self._body = ui.element("tbody")

    def _foot(self) -> None:
        with ui.element("nav").classes("paged-foot") as foot:
            foot.props["aria-label"] = _("Pages of the list")
            self._status = ui.label().classes("quiet").props("role=status")
            self._back = ui.button(_("Previous"), on_click=partial(self._turn, -1), color=None)
            self._on = ui.button(_("Next page"), on_click=partial(self._turn, 1), color=None)
            for button in (self._back, self._on):
                button.props("flat").classes("secondary")

    def _fill(self, page: Page[Row]) -> None:
        self._wanted = replace(self._wanted, number=page.number)
        for key, head in self._heads.items():
            way = "descending" if self._wanted.descending else "ascending"
            head.props["aria-sort"] = way if key == self._wanted.sort else "none"
        self._body.clear()
        with self._body:
            for row in page.rows:
                self._row(row)
        self._grid.set_visibility(bool(page.rows))
        self._empty.clear()
        self._empty.set_visibility(not page.rows)
        if not page.rows:
            self._tell_nothing()
        self._back.set_enabled(page.number > 1)
        self._on.set_enabled(page.more)
        several = page.number > 1 or page.more
        self._back.set_visibility(several)
        self._on.set_visibility(several)
        self._status.set_text(_told(page))
        ui.navigate.history.replace(self.address)

    def _row(self, row: Row) -> None:
        with ui.element("tr"):
            for column in self._columns:
                cell = ui.element("td").classes("tight" if column.tight else "")
                if column.title:
                    cell.props["data-label"] = column.title
                with cell:
                    column.show(row)

    def _tell_nothing(self) -> None:
        with self._empty:
            ui.icon(self._icon).props("aria-hidden=true")
            if self._wanted.words or self._wanted.choices:
                words("b", _("Nothing fits this search"))
                ui.label(_("Try fewer words, or choose something else above.")).classes("quiet")
            else:
                words("b", self._nothing)

    async def _typed(self, text: str) -> None:
        self._wanted = replace(self._wanted, words=text.strip()[:LONGEST], number=1)
        await self.again()

    async def _chose(self, key: str, value: str) -> None:
        self._wanted = self._wanted.choosing(key, value)
        await self.again()

    async def _sort(self, key: str) -> None:
        self._wanted = self._wanted.sorted_by(key)
        await self.again()

    async def _turn(self, by: int) -> None:
        self._wanted = replace(self._wanted, number=self._wanted.number + by)
        await self.again()

    @property
    def address(self) -> str:
        """The page's path with the state of the table."""
        wanted = self._wanted
        query = dict(wanted.choices)
        if wanted.words:
            query[WORDS] = opaque.seal_text(
                self._key(), self._visit.who.account_id, WORDS, wanted.words
            )
        if wanted.sort:
            query[SORT] = wanted.sort
        if wanted.descending:
            query[DOWN] = "1"
        if wanted.number > 1:
            query[NUMBER] = str(wanted.number)
        path = self._visit.client.request.url.path
        return f"{path}?{urlencode(query)}" if query else path

    def _from_address(self, request: Request) -> Wanted:
        """What the address asks for; whatever makes no sense in it asks for nothing."""
        query = request.query_params
        sort, number = query.get(SORT, ""), query.get(NUMBER, "")
        chosen = {
            choice.key: query[choice.key]
            for choice in self._choices
            if query.get(choice.key) and query[choice.key] in choice.options
        }
        return Wanted(
            words=opaque.unseal_text(
                self._key(), self._visit.who.account_id, WORDS, query.get(WORDS, "")
            ),
            choices=tuple(sorted(chosen.items())),
            sort=sort if sort in {column.key for column in self._columns} else "",
            descending=query.get(DOWN) == "1",
            number=int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1,
        )

    def _key(self) -> bytes:
        return self._visit.portal.keys.key("words searched for")


def _told(page: Page[Row]) -> str:
    if not page.rows:
        return ""
    first = (page.number - 1) * PAGE + 1
    last = first + len(page.rows) - 1
    if page.cut:
        return _("{first} to {last}. More are found by searching or filtering.").format(
            first=first, last=last
        )
    if page.more:
        return _("{first} to {last} of more").format(first=first, last=last)
    return _("{first} to {last} of {last}").format(first=first, last=last)
