"""What may be said over a page's socket: an event of that very page, in the form events have.

NiceGUI takes the page that an event is for from the event itself. Here a socket speaks only for the
page it was opened for, by whose cookies the armour let it in; what is not in the form of an event,
is for an element that is gone, or is text for the server's log, is dropped; so is a value that its
control cannot have.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import structlog
from nicegui import Client, core, json, ui
from nicegui.element import Element
from socketio.exceptions import ConnectionRefusedError as Refused  # type: ignore[import-untyped]

log = structlog.get_logger()
MOST_ARGUMENTS = 16
LONGEST_TEXT = 20_000  # characters of a text that is typed; every field's own limit is far below
VALUE = "update:model-value"
Handler = Callable[..., Any]
_noted: deque[str] = deque(maxlen=1000)


def install() -> None:
    """Stand in front of NiceGUI's handlers; once a process."""
    handlers: dict[str, Handler] = core.sio.handlers["/"]
    for name in ("event", "javascript_response", "ack"):
        core.sio.on(name, _guarded(name, handlers[name]))
    core.sio.on("handshake", _shaking(handlers["handshake"]))
    core.sio.on("connect", _connecting(handlers["connect"]))
    core.sio.on("log", _unheard)  # whoever may write into a log may write anything into it


def _guarded(name: str, handler: Handler) -> Handler:
    def heard(sid: str, *said: Any) -> None:
        if (message := _message(said)) is None or not _is_of(sid, message):
            return
        try:
            if name == "event" and not _is_listened_to(message):
                return
            handler(sid, message)
        except Exception as error:  # of what was sent, not of what it led to
            if sid not in _noted:  # once a socket: a log is not to be flooded either
                _noted.append(sid)
                log.warning("a message of a page makes no sense", error=type(error).__name__)

    return heard


def _shaking(handler: Handler) -> Handler:
    async def heard(sid: str, *said: Any) -> bool:
        message = _message(said)
        if message is None or message.get("client_id") != _opened_for(sid):
            return False
        try:
            return bool(await handler(sid, message))
        except (KeyError, TypeError, ValueError):
            return False

    return heard


def _connecting(handler: Handler) -> Handler:
    async def heard(sid: str, environ: dict[str, Any], *_said: Any) -> None:
        try:
            await handler(sid, environ)
        except (KeyError, TypeError, ValueError):
            raise Refused("This socket names no page.") from None

    return heard


def _unheard(_sid: str, *_said: Any) -> None:
    pass


def _message(said: tuple[Any, ...]) -> dict[str, Any] | None:
    return said[0] if len(said) == 1 and isinstance(said[0], dict) else None


def _is_of(sid: str, message: dict[str, Any]) -> bool:
    """Whether the message is about the page whose handshake this socket has made."""
    client_id = message.get("client_id")
    return isinstance(client_id, str) and client_id != sid and client_id in core.sio.rooms(sid)


def _is_listened_to(message: dict[str, Any]) -> bool:
    number, args = message.get("id"), message.get("args", [])
    listener_id = message.get("listener_id")
    client = Client.instances.get(message["client_id"])
    if client is None or not isinstance(number, int) or isinstance(number, bool):
        return False
    if not isinstance(args, list) or len(args) > MOST_ARGUMENTS:
        return False
    element = client.elements.get(number)
    if element is None or not isinstance(listener_id, str):
        return False
    listener = element._event_listeners.get(listener_id)
    return listener is not None and (listener.type != VALUE or _can_have(element, args))


def _can_have(element: Element, args: list[Any]) -> bool:
    """Whether a control's new value is of the kind that a browser sends for it."""
    if len(args) != 1 or not isinstance(args[0], str):
        return False
    value = json.loads(args[0])
    match element:
        case ui.number():
            return value is None or value == "" or _is_number(value)
        case ui.input() | ui.textarea() | ui.select() if value is None:
            return "clearable" in element.props
        case ui.input() | ui.textarea():
            return isinstance(value, str) and len(value) <= LONGEST_TEXT
        case ui.checkbox() | ui.switch():
            return isinstance(value, bool)
        case ui.select():
            several = value if isinstance(value, list) and element.multiple else [value]
            return all(_is_choice(element, choice) for choice in several)
    return True


def _is_number(value: object) -> bool:
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False


def _is_choice(element: ui.select, choice: object) -> bool:
    """Quasar sends an option as its place in the list and its label."""
    place = choice.get("value") if isinstance(choice, dict) else None
    return isinstance(place, int) and 0 <= place < len(element.options)


def _opened_for(sid: str) -> str | None:
    """The page that a socket's address names: the one the armour compared its cookies with."""
    environ = core.sio.get_environ(sid)
    scope = environ.get("asgi.scope", {}) if environ else {}
    named = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("client_id")
    return named[0] if named else None
