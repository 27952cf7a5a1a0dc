"""Around every request: hosts checked, cookies set, headers tight, sockets tied to their page."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from nicegui import Client
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.portal import Portal
from services.settings import Settings
from ui.doorstep import PATH, comes_back
from ui.refusals import UNKNOWN_HOST, refusal

SOCKET = "/_nicegui_ws/"
ASSETS = "/_nicegui/"
PREFIX = "x-forwarded-prefix"
LARGEST_BODY = 2_000_000  # bytes: forms are far smaller, and no file is sent to a page
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Armour:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, portal: Portal) -> None:
        self._app = app
        self._portal = portal
        settings = portal.settings
        self._hosts = own_hosts(settings)
        socket = f"{'wss' if settings.secure else 'ws'}://{urlsplit(settings.public_url).netloc}"
        self._headers = {
            **protective_headers(settings),
            "Content-Security-Policy": "; ".join(
                (
                    "default-src 'self'",
                    # NiceGUI boots from an inline module and compiles templates in the browser
                    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
                    "style-src 'self' 'unsafe-inline'",
                    "img-src 'self' data:",
                    "font-src 'self' data:",
                    f"connect-src 'self' {socket}",
                    "frame-ancestors 'none'",
                    "form-action 'self'",
                    "base-uri 'none'",
                    "object-src 'none'",
                )
            ),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what comes from elsewhere, then pass on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        jar = cookies(headers.get("cookie", ""))
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            await self._refuse(scope, receive, send, 400, UNKNOWN_HOST)
            return
        if _length(headers) > LARGEST_BODY:
            await self._refuse(scope, receive, send, 413)
            return
        socket = scope["path"].startswith(SOCKET)
        if is_foreign(scope, headers, self._hosts) or (
            socket and (_is_elsewhere(headers, self._hosts) or not await self._belongs(scope, jar))
        ):
            await self._refuse(scope, receive, send, 403)
            return
        secure = self._portal.settings.secure
        name = browser_cookie(secure)
        browser = jar.get(name) or self._portal.secrets.token()
        scope.setdefault("state", {}).update(
            browser=browser, session=jar.get(session_cookie(secure), "")
        )
        fresh = "" if name in jar else _cookie(name, browser, secure)
        if PREFIX in headers:  # NiceGUI would write it into the page and into redirects
            kept = [pair for pair in scope["headers"] if pair[0].lower() != PREFIX.encode()]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, self._with_headers(scope, send, fresh))

    async def _belongs(self, scope: Scope, jar: dict[str, str]) -> bool:
        """A socket speaks for a page only with the cookies that page was given out to."""
        query = parse_qs(scope["query_string"].decode("latin-1"))
        client = Client.instances.get(query.get("client_id", [""])[0])
        if client is None:
            return True  # an unknown page gets nothing anyway; NiceGUI makes it reload
        given = client.request.scope["state"]
        secure = self._portal.settings.secure
        if given["browser"] != jar.get(browser_cookie(secure)):
            return False
        session = jar.get(session_cookie(secure), "")
        return given["session"] == session or await comes_back(self._portal, client, session)

    async def _refuse(
        self, scope: Scope, receive: Receive, send: Send, status: int, why: int = 0
    ) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = refusal(self._portal.settings, Headers(scope=scope), status, why)
        await answer(scope, receive, self._with_headers(scope, send, ""))

    def _with_headers(self, scope: Scope, send: Send, cookie: str) -> Send:
        kept = scope["path"].startswith(ASSETS)

        async def wrapped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for key, value in self._headers.items():
                    headers.setdefault(key, value)
                if not kept:
                    headers["Cache-Control"] = "no-store"
                    if cookie:
                        headers.append("Set-Cookie", cookie)
            await send(message)

        return wrapped


def browser_cookie(secure: bool) -> str:
    """The cookie that tells browsers apart before anybody is signed in."""
    return f"{'__Host-' if secure else ''}myimaging_browser"


def session_cookie(secure: bool) -> str:
    """The cookie of a signed-in session."""
    return f"{'__Host-' if secure else ''}myimaging_session"


def known_cookie(secure: bool) -> str:
    """The cookie of a browser that is remembered."""
    return f"{'__Host-' if secure else ''}myimaging_known"


def cookies(header: str) -> dict[str, str]:
    """The cookies of a request; a malformed header has none."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _cookie(name: str, value: str, secure: bool) -> str:
    return f"{name}={value}; Path=/; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def own_hosts(settings: Settings) -> set[str]:
    """The names this portal answers to; a request for any other is refused."""
    hosts = {urlsplit(settings.public_url).netloc.lower()}
    if settings.host in LOOPBACK:
        hosts |= {f"{name}:{settings.port}" for name in LOOPBACK}
    return hosts


def protective_headers(settings: Settings) -> dict[str, str]:
    """What every answer carries beside its content security policy."""
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if settings.secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def is_foreign(scope: Scope, headers: Mapping[str, str], hosts: set[str]) -> bool:
    """A socket or a changing request that another site's page sent."""
    changing = scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD", "OPTIONS")
    origin = headers.get("origin")
    if not changing or (origin is None and scope["type"] == "http"):
        return False
    if origin == "null":  # our own forms send that, because of the referrer policy
        site = headers.get("sec-fetch-site")
        # Firefox says "none" where a redirect sends a form on; the number in it is its proof
        sent_on = site == "none" and scope["path"] == PATH
        return scope["type"] != "http" or not (site == "same-origin" or sent_on)
    return origin is None or urlsplit(origin).netloc.lower() not in hosts


def _length(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 19 else 0


def _is_elsewhere(headers: Mapping[str, str], hosts: set[str]) -> bool:
    """Whether another site's page asks, also by GET: the socket's polling answers any origin."""
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() not in hosts
