"""From a data set to a report: the document's own attributes, then its content."""

from pydicom.dataset import Dataset

from imaging import attributes
from imaging.structured_report import layout, referring, wording
from imaging.structured_report.content import DAMAGE, ContentItem, content_tree
from imaging.structured_report.document import ReportDocument, UnreadableReport

_COMPLETION = {"COMPLETE": "complete", "PARTIAL": "partial"}
_VERIFICATION = {"VERIFIED": "verified", "UNVERIFIED": "not verified"}
_PRELIMINARY = {"PRELIMINARY": "preliminary", "FINAL": "final"}
_PERSON_OBSERVER = ("121008", "DCM")


def read_structured_report(dataset: Dataset) -> ReportDocument:
    """The report as a document people can read (DICOM PS3.3 C.17.2, C.17.3).

    A malformed entry becomes a note in its place. Raises `UnreadableReport` where there is no
    content tree, or one of more than 64 levels or 20,000 entries.
    """
    try:
        return _read(dataset)
    except DAMAGE as error:
        raise UnreadableReport("This report is damaged and cannot be read.") from error


def _read(dataset: Dataset) -> ReportDocument:
    if not attributes.items(dataset, "ContentSequence"):
        raise UnreadableReport("This report has no content that can be read.")
    root = content_tree(dataset)
    date, time = (attributes.text(dataset, keyword) for keyword in ("ContentDate", "ContentTime"))
    return ReportDocument(
        title=root.label or "Structured report",
        status=_status(dataset),
        author=_author(dataset, root),
        dated=wording.local(date, time),
        blocks=layout.blocks(root),
    )


def _status(dataset: Dataset) -> str:
    """Completion and verification in words (DICOM PS3.3 C.17.2)."""
    flags = (
        ("CompletionFlag", _COMPLETION),
        ("PreliminaryFlag", _PRELIMINARY),
        ("VerificationFlag", _VERIFICATION),
    )
    told = (words.get(attributes.text(dataset, keyword).upper(), "") for keyword, words in flags)
    return ", ".join(filter(None, told))


def _author(dataset: Dataset, root: ContentItem) -> str:
    """The verifying observer, else the author, else the observer of the content."""
    for verifier in attributes.items(dataset, "VerifyingObserverSequence"):
        if name := referring.person(verifier, "VerifyingObserverName"):
            return name
    for author in attributes.items(dataset, "AuthorObserverSequence"):
        device = (attributes.text(author, key) for key in ("Manufacturer", "ManufacturerModelName"))
        if name := referring.person(author, "PersonName") or wording.line(" ".join(device)):
            return name
    for child in root.children:
        if (child.concept.value, child.concept.scheme) == _PERSON_OBSERVER:
            return "" if child.kind == "UNREADABLE" else child.value
    return ""
