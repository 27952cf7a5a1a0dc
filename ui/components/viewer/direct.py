"""Changes that do without a new rendering of the whole page.

The library renders every element of a page anew when one of them has changed; in Chromium that
takes 6 ms for the viewer's. What changes with every turn of the wheel is set on the element itself,
by the DOM's own methods, and reaches the browser in the order in which it was set.
"""

from __future__ import annotations

from collections.abc import Iterable

from nicegui import Client
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement


class Direct:
    """Sets sources, texts and styles of elements; as usual until the page's browser has connected.

    From then on the server holds the newest of none of them.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._connected = False

    @property
    def _possible(self) -> bool:
        self._connected = self._connected or self._client.has_socket_connection
        return self._connected

    def set_source(self, picture: Element, source: str) -> None:
        """Show another picture."""
        if self._possible:
            picture.run_method("setAttribute", "src", source)
        else:
            picture.props["src"] = source

    def unsay(self, elements: Iterable[Element]) -> None:
        """Take back what these were told and the browser may not have: it is not to be told again
        to a browser that comes back.
        """
        begins = tuple(f"return runMethod({element.id}, " for element in elements)
        outbox = self._client.outbox
        sent = (message for _number, _at, message in outbox.message_history)
        for _target, _kind, data in (*outbox.messages, *sent):
            if str(data.get("code", "")).startswith(begins):
                data["code"] = ""

    def set_text(self, element: TextElement, text: str) -> None:
        """Say something else."""
        if self._possible:
            element.run_method("replaceChildren", text)
        else:
            element.set_text(text)

    def set_style(self, element: Element, style: str) -> None:
        """Give an element this style and no other."""
        if self._possible:
            element.run_method("setAttribute", "style", style)
        else:
            element.style(replace=style)

    def set_flag(self, element: Element, name: str, on: bool) -> None:
        """Give an element an attribute without a value, or take it away."""
        if self._possible:
            element.run_method("toggleAttribute", name, on)
        elif on:
            element.props[name] = True
        else:
            element.props.pop(name, None)
