"""What a person reads goes through the catalogue: no text is shown or raised as it stands.

Two nets: what is handed to the elements that show texts, and whatever reads like a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Told to programs and to whoever runs the portal, in the language of their documents: English.
FOR_PROGRAMS = {
    *("services/programs/dicomweb", "services/settings.py", "services/demo/demonstration.py"),
    "services/demo/demonstration_glass.py",
    *(
        "services/messaging/mailing.py",
        "services/messaging/texting.py",
        "services/language.py",
        "ui/theme.py",
    ),
    "ui/programs.py",
    *(
        "services/upkeep/archive.py",
        "services/upkeep/backup.py",
        "services/upkeep/restoring.py",
        "services/upkeep/metrics.py",
    ),
    "ui/routes/health.py",
    *("ui/routes/answers.py", "ui/routes/caller.py", "ui/routes/dicomweb.py", "ui/routes/qido.py"),
    *("ui/routes/pictures.py", "ui/routes/picture_address.py", "ui/routes/picture_query.py"),
    *("ui/routes/stow.py", "ui/routes/wado.py", "ui/routes/acceptable.py"),
    "ui/socket_guard.py",
}
MARKED = {"_", "N_", "Sentence", "ngettext"}
ERRORS = set(
    "Invalid NotAllowed NotFound Expired Unshowable TooMany TooLarge UnsupportedMedia".split()
)
# which argument of what shows a text
SHOWS = {
    **dict.fromkeys(
        "label button link tooltip checkbox expansion input textarea number".split(), 0
    ),
    **dict.fromkeys("notify menu_item page_title set_text tell headed_card dialog_card".split(), 0),
    **dict.fromkeys("text_field entry badge tab radio toggle switch".split(), 0),
    **dict.fromkeys(ERRORS, 0),
    **dict.fromkeys(("words", "named_button"), 1),
}
NAMED = {"label", "title", "under", "close_button", "placeholder", "hint", "text"}
NOT_TEXT = {"OT", "DICOM", "PDF", "JPEG", "PNG"}  # names that are the same in every language
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}")
SENTENCE = re.compile(
    r"(?:[A-Z][\w'’-]*|\{\w+\})(?:[,:;]? [\w'’{}()-]+){2,}.*[.?!]|[A-Z]\w+(?: [a-z]+){3,}"
)
ATTRIBUTE = re.compile(r"(aria-label|placeholder|hint|label|title|alt)=\"?[^\"{ ]*[A-Za-z]{2}")


def _modules() -> list[Path]:
    found = [*(ROOT / "ui").rglob("*.py"), *(ROOT / "services").rglob("*.py")]
    return [f for f in found if not _for_programs(f.relative_to(ROOT))]


def _for_programs(module: Path) -> bool:
    return any(str(part) in FOR_PROGRAMS for part in (module, *module.parents))


def _named(module: Path) -> str:
    return str(module.relative_to(ROOT))


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def _bare(shown: ast.expr) -> Iterator[str]:
    """The words in an expression that go past the catalogue."""
    match shown:
        case ast.Constant(value=str(text)) if text[:1] != "/" and text not in NOT_TEXT:
            yield from [text] if WORD.search(text) else []
        case ast.JoinedStr(values=parts):
            for part in parts:
                yield from _bare(part)
        case ast.FormattedValue(value=inner):
            yield from _bare(inner)
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper() and len(name) > 2:
            yield name
        case ast.IfExp(body=one, orelse=other):
            yield from (*_bare(one), *_bare(other))
        case ast.BoolOp(values=parts):
            for part in parts:
                yield from _bare(part)
        case ast.BinOp(left=one, right=other):
            yield from (*_bare(one), *_bare(other))


def _shown(tree: ast.AST) -> Iterator[ast.expr]:
    """Every expression that is handed to something that shows it."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(args=args, keywords=keywords):
                name = _called(node)
                if name in SHOWS:
                    yield from args[SHOWS[name] : SHOWS[name] + 1]
                if name in SHOWS or name in ("bar", "select"):
                    yield from (k.value for k in keywords if k.arg in NAMED)
                if name == "props":
                    yield from (a for a in args if ATTRIBUTE.search(ast.unparse(a)))
            case ast.Assign(
                targets=[ast.Subscript(value=ast.Attribute(attr="props"), slice=key)], value=value
            ):
                if isinstance(key, ast.Constant) and key.value in (*NAMED, "aria-label", "alt"):
                    yield value


def _unmarked(node: ast.AST) -> Iterator[ast.Constant]:
    """Every string that is neither marked nor a docstring nor said to programmers."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Call() if _called(child) in MARKED:
                continue
            case ast.Call(func=ast.Name(id=name)) if name.endswith("Error"):
                continue
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Constant(value=str()):
                yield child
        yield from _unmarked(child)


@pytest.mark.parametrize("module", _modules(), ids=_named)
def test_what_is_shown_or_raised_goes_through_the_catalogue(module: Path) -> None:
    tree = ast.parse(module.read_text())
    bare = [f"line {e.lineno}: {text}" for e in _shown(tree) for text in _bare(e)]
    assert not bare


@pytest.mark.parametrize("module", _modules(), ids=_named)
def test_what_reads_like_a_sentence_is_marked(module: Path) -> None:
    tree = ast.parse(module.read_text())
    bare = [n for n in _unmarked(tree) if SENTENCE.fullmatch(str(n.value).strip())]
    assert not [f"line {n.lineno}: {n.value}" for n in bare]


@pytest.mark.parametrize("module", _modules(), ids=_named)
def test_what_is_inserted_comes_after_the_catalogue(module: Path) -> None:
    """`_(f"…")` and `_("…".format(…))` look for a text that no catalogue has."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call) and _called(node) == "_":
            assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), node.lineno
            assert not isinstance(node.args[0], ast.Call), node.lineno
