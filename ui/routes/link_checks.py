"""HEAD for what mail links to (RFC 9110 9.3.2): who checks links learns that there is a page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

router = APIRouter()


@router.head("/setup")
@router.head("/login")
def there() -> Response:
    """The same for every link, good or not; nothing is looked up and nothing used up."""
    return Response(media_type="text/html")
