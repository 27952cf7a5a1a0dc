"""Rendered pictures as DICOM PS3.18 has them: parameters, media types, conditions, errors."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from storage.models import Instance
from tests.dicom import ct_slice, photograph
from tests.factories import House
from tests.ui.programs import EXAM, FRAME, SERIES, Outside, outside

MOVIE = "1.2.3.40"
MOVIE_SERIES = f"{MOVIE}.5"
MOVIE_IMAGE = f"/dicomweb/studies/{MOVIE}/series/{MOVIE_SERIES}/instances/{MOVIE_SERIES}.1"


def movie() -> object:
    """A photograph of three frames: red, green, blue."""
    made = photograph(study=MOVIE)
    frames = np.zeros((3, 32, 48, 3), np.uint8)
    for frame in range(3):
        frames[frame, ..., frame] = 200
    made.NumberOfFrames, made.PixelData = 3, frames.tobytes()
    return made


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    squat = ct_slice(study="1.2.3.50", size=32, PixelSpacing=[2.0, 1.0])
    with outside(house, movie(), squat) as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def who(there: Outside) -> dict[str, str]:
    return there.session(there.owner)


def shown(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def png(there: Outside, who: dict[str, str], query: str, of: str = FRAME) -> np.ndarray:
    answer = there.get(f"{of}?{query}", who, accept="image/png")
    assert answer.status_code == 200, answer.text
    return shown(answer.content)


# what it looks like


def test_the_window_is_the_one_asked_for(there: Outside, who: dict[str, str]) -> None:
    # slice 1: a disc of 10 HU on -1000 HU; PS3.3 C.11.2.1.2.1 and C.11.2.1.3.2
    linear = png(there, who, "window=40,400,linear")
    assert linear[32, 32] == round(((10 - 39.5) / 399 + 0.5) * 255)
    assert linear[0, 0] == 0
    exact = png(there, who, "window=40,400,linear-exact")
    assert exact[32, 32] == int(((10 - 40) / 400 + 0.5) * 255 + 0.5)
    sigmoid = png(there, who, "window=40,400,sigmoid")
    assert sigmoid[32, 32] == int(255 / (1 + np.exp(-4 * (10 - 40) / 400)) + 0.5)
    assert (png(there, who, "window=40,400") == linear).all()


def test_without_a_window_the_files_own_is_used(there: Outside, who: dict[str, str]) -> None:
    assert (png(there, who, "") == png(there, who, "window=40,400,linear")).all()


def test_each_frame_is_its_own(there: Outside, who: dict[str, str]) -> None:
    for frame in range(3):
        picture = png(there, who, "", f"{MOVIE_IMAGE}/frames/{frame + 1}/rendered")
        assert picture[5, 5].argmax() == frame


def test_the_viewport_is_filled_without_distortion(there: Outside, who: dict[str, str]) -> None:
    assert png(there, who, "viewport=32,32").shape == (32, 32)
    assert png(there, who, "viewport=128,100").shape == (100, 100)
    wide = f"{MOVIE_IMAGE}/frames/1/rendered"
    assert png(there, who, "viewport=24,100", wide).shape == (16, 24, 3)
    tall_pixels = "/dicomweb/studies/1.2.3.50/series/1.2.3.50.1/instances/1.2.3.50.1.1/rendered"
    assert png(there, who, "", tall_pixels).shape == (64, 32)
    assert png(there, who, "viewport=64,64", tall_pixels).shape == (64, 32)


def test_the_viewport_shows_its_region(there: Outside, who: dict[str, str]) -> None:
    whole = png(there, who, "")
    assert (png(there, who, "viewport=20,30,10,5,20,30") == whole[5:35, 10:30]).all()
    assert (png(there, who, "viewport=54,59,10,5") == whole[5:, 10:]).all()
    assert (png(there, who, "viewport=20,30,,,20,30") == whole[:30, :20]).all()


def test_negative_sizes_flip_the_picture(there: Outside, who: dict[str, str]) -> None:
    part = png(there, who, "viewport=30,30,10,5,30,30")
    assert not (part == part[:, ::-1]).all()
    assert (png(there, who, "viewport=30,30,10,5,-30,30") == part[:, ::-1]).all()
    assert (png(there, who, "viewport=30,30,10,5,30,-30") == part[::-1]).all()


def test_quality_costs_bytes(there: Outside, who: dict[str, str]) -> None:
    sizes = [len(there.get(f"{FRAME}?quality={q}", who).content) for q in (10, 60, 100)]
    assert sizes == sorted(sizes)
    assert len(set(sizes)) == 3


@pytest.mark.parametrize(
    ("address", "size"),
    [
        (f"{EXAM}/thumbnail", (128, 128)),
        (f"{EXAM}/series/{SERIES}/thumbnail", (128, 128)),
        (f"{MOVIE_IMAGE}/thumbnail", (128, 85)),
        (f"{MOVIE_IMAGE}/frames/3/thumbnail?viewport=30,30", (30, 20)),
    ],
)
def test_thumbnails_are_small(
    there: Outside, who: dict[str, str], address: str, size: tuple[int, int]
) -> None:
    answer = there.get(address, who)
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == size


def test_the_thumbnail_of_a_series_is_its_middle(there: Outside, who: dict[str, str]) -> None:
    of_series = png(there, who, "", f"{EXAM}/series/{SERIES}/thumbnail")
    middle = f"{EXAM}/series/{SERIES}/instances/{SERIES}.2/thumbnail"
    assert (of_series == png(there, who, "", middle)).all()


# what it is sent as


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("", "image/jpeg"),
        ("*/*", "image/jpeg"),
        ("image/*", "image/jpeg"),
        ("image/png", "image/png"),
        ("image/webp", "image/webp"),
        ("IMAGE/PNG; q=0.5, image/webp; q=0.6", "image/webp"),
        ("image/*;q=0.2, image/jpeg;q=0, image/webp;q=0.1", "image/png"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "image/jpeg"),
        ('multipart/related; type="image/png", image/jpeg;q=0.1', "image/jpeg"),
    ],
)
def test_the_most_wanted_type_is_sent(
    there: Outside, who: dict[str, str], accept: str, sent: str
) -> None:
    answer = there.get(FRAME, who, accept=accept)
    assert (answer.status_code, answer.headers["content-type"]) == (200, sent)
    formats = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
    assert Image.open(io.BytesIO(answer.content)).format == formats[sent]


def test_the_address_may_say_what_is_accepted(there: Outside, who: dict[str, str]) -> None:
    answer = there.get(f"{FRAME}?accept=image/png", who, accept="text/html")
    assert answer.headers["content-type"] == "image/png"


@pytest.mark.parametrize("accept", ["application/dicom", "image/gif", "*/*;q=0", "nonsense", ",;"])
def test_what_is_not_offered_is_refused(there: Outside, who: dict[str, str], accept: str) -> None:
    answer = there.get(FRAME, who, accept=accept)
    assert answer.status_code == 406
    assert "image/jpeg" in answer.text


def test_several_frames_come_in_parts(there: Outside, who: dict[str, str]) -> None:
    accept = 'multipart/related; type="image/png"'
    for address, count in (
        (f"{MOVIE_IMAGE}/frames/3,1/rendered", 2),
        (f"{MOVIE_IMAGE}/rendered", 3),
    ):
        answer = there.get(address, who, accept=accept)
        assert answer.status_code == 200
        kind, named, boundary = answer.headers["content-type"].split("; ")
        assert (kind, named) == ("multipart/related", 'type="image/png"')
        parts = answer.content.split(b"--" + boundary.removeprefix("boundary=").encode())
        assert (parts[0], parts[-1]) == (b"", b"--\r\n")
        pictures = [part.split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n") for part in parts[1:-1]]
        assert len(pictures) == count
        assert shown(pictures[0])[5, 5].argmax() == (2 if count == 2 else 0)
    assert there.get(f"{MOVIE_IMAGE}/rendered", who).status_code == 200
    refused = there.get(f"{MOVIE_IMAGE}/rendered", who, accept="image/jpeg")
    assert refused.status_code == 406
    assert "multipart/related" in refused.text


def test_one_frame_comes_in_a_part_when_only_that_is_accepted(
    there: Outside, who: dict[str, str]
) -> None:
    answer = there.get(FRAME, who, accept='multipart/related; type="image/jpeg"')
    assert answer.headers["content-type"].startswith('multipart/related; type="image/jpeg"')


def test_a_whole_exam_is_not_rendered_at_once(there: Outside, who: dict[str, str]) -> None:
    assert there.get(f"{EXAM}/rendered", who).status_code == 406
    assert there.get(f"{EXAM}/series/{SERIES}/rendered", who).status_code == 406


# what cannot be asked for


@pytest.mark.parametrize(
    "query",
    [
        "window=40", "window=40,400,cubic", "window=a,400,linear", "window=40,0.5,linear",
        "window=40,0,linear-exact", "window=40,-5,sigmoid", "window=nan,400,linear",
        "window=40,inf,linear", "window=40,400,linear,1", "window=", "window=1e99,4,linear",
        "window=4_0,400,linear",
        "viewport=100", "viewport=0,10", "viewport=-5,10", "viewport=1.5,10", "viewport=9000,10",
        "viewport=10,10,60,0,20,20", "viewport=10,10,0,0,0,5", "viewport=10,10,-1,0,5,5",
        "viewport=10,10,0,0,100,5", "viewport=10,10,1,2,3,4,5", "viewport=10,10,x", "viewport=,",
        "quality=0", "quality=101", "quality=x", "quality=-3", "quality=", "quality=5.5",
        "quality=1&quality=2", "window=40,400&window=50,500", "novalue", "a=%ff",
    ],
)  # fmt: skip
def test_a_malformed_parameter_is_refused_with_a_sentence(
    there: Outside, who: dict[str, str], query: str
) -> None:
    answer = there.get(f"{FRAME}?{query}", who)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.endswith(".\n")


def test_unknown_parameters_are_left_alone(there: Outside, who: dict[str, str]) -> None:
    assert there.get(f"{FRAME}?annotation=patient&extra=1", who).status_code == 200


@pytest.mark.parametrize(
    ("frames", "status"),
    [
        ("4", 404), ("1,4", 404), ("999999999", 404),
        ("0", 400), ("-1", 400), ("x", 400), ("1,", 400), ("1.5", 400), ("9" * 30, 400),
        (",".join(["1"] * 101), 400),
    ],
)  # fmt: skip
def test_frames_count_from_one_to_the_last(
    there: Outside, who: dict[str, str], frames: str, status: int
) -> None:
    answer = there.get(f"{MOVIE_IMAGE}/frames/{frames}/rendered", who)
    assert answer.status_code == status
    assert answer.text.endswith(".\n")


@pytest.mark.parametrize(
    "address",
    [
        f"{EXAM}/series/{SERIES}/instances/9.9/rendered",
        f"{EXAM}/series/9.9/instances/{SERIES}.1/rendered",
        f"{EXAM}/series/9.9/thumbnail",
        "/dicomweb/studies/9.9/thumbnail",
        "/dicomweb/studies/no-uid/thumbnail",
        "/dicomweb/",
        f"{FRAME}/more",
        f"{FRAME}/",
    ],
)
def test_what_is_not_there_is_not_found(there: Outside, who: dict[str, str], address: str) -> None:
    assert there.get(address, who).status_code == 404


def test_an_image_that_cannot_be_read_says_why(there: Outside, who: dict[str, str]) -> None:
    with there.house.portal.reading() as db:
        query = select(Instance.object_sha256).where(Instance.sop_uid == f"{SERIES}.1")
        sha256 = db.execute(query).scalar_one()
    there.house.portal.objects.path(sha256).unlink()
    answer = there.get(FRAME, who)
    assert answer.status_code == 406
    assert "cannot be shown" in answer.text


def test_pictures_can_only_be_read(there: Outside, who: dict[str, str]) -> None:
    answer = there.client.post(FRAME, headers=who)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert there.client.delete(FRAME, headers=who).status_code == 405


# conditions and headers


def test_what_is_known_is_not_sent_again(there: Outside, who: dict[str, str]) -> None:
    first = there.get(FRAME, who)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = there.get(FRAME, who, if_none_match=known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    assert there.get(FRAME, who, if_none_match='"other"').status_code == 200


def test_a_tag_names_one_picture(there: Outside, who: dict[str, str]) -> None:
    other = FRAME.replace(f"{SERIES}.1/", f"{SERIES}.2/")
    addresses = [FRAME, f"{FRAME}?quality=50", f"{FRAME}?window=1,2,linear-exact", other]
    tags = {there.get(address, who).headers["etag"] for address in addresses}
    tags.add(there.get(FRAME, who, accept="image/png").headers["etag"])
    assert len(tags) == 5


@pytest.mark.parametrize("query", ["", "?viewport=8,8"])
def test_a_signed_in_browser_keeps_no_picture(
    there: Outside, who: dict[str, str], query: str
) -> None:
    assert there.get(FRAME + query, who).headers["cache-control"] == "no-store"


def test_a_program_may_keep_a_picture_and_asks_before_it_uses_it_again(there: Outside) -> None:
    headers = there.get(FRAME, there.token(there.owner)).headers
    assert headers["cache-control"] == "private, no-cache"
    assert headers["vary"] == "Accept, Authorization, Cookie"


def test_head_tells_all_but_the_picture(there: Outside, who: dict[str, str]) -> None:
    full = there.get(FRAME, who)
    head = there.client.head(FRAME, headers=who)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(full.headers)


@pytest.mark.parametrize("query", ["", "?window=x", "?accept=text/html"])
def test_every_answer_is_armoured(there: Outside, who: dict[str, str], query: str) -> None:
    for answer in (there.get(FRAME + query, who), there.get(FRAME + query)):
        headers = answer.headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert "set-cookie" not in headers


def test_an_unknown_host_is_refused(there: Outside, who: dict[str, str]) -> None:
    assert there.get(FRAME, who, host="evil.example").status_code == 400


def test_another_sites_page_changes_nothing(there: Outside, who: dict[str, str]) -> None:
    headers = {**who, "origin": "http://evil.example"}
    assert there.client.post("/dicomweb/studies", headers=headers).status_code == 403


def test_everything_else_is_for_the_pages(there: Outside) -> None:
    assert there.get("/studies").text == "pages"
    assert there.get("/dicomwebs").text == "pages"


def test_two_who_ask_at_once_have_the_picture_made_once(
    there: Outside, who: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    pixels = there.parts.images.pixels_once
    both = threading.Barrier(2)

    def counted(*arguments: object, **named: object) -> object:
        made.append(1)
        return pixels(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(there.parts.images, "pixels_once", counted)

    def ask() -> None:
        both.wait(10)
        there.get(f"{FRAME}?window=1,2,linear", who)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(made) == 1
