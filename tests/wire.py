"""What pages and their servers say to each other, as far as tests without a browser speak it."""

from __future__ import annotations

import json
import re
from typing import Any

UNESCAPED = (("&#36;", "$"), ("&#96;", "`"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"))
METHOD = re.compile(r"return runMethod\((\d+), \"(\w+)\", (.*)\)$", re.DOTALL)


def method_called(code: str) -> tuple[str, str, list[Any]] | None:
    """The element, the method and its arguments, if that is what a page is told to do."""
    found = METHOD.match(code)
    return (found[1], found[2], json.loads(found[3])) if found else None
