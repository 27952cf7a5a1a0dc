"""Frozen dataclasses to compact bytes and back, without pickle.

The bytes carry a fingerprint of the class: field names and types. Bytes that an older class wrote
are recognised and refused with `Outdated`, never misread.
"""

import dataclasses
import functools
import json
import struct
import types
import typing
import zlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

_HEADER = struct.Struct("<4sII")
_MAGIC, _PLAIN = b"MIv1", b"MIv0"  # compressed, and not
WORTH_COMPRESSING = 4096  # bytes; setting up a compressor costs more than a few kB on disk
MAX_UNPACKED = 1 << 28

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
_Blobs = list[bytes]


def _remembered(function: F) -> F:
    """The function, asked once for each class."""
    return typing.cast(F, functools.cache(function))


class Outdated(ValueError):
    """The bytes were written by another version of the class, or are damaged: describe again."""


def pack(value: Any) -> bytes:
    """`value` (a frozen dataclass of ints, floats, strings, bytes, tuples and such) as bytes."""
    kind = type(value)
    blobs: _Blobs = []
    head = json.dumps(_writer(kind)(value, blobs), separators=(",", ":")).encode()
    lengths = struct.pack(f"<I{len(blobs) + 1}I", len(blobs), len(head), *map(len, blobs))
    body = lengths + head + b"".join(blobs)
    plain = len(body) < WORTH_COMPRESSING
    head = _HEADER.pack(_PLAIN if plain else _MAGIC, fingerprint(kind), len(body))
    return head + (body if plain else zlib.compress(body, 1))


def unpack(kind: type[T], data: bytes) -> T:
    """The value of class `kind` that `pack` turned into `data`.

    Raises:
        Outdated: the bytes are of another class version, or damaged.
    """
    try:
        magic, written_as, length = _HEADER.unpack_from(data)
        if (
            magic not in (_MAGIC, _PLAIN)
            or written_as != fingerprint(kind)
            or length > MAX_UNPACKED
        ):
            raise Outdated(f"These bytes are no {kind.__name__} of this version.")
        body = data[_HEADER.size :]
        if magic == _MAGIC:
            body = zlib.decompressobj().decompress(body, length)
        (count,) = struct.unpack_from("<I", body)
        lengths = struct.unpack_from(f"<{count + 1}I", body, 4)
        at = 8 + 4 * count
        parts = []
        for part in lengths:
            parts.append(body[at : at + part])
            at += part
        if at != len(body):
            raise Outdated(f"The bytes of this {kind.__name__} are incomplete.")
        value: T = _reader(kind)(json.loads(parts[0]), parts[1:])
    except (struct.error, zlib.error, ValueError, TypeError, IndexError, KeyError) as damage:
        if isinstance(damage, Outdated):
            raise
        raise Outdated(f"The bytes of this {kind.__name__} are damaged.") from damage
    return value


@_remembered
def fingerprint(kind: Any) -> int:
    """A number that changes when a field of `kind`, or of a class inside it, changes."""
    return zlib.crc32(_shape(kind).encode())


def _shape(kind: Any) -> str:
    if dataclasses.is_dataclass(kind):
        inner = ",".join(f"{name}:{_shape(of)}" for name, of in _fields(kind))
        return f"{getattr(kind, '__name__', kind)}({inner})"
    arguments = typing.get_args(kind)
    if arguments:
        return f"{typing.get_origin(kind)}[{','.join(_shape(of) for of in arguments)}]"
    return getattr(kind, "__name__", str(kind))


@_remembered
def _fields(kind: Any) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((field.name, hints[field.name]) for field in dataclasses.fields(kind))


def _optional(kind: Any) -> Any:
    """X of `X | None`, or Ellipsis when `kind` is no such union."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        (inner,) = (of for of in typing.get_args(kind) if of is not type(None))
        return inner
    return Ellipsis


@_remembered
def _writer(kind: Any) -> Callable[[Any, _Blobs], Any]:
    if kind is bytes:
        return _write_bytes
    if dataclasses.is_dataclass(kind):
        parts = [(name, _writer(of)) for name, of in _fields(kind)]
        return lambda value, blobs: [write(getattr(value, name), blobs) for name, write in parts]
    if typing.get_origin(kind) is tuple:
        element = typing.get_args(kind)[0]
        write_one = _writer(element)
        if dataclasses.is_dataclass(element):
            return lambda values, blobs: _write_distinct(values, blobs, write_one)
        return lambda values, blobs: [write_one(value, blobs) for value in values]
    inner = _optional(kind)
    if inner is not Ellipsis:
        write_inner = _writer(inner)
        return lambda value, blobs: None if value is None else write_inner(value, blobs)
    return lambda value, _: value


def _write_bytes(value: bytes, blobs: _Blobs) -> int:
    blobs.append(value)
    return len(blobs) - 1


def _write_distinct(
    values: Sequence[Any], blobs: _Blobs, write_one: Callable[[Any, _Blobs], Any]
) -> list[Any]:
    """Equal values of a tuple are written once: [the distinct ones, which one stands where]."""
    places: dict[Any, int] = {}
    order = [places.setdefault(value, len(places)) for value in values]
    distinct = [write_one(value, blobs) for value in places]
    return [distinct, [] if len(distinct) == len(order) else order]


@_remembered
def _reader(kind: Any) -> Callable[[Any, _Blobs], Any]:
    if kind is bytes:
        return lambda value, blobs: blobs[value]
    if dataclasses.is_dataclass(kind):
        readers = [_reader(of) for _, of in _fields(kind)]
        make: Callable[..., Any] = typing.cast(Callable[..., Any], kind)
        return lambda value, blobs: make(
            *[read(part, blobs) for read, part in zip(readers, value, strict=True)]
        )
    if typing.get_origin(kind) is tuple:
        element = typing.get_args(kind)[0]
        read_one = _reader(element)
        if dataclasses.is_dataclass(element):
            return lambda value, blobs: _read_distinct(value, blobs, read_one)
        if element in (int, float, str, bool):
            return lambda value, _: tuple(value)
        return lambda value, blobs: tuple(read_one(part, blobs) for part in value)
    inner = _optional(kind)
    if inner is not Ellipsis:
        read_inner = _reader(inner)
        return lambda value, blobs: None if value is None else read_inner(value, blobs)
    return lambda value, _: value


def _read_distinct(
    value: Any, blobs: _Blobs, read_one: Callable[[Any, _Blobs], Any]
) -> tuple[Any, ...]:
    distinct = [read_one(part, blobs) for part in value[0]]
    return tuple(distinct[place] for place in value[1]) if value[1] else tuple(distinct)
