"""A content tree laid out as blocks: what is read first, what belongs to what."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from imaging.structured_report import wording
from imaging.structured_report.content import ContentItem
from imaging.structured_report.document import Block, Heading, Item, Paragraph, Table
from imaging.structured_report.wording import Code

SHORT = 160  # characters of a text that still stands on the line of its label
TABLE_FROM = 3  # measurements in a row that are easier to read as a table

_MODIFIER = "HAS CONCEPT MOD"
_POINTING = {
    "IMAGE": "Image reference",
    "COMPOSITE": "Document reference",
    "WAVEFORM": "Waveform reference",
    "SCOORD": "Region of an image",
    "SCOORD3D": "Region in space",
    "TCOORD": "Range in time",
}
_RELATIONS = {
    "INFERRED FROM": "inferred from ",
    "SELECTED FROM": "selected from ",
    "HAS ACQ CONTEXT": "acquired with ",
}
# Language, and the observer of the whole report: of less interest than what it says.
_ABOUT = frozenset(
    "121005 121008 121009 121010 121011 121012 121013 121014 121015 121016 121017"
    " 121046 121049".split()
)


def blocks(root: ContentItem) -> tuple[Block, ...]:
    """The report below its title; language and observers come last."""
    about = [child for child in root.children if _is_about(child)]
    rest = [child for child in root.children if not _is_about(child)]
    layout = _Layout(root)
    rest = _flowing(rest) if root.continuous else rest
    found = list(layout.level(rest, level=1, under=root.label))
    if about:
        found.append(Heading(1, "About this report"))
        found.extend(layout.level(about, level=2, under=""))
    return tuple(found)


class _Layout:
    def __init__(self, root: ContentItem) -> None:
        self._root = root

    def level(
        self, items: Sequence[ContentItem], *, level: int, under: str, subject: str = ""
    ) -> Iterator[Block]:
        """Siblings in their order; `subject` is what they are properties of, if not a heading."""
        names = Counter(one.label for one in items if one.kind == "CONTAINER")
        seen: Counter[str] = Counter()
        for (kind, label, simple), run in groupby(items, _run):
            together = list(run)
            if kind == "NUM" and simple and len(together) >= TABLE_FROM and not subject:
                yield self._table(together)
            elif kind in _POINTING and simple and len(together) > 1:
                yield Item(_labelled(together[0], subject), _counted(together))
            elif kind == "CONTAINER":
                for one in together:
                    seen[label] += 1
                    number = f" {seen[label]} of {names[label]}" if names[label] > 1 else ""
                    yield from self._container(one, number, level=level, under=under)
            else:
                for one in together:
                    yield from self._single(one, level=level, under=under, subject=subject)

    def _container(
        self, item: ContentItem, number: str, *, level: int, under: str
    ) -> Iterator[Block]:
        children = _flowing(item.children) if item.continuous else item.children
        if not item.label:
            yield from self.level(children, level=level, under=under)
            return
        yield Heading(level, item.label + number)
        if not item.children:
            yield Paragraph("Nothing is recorded here.")
        yield from self.level(children, level=level + 1, under=item.label)

    def _single(
        self, item: ContentItem, *, level: int, under: str, subject: str
    ) -> Iterator[Block]:
        modifiers = [child for child in item.children if _is_note(child)]
        rest = [child for child in item.children if not _is_note(child)]
        label = _labelled(item, subject)
        value = self._meant(item) if item.kind == "REFERENCE" else item.value + _notes(modifiers)
        identifying = item.identifying
        is_text = item.kind == "TEXT" and not item.identifying
        if is_text and not subject and _says_the_same(item.label, under):
            yield from _paragraphs(value)
        elif is_text and (len(value) > SHORT or "\n" in value):
            yield Heading(level, label)
            yield from _paragraphs(value)
        elif label:
            yield Item(label, value, identifying)
        else:
            nameless = identifying or item.kind == "UNREADABLE"
            yield Item("Entry", value, identifying) if nameless else Paragraph(value)
        if rest:
            about = label
            if item.kind == "CODE" and not identifying:
                about = " – ".join(filter(None, (subject, item.value)))
            about = about if len(about) <= SHORT else f"… {about[-SHORT:]}"
            yield from self.level(rest, level=level + 1, under="", subject=about or "Entry")

    def _table(self, items: Sequence[ContentItem]) -> Table:
        notes = ["; ".join(map(_note, item.children)) for item in items]
        columns: tuple[str, ...] = ("Measurement", "Value")
        rows = [(item.label or "Measurement", item.value) for item in items]
        if not any(notes):
            return Table((columns, *rows))
        noted = tuple((*row, note) for row, note in zip(rows, notes, strict=True))
        return Table(((*columns, "Notes"), *noted))

    def _meant(self, item: ContentItem) -> str:
        """What a by-reference relationship points to, named but never entered: no loops."""
        found = self._root
        for position in item.target[1:]:
            if not 0 < position <= len(found.children):
                return "an entry that is not in this report"
            found = found.children[position - 1]
        if found.kind == "REFERENCE":
            return "another entry of this report"
        if found.identifying:
            return f"see “{found.label or 'another entry'}”"
        told = ": ".join(filter(None, (found.label, wording.line(found.value[:SHORT]))))
        return f"see “{told[:SHORT] or 'another entry'}”"


def _flowing(items: Sequence[ContentItem]) -> list[ContentItem]:
    """Entries of running text joined into one: words, codes and numbers that continue a text."""
    found: list[ContentItem] = []
    text: list[ContentItem] = []
    for item in items:
        plain = item.relation == "CONTAINS" and all(_is_note(child) for child in item.children)
        continues = item.kind in {"CODE", "NUM"} and bool(text)
        same = item.kind == "TEXT" and (not text or item.label == text[0].label)
        if plain and not item.identifying and (continues or same):
            text.append(item)
        else:
            found.extend(_joined(text))
            text = []
            found.append(item)
    return [*found, *_joined(text)]


def _joined(text: list[ContentItem]) -> list[ContentItem]:
    if len(text) < 2:
        return text
    words = " ".join(one.value + _notes(one.children) for one in text)
    return [ContentItem("CONTAINS", "TEXT", Code(), words)]


def _run(item: ContentItem) -> tuple[str, str, bool]:
    """Siblings with the same key may be shown together."""
    if item.kind == "NUM":
        simple = item.relation == "CONTAINS" and all(_is_note(one) for one in item.children)
        return item.kind, "", simple and not item.identifying
    return item.kind, item.label, not item.children


def _is_about(item: ContentItem) -> bool:
    return item.concept.scheme == "DCM" and item.concept.value in _ABOUT


def _is_note(item: ContentItem) -> bool:
    """Whether it is short enough to stand in brackets behind what it qualifies."""
    return (
        item.relation in {_MODIFIER, "HAS PROPERTIES"}
        and item.kind in {"CODE", "TEXT", "NUM", "DATE", "TIME", "DATETIME"}
        and not item.identifying
        and len(item.value) <= SHORT // 2
        and all(child.relation == _MODIFIER and _is_note(child) for child in item.children)
    )


def _note(item: ContentItem) -> str:
    told = ": ".join(filter(None, (item.label, wording.line(item.value))))
    return told + _notes(item.children)


def _notes(items: Sequence[ContentItem]) -> str:
    return f" ({'; '.join(map(_note, items))})" if items else ""


def _labelled(item: ContentItem, subject: str) -> str:
    label = item.label or _POINTING.get(item.kind, "")
    if item.kind == "REFERENCE":
        label = "another entry"
    relation = _RELATIONS.get(item.relation, "") if subject else ""
    if item.kind == "REFERENCE" and not subject:
        label = "Also"
    return " – ".join(filter(None, (subject, relation + label)))


def _counted(items: Sequence[ContentItem]) -> str:
    counts = Counter(item.value for item in items)
    if all(count == 1 for count in counts.values()) and len(counts) <= TABLE_FROM:
        return "; ".join(counts)
    kinds = Counter(item.value.partition(",")[0] for item in items)
    return "; ".join(f"{count} × {kind}" for kind, count in kinds.items())


def _says_the_same(label: str, heading: str) -> bool:
    """Whether a text's label only repeats the heading: "Finding" under "Findings"."""
    plain = label.casefold().removesuffix("s")
    return plain in {"", "text", "report text", heading.casefold().removesuffix("s")}


def _paragraphs(text: str) -> Iterator[Paragraph]:
    part: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line:
            part.append(line)
        elif part:
            yield Paragraph("\n".join(part))
            part = []
