"""The button "Download and print": what to take away, how, and the link that starts it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlencode

from nicegui import ui

from services.downloads.counter import Offer
from services.downloads.print_out import MOST_IMAGES
from services.downloads.wanted import PER_PAGE, Form
from services.exam.exams import Exam
from services.language import N_, _, ngettext
from ui.addresses import study_address
from ui.components.card import dialog_card
from ui.components.header import named_button
from ui.components.menu import Menu, entry
from ui.components.text import words
from ui.gate import Visit, house
from ui.problems import told

DICOM, PICTURES, REPORT, PRINT = "dicom", "pictures", "report", "print"
KINDS = {
    DICOM: N_("Images for other software (DICOM)"),
    PICTURES: N_("Pictures"),
    REPORT: N_("Report (PDF)"),
    PRINT: N_("Print"),
}
PATHS = {DICOM: "dicom.zip", PICTURES: "pictures.zip", REPORT: "report", PRINT: "print.pdf"}
FORMS = {
    Form.JPEG: N_("JPEG, small files"),
    Form.PNG: N_("PNG, without loss"),
    Form.GIF: N_("GIF, moving"),
    Form.WEBP: N_("WebP, moving"),
}
CARE = N_(
    "What you download is no longer protected by the portal. Keep it in a safe place, and delete "
    "it when you no longer need it."
)
Chosen = Callable[[str, object], None]
PROGRESS = N_("Your browser shows the progress, and lets you cancel.")


def download_menu(visit: Visit, exam: Exam) -> None:
    """Nothing for who may not download; else the button, its menu and its dialog."""
    if exam.access.may_download and visit.who.kind != "breakglass":
        DownloadMenu(visit, exam)


class DownloadMenu:
    """One exam's button."""

    def __init__(self, visit: Visit, exam: Exam) -> None:
        self._visit = visit
        self._exam = exam
        self._address = study_address(visit.portal, exam.access)
        self._dialog = ui.dialog()
        with named_button("download", _("Download and print")).classes("desk-only"), Menu():
            for kind, name in KINDS.items():
                entry(_(name), partial(self.open, kind))

    async def open(self, kind: str) -> None:
        """Ask what there is, and show the choices for one kind of download."""
        with told():
            downloads, access = house().downloads, self._exam.access
            offer = await self._visit.run(downloads.offer, self._visit.who, access)
            self._dialog.clear()
            title = _("Print") if kind == PRINT else _("Download")
            with dialog_card(title, self._dialog):
                self._choices(kind, offer)
            self._dialog.open()

    def _choices(self, kind: str, offer: Offer) -> None:
        ui.label(self._exam.title).style("font-weight: 700")
        if refusal := _refusal(kind, offer):
            ui.label(refusal).classes("note").props("role=alert")
            self._buttons(None)
            return
        what = ui.label(_what(kind, offer))
        start = words("a", _("Print") if kind == PRINT else _("Download")).classes("button-like")
        chosen: dict[str, str] = {}

        def choose(name: str, value: object) -> None:
            chosen[name] = str(value).lower()
            query = f"?{urlencode(chosen)}" if chosen else ""
            if kind == PRINT:
                what.set_text(self._pages(chosen))
            start.props["href"] = f"{self._address}/{PATHS[kind]}{query}"

        start.props["href"] = f"{self._address}/{PATHS[kind]}"
        if kind == PRINT:
            start.props["target"] = "_blank"
            what.set_text(self._pages(chosen))
        self._fields(kind, offer, choose)
        ui.label(_(CARE) if kind != PRINT else _("The pages open in a tab of their own.")).classes(
            "quiet"
        )
        ui.label(_(PROGRESS)).classes("quiet")
        self._buttons(start)

    def _fields(self, kind: str, offer: Offer, choose: Chosen) -> None:
        if kind in (PICTURES, PRINT) and offer.images:
            names = {0: _("All series")} | {
                number: f"{number}: {series.modality} {series.description}".strip()
                for number, series in enumerate(self._exam.series, 1)
            }
            _select(_("Which images"), names, 0, partial(choose, "series"))
        if kind == PICTURES:
            forms = {str(form): _(name) for form, name in FORMS.items()}
            _select(_("Kind of picture"), forms, str(Form.JPEG), partial(choose, "form"))
        if kind == PRINT and offer.images:
            pages = {number: str(number) for number in PER_PAGE}
            _select(_("Images on a page"), pages, 6, partial(choose, "images"))
        if kind in (PICTURES, PRINT) and offer.images:
            _box(_("Texts in the corners of the images"), partial(choose, "texts"))
        if kind == PRINT and offer.reports:
            _box(_("With the report"), partial(choose, "report"))

    def _pages(self, chosen: dict[str, str]) -> str:
        """How much paper it will be."""
        only = int(chosen.get("series", 0))
        images = sum(
            len(series.slices)
            for number, series in enumerate(self._exam.series, 1)
            if only in (0, number)
        )
        pages = -(-min(images, MOST_IMAGES) // int(chosen.get("images", 6)))
        many = ngettext("{count} page", "{count} pages", pages).format(count=pages)
        if images > MOST_IMAGES:
            return _("{shown} of {images} images, in even steps, on {pages} of A4.").format(
                shown=MOST_IMAGES, images=images, pages=many
            )
        return ngettext(
            "{images} image on {pages} of A4.", "{images} images on {pages} of A4.", images
        ).format(images=images, pages=many)

    def _buttons(self, start: ui.element | None) -> None:
        with ui.element("div").classes("row end"):
            ui.button(_("Close"), on_click=self._dialog.close, color=None).props("flat").classes(
                "secondary"
            )
            if start is not None:
                start.move(ui.context.slot.parent)


def _select(
    label: str,
    options: dict[int, str] | dict[str, str],
    value: object,
    on: Callable[[object], None],
) -> None:
    select = ui.select(
        dict(options), label=label, value=value, on_change=lambda event: on(event.value)
    )
    select.classes("full").props("outlined dense")


def _box(name: str, on: Callable[[object], None]) -> None:
    ui.checkbox(name, value=True, on_change=lambda event: on(event.value)).classes("full")


def _refusal(kind: str, offer: Offer) -> str:
    if offer.refusal:
        return offer.refusal
    if kind == REPORT and not offer.reports:
        return _("There is no report of this exam to download yet.")
    if kind == PICTURES and not offer.images:
        return _("This exam has no images. You can download its report.")
    if kind in (DICOM, PRINT) and not (offer.images or offer.reports):
        return _("There is nothing in this exam to take away.")
    return ""


def _what(kind: str, offer: Offer) -> str:
    match kind:
        case "dicom":
            return _(
                "All files of the exam in a zip, about {megabytes} MB, with a DICOMDIR and "
                "a file that tells what is in it. Doctors can open it with their own software."
            ).format(megabytes=offer.megabytes)
        case "pictures":
            return ngettext(
                "{count} picture that any computer can show, in a zip.",
                "{count} pictures that any computer can show, in a zip.",
                offer.images,
            ).format(count=offer.images)
        case "report":
            return ngettext(
                "The report as PDF.", "{count} reports as PDF, in a zip.", offer.reports
            ).format(count=offer.reports)
        case _:
            return ""
