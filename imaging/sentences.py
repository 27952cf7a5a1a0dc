"""Sentences for a person, said in English here and told in other languages elsewhere."""

from __future__ import annotations


class Sentence(str):
    """An English sentence that remembers its pattern and what was inserted at its places.

    `Sentence("This image has {frames} frames.", frames=3)` reads "This image has 3 frames."; who
    tells it in another language asks for that language's `pattern`.
    """

    pattern: str
    inserted: dict[str, object]

    def __new__(cls, pattern: str, **inserted: object) -> Sentence:
        made = super().__new__(cls, pattern.format(**inserted) if inserted else pattern)
        made.pattern, made.inserted = pattern, inserted
        return made
