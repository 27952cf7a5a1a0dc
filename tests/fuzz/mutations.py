"""Ways to damage a file. Each takes the bytes and a source of chance, and gives other bytes."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable

from tests.fuzz.elements import UNDEFINED, Element, elements, explicit, with_value
from tests.fuzz.originals import MADE, Original, originals

Chance = random.Random
Mutation = Callable[[bytes, Chance], bytes]
PIXEL_DATA = 0x7FE00010
VRS = (
    b"AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN "
    b"UR US UT UV ZZ".split()
)
LENGTHS = (0, 1, 2, 3, 7, 255, 0xFFFE, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, UNDEFINED)
WORDS = (0, 1, 2, 3, 7, 8, 9, 12, 15, 16, 17, 31, 32, 33, 63, 64, 255, 256, 32767, 32768, 65535)
TEXTS = (b"", b"0", b"-1", b"1", b"3", b"999999999", b"1e400", b"nan", b"inf", b"-inf", b"1e-300",
         b"abc", b"\\\\\\", b"1\\2\\3\\4\\5\\6\\7", b"99999999999999999999999", b"0\\0",
         b"\xff\xfe", b"2147483648", b"65536", b"0.0000001", b"1\\nan", b"-1e308")  # fmt: skip
# attributes that pictures are made by, and how they are written
TELLING = {
    0x00280002: "US", 0x00280004: "CS", 0x00280006: "US", 0x00280008: "IS", 0x00280010: "US",
    0x00280011: "US", 0x00280100: "US", 0x00280101: "US", 0x00280102: "US", 0x00280103: "US",
    0x00280120: "US", 0x00280121: "US", 0x00280034: "IS", 0x00280030: "DS", 0x00281050: "DS",
    0x00281051: "DS", 0x00281052: "DS", 0x00281053: "DS", 0x00281056: "CS", 0x00281101: "US",
    0x00283002: "US", 0x00283006: "OW", 0x00181600: "CS", 0x00181602: "IS", 0x00181610: "IS",
    0x00181612: "IS", 0x00181620: "IS", 0x00180050: "DS", 0x00181063: "DS", 0x00181065: "DS",
    0x00200032: "DS", 0x00200037: "DS", 0x00080060: "CS", 0x00080016: "UI", 0x00080005: "CS",
    0x00080020: "DA", 0x00080030: "TM", 0x00100010: "PN", 0x00100020: "LO", 0x00100030: "DA",
    0x60000010: "US", 0x60000011: "US", 0x60000050: "SS", 0x60000100: "US", 0x60000102: "US",
    0x60000015: "IS", 0x7FE00001: "OV", 0x00280301: "CS", 0x00186018: "UL", 0x0040A730: "SQ",
    0x00420011: "OB", 0x00420012: "LO", 0x00420015: "UL", 0x00620001: "CS",
}  # fmt: skip
KINDS = (b"MONOCHROME1", b"MONOCHROME2", b"RGB", b"YBR_FULL", b"YBR_FULL_422", b"PALETTE COLOR",
         b"YBR_RCT", b"YBR_PARTIAL_422", b"CMYK", b"", b"BINARY", b"LABELMAP", b"SIGMOID",
         b"LINEAR_EXACT", b"PT", b"CT", b"US", b"CIRCULAR\\POLYGONAL", b"ISO_IR 192",
         b"ISO 2022 IR 87", b"\\ISO 2022 IR 149", b"NONSENSE")  # fmt: skip
CLASSES = (b"1.2.840.10008.5.1.4.1.1.2", b"1.2.840.10008.5.1.4.1.1.88.11",
           b"1.2.840.10008.5.1.4.1.1.104.1", b"1.2.840.10008.5.1.4.1.1.66.4",
           b"1.2.840.10008.5.1.4.1.1.30", b"1.2.840.10008.1.3.10", b"1.2.3")  # fmt: skip
SYNTAXES = tuple(
    b"1.2.840.10008.1.2" + end
    for end in b" .1 .2 .1.99 .1.98 .5 .8.1 .4.50 .4.51 .4.57 .4.70 .4.80 .4.81 .4.90 .4.91 .4.201 "
    b".4.203 .4.100 .99".split(b" ")
)


def flip_bytes(data: bytes, chance: Chance) -> bytes:
    made = bytearray(data)
    within = len(made) if chance.random() < 0.5 else min(len(made), 4096)
    for _ in range(chance.randint(1, 24)):
        made[chance.randrange(within)] = chance.choice((0, 0xFF, 0x80, chance.randrange(256)))
    return bytes(made)


def overwrite_run(data: bytes, chance: Chance) -> bytes:
    at, length = chance.randrange(len(data)), chance.randint(1, 400)
    filler = chance.choice((b"\0", b"\xff", b"\xfe\xff\x00\xe0", chance.randbytes(16)))
    return data[:at] + (filler * length)[:length] + data[at + length :]


def truncate(data: bytes, chance: Chance) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_out(data: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randint(1, 300) :]


def repeat_run(data: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at : at + chance.randint(1, 500)] * chance.randint(2, 5) + data[at:]


def splice(data: bytes, chance: Chance) -> bytes:
    other = chance.choice(originals()[:MADE]).data
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def change_vr(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    return data[: element.at + 4] + chance.choice(VRS) + data[element.at + 6 :]


def change_length(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    length = chance.choice(
        (*LENGTHS, max(element.end - element.value_at + chance.randint(-9, 9), 0))
    )
    most = (1 << 8 * element.length_size) - 1
    told = min(length, most).to_bytes(element.length_size, "little")
    return data[: element.length_at] + told + data[element.length_at + element.length_size :]


def remove_element(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    return data[: element.at] + data[element.end :]


def insert_element(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    tag = chance.choice((*TELLING, chance.randrange(1 << 32)))
    vr = chance.choice(VRS) if chance.random() < 0.5 else TELLING.get(tag, "UN").encode()
    made = explicit(tag, vr, _value(tag, chance))
    return data[: element.at] + made + data[element.at :]


def tell_nonsense(data: bytes, chance: Chance) -> bytes:
    """One to four attributes that pictures are made by, with impossible values."""
    for _ in range(chance.randint(1, 4)):
        fitting = [one for one in elements(data) if one.tag in TELLING]
        if not fitting:
            return data
        element = chance.choice(fitting)
        data = with_value(data, element, _value(element.tag, chance))
    return data


def claim_another_syntax(data: bytes, chance: Chance) -> bytes:
    for element in elements(data):
        if element.tag == 0x00020010:
            return with_value(data, element, chance.choice(SYNTAXES))
    return data


def lie_about_fragments(data: bytes, chance: Chance) -> bytes:
    """Lengths of fragments, and what the offset table says."""
    fragments = [one for one in elements(data) if one.tag == 0xFFFEE000]
    if not fragments:
        return change_length(data, chance)
    fragment = chance.choice(fragments)
    if chance.random() < 0.4:
        count = chance.choice((0, 1, 2, 3, 500))
        table = struct.pack(
            f"<{count}I", *(chance.choice((*LENGTHS, 8, 100)) for _ in range(count))
        )
        return with_value(data, fragments[0], table)
    length = chance.choice((*LENGTHS, chance.randrange(1, 9000)))
    return data[: fragment.length_at] + struct.pack("<I", length) + data[fragment.value_at :]


def damage_codestream(data: bytes, chance: Chance) -> bytes:
    """Bytes of compressed data only, most of them in its header."""
    element = _pixels(data, chance)
    made = bytearray(data)
    deep = chance.choice((12, 64, 200, 1 << 30))
    last = min(element.end, element.value_at + deep, len(made)) - 1
    if last <= element.value_at:
        return flip_bytes(data, chance)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        made[chance.randint(element.value_at, last)] = chance.choice(
            (0, 1, 0xFF, 0x7F, 0x80, chance.randrange(256))
        )
    return bytes(made)


def lie_about_size_in_codestream(data: bytes, chance: Chance) -> bytes:
    """Another size in a JPEG's frame header or a JPEG 2000's SIZ, in RLE another segment count."""
    element = _pixels(data, chance)
    made = bytearray(data)
    for marker, offset, form in (
        (b"\xff\xc0", 5, ">HH"), (b"\xff\xc3", 5, ">HH"), (b"\xff\xf7", 5, ">HH"),
        (b"\xff\x51", 6, ">II"), (b"\xff\x51", 22, ">II"),
    ):  # fmt: skip
        at = data.find(marker, element.value_at, element.value_at + 1000)
        if at >= 0 and at + offset + 8 < len(made):
            sizes = [chance.choice((0, 1, 100, 65535, 65500, 32767)) for _ in range(2)]
            struct.pack_into(form, made, at + offset, *sizes)
            if chance.random() < 0.5:
                # the data set agrees with the lie
                return _resized(bytes(made), *sizes)
            return bytes(made)
    if element.end - element.value_at >= 64:
        field = element.value_at + 4 * chance.randrange(16)
        struct.pack_into("<I", made, field, chance.choice((0, 1, 2, 15, 64, 100, 0xFFFFFFFF)))
    return bytes(made)


def claim_a_great_size(data: bytes, chance: Chance) -> bytes:
    rows, columns = (chance.choice((1, 2000, 20000, 65535)) for _ in range(2))
    return _resized(data, rows, columns)


def nest_deeply(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    depth = chance.choice((10, 70, 500, 3000, 20000))
    tag = struct.pack("<HH", *chance.choice(((0x0040, 0xA730), (0x0009, 0x1001), (0x5200, 0x9230))))
    if chance.random() < 0.6:
        level = tag + b"SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
        end = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
        nested = level * depth + end * chance.choice((depth, depth, depth // 2, 0))
    else:
        nested = b""
        for _ in range(min(depth, 500)):
            inner = b"\xfe\xff\x00\xe0" + struct.pack("<I", len(nested)) + nested
            nested = tag + b"SQ\0\0" + struct.pack("<I", len(inner)) + inner
    return data[: element.at] + nested + data[element.at :]


def many_items(data: bytes, chance: Chance) -> bytes:
    element = _any(data, chance)
    tag = struct.pack("<HH", *chance.choice(((0x0040, 0xA730), (0x5200, 0x9230), (0x0028, 0x3010))))
    items = b"\xfe\xff\x00\xe0\0\0\0\0" * chance.choice((1000, 60000))
    made = tag + b"SQ\0\0" + struct.pack("<I", len(items)) + items
    return data[: element.at] + made + data[element.at :]


def deflate_bomb(data: bytes, chance: Chance) -> bytes:
    """The data set deflated, with a great hole in it."""
    begins = next((one.at for one in elements(data) if one.tag >> 16 > 2), 132)
    head = claim(data[:begins], b"1.2.840.10008.1.2.1.99")
    hole = chance.choice((1 << 20, 1 << 26, 1 << 28))
    deflate = zlib.compressobj(1, wbits=-15)
    packed = [deflate.compress(data[begins:])]
    packed.append(
        deflate.compress(explicit(0x7FE1_0010, b"OB", b"")[:-4] + struct.pack("<I", hole))
    )
    packed += [deflate.compress(bytes(1 << 20)) for _ in range(hole >> 20)]
    return head + b"".join(packed) + deflate.flush()


def claim(head: bytes, syntax: bytes) -> bytes:
    """File meta information with another transfer syntax."""
    for element in elements(head):
        if element.tag == 0x00020010:
            return with_value(head, element, syntax)
    return head


def _any(data: bytes, chance: Chance) -> Element:
    found = elements(data)
    if not found:
        return Element(0, b"", 0, 0, 2, min(8, len(data)), len(data))
    return chance.choice(found)


def _pixels(data: bytes, chance: Chance) -> Element:
    """A fragment, or the pixel data itself."""
    found = elements(data)
    at = next((n for n, one in enumerate(found) if one.tag == PIXEL_DATA), None)
    if at is None:
        return _any(data, chance)
    fragments = [one for one in found[at + 2 :] if one.tag == 0xFFFEE000]
    return chance.choice(fragments) if fragments else found[at]


def _value(tag: int, chance: Chance) -> bytes:
    vr = TELLING.get(tag, "UN")
    if tag == 0x00080016:
        return chance.choice(CLASSES)
    if vr in ("US", "SS"):
        count = chance.choice((1, 1, 1, 1, 2, 3, 0))
        return b"".join(struct.pack("<H", chance.choice(WORDS)) for _ in range(count))
    if vr in ("OW", "OB", "OV", "UL", "UN", "SQ"):
        return chance.randbytes(chance.choice((0, 1, 4, 8, 64, 3000)))
    return chance.choice(KINDS if vr == "CS" else TEXTS)


def _resized(data: bytes, rows: int, columns: int) -> bytes:
    for tag, told in ((0x00280010, rows), (0x00280011, columns)):
        for element in elements(data):
            if element.tag == tag:
                data = with_value(data, element, struct.pack("<H", told))
                break
    return data


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes, flip_bytes, overwrite_run, truncate, cut_out, repeat_run, splice, change_vr,
    change_length, change_length, remove_element, insert_element, tell_nonsense, tell_nonsense,
    claim_another_syntax, lie_about_fragments, lie_about_fragments, damage_codestream,
    damage_codestream, damage_codestream, lie_about_size_in_codestream, claim_a_great_size,
    nest_deeply, many_items, deflate_bomb,
)  # fmt: skip


def damaged(seed: int) -> tuple[str, bytes]:
    """The file of a seed, and what was done to which original: the same every time."""
    chance = random.Random(seed)  # noqa: S311, the same damage every time
    found = originals()
    # a third of the files made here: they are of every kind, the corpus is mostly plain slices
    original = chance.choice(found[:MADE] if chance.random() < 0.35 else found)
    data = _under_other_uids(original, seed)
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
        mutation = chance.choice(MUTATIONS)
        data = mutation(data, chance) if data else data
        done.append(mutation.__name__)
    return f"{original.name}: {', '.join(done)}", data


def _under_other_uids(original: Original, seed: int) -> bytes:
    """The file as another study, so that it is no copy of one that is stored already."""
    data = original.data
    for number, uid in enumerate(original.uids):
        if len(uid) >= 16:
            other = f"1.2.{seed}.{number + 1}.".encode()
            data = data.replace(uid, other + b"1" * (len(uid) - len(other)))
    return data
