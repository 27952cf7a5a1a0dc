"""Which media type a program gets: its Accept header or `accept` parameter (PS3.18 8.7.5)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

OFFERED = ("image/jpeg", "image/png", "image/webp")  # the first where any will do
# a media range, a parameter's name and its value, which may be quoted and hold commas
_RANGE = re.compile(r'([^,;\s"]+)((?:\s*;\s*[^,;="\s]+\s*=\s*(?:"[^"]*"|[^,;"\s]*))*)\s*(?:,|$)')
_PARAMETER = re.compile(r';\s*([^,;="\s]+)\s*=\s*("[^"]*"|[^,;"\s]*)')


class Choice(NamedTuple):
    """What a single picture is sent as, and what each of several is; empty: not acceptable."""

    single: str
    parts: str


@lru_cache(512)
def chosen(accept: str) -> Choice:
    """The most wanted of what is offered; `accept` is as in RFC 9110 12.5.1, empty for any.

    Of ranges that fit one media type the most exact decides, whatever their order.
    """
    single: dict[str, float] = {}
    parts: dict[str, float] = {}
    for media_range, tail in _RANGE.findall(accept.strip() or "*/*"):
        parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(tail)}
        wanted, weight = media_range.lower(), _weight(parameters.get("q", "1"))
        if wanted == "multipart/related":
            parts[parameters.get("type", "*/*").lower()] = weight
        else:
            single[wanted] = weight
            if wanted == "*/*":
                parts.setdefault(wanted, weight)
    return Choice(_best(single), _best(parts))


def _best(allowed: dict[str, float]) -> str:
    def weight(media_type: str) -> float:
        for media_range in (media_type, "image/*", "*/*"):
            if media_range in allowed:
                return allowed[media_range]
        return 0.0

    best = max(OFFERED, key=weight)  # the first of equals
    return best if weight(best) > 0 else ""


def _weight(written: str) -> float:
    try:
        return min(max(float(written), 0.0), 1.0)
    except ValueError:
        return 0.0
