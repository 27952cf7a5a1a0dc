"""Whether a request comes from a phone, as far as a server can know."""

from __future__ import annotations

import re
from collections.abc import Mapping

PHONE = re.compile(r"iPhone|iPod|Windows Phone|Android[^)]*\).*\bMobile\b|\bMobile;")
TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/", re.IGNORECASE)


def is_phone(headers: Mapping[str, str]) -> bool:
    """By the client hint `Sec-CH-UA-Mobile`, else by the User-Agent; tablets are none."""
    agent = headers.get("user-agent", "")
    if TABLET.search(agent):
        return False
    return headers.get("sec-ch-ua-mobile", "").strip() == "?1" or bool(PHONE.search(agent))
