"""The peer OHIF: its published build, served beside Orthanc under one address.

`python -m tests.bench.ohif FOLDER PORT ORTHANC-PORT` is the small server that does this, in a
process of its own; the rest of this file gets the build and starts it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.bench.clients import Line
from tests.bench.exam import Study
from tests.bench.figures import Missing, say
from tests.bench.orthanc import ROOT, Orthanc, orthanc
from tests.journeys.served import ROOT as PROJECT
from tests.journeys.served import free_port, until

PACKAGE = "@ohif/app@3.12"
SOURCE = {
    "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
    "sourceName": "dicomweb",
    "configuration": {
        "friendlyName": "Orthanc", "name": "orthanc", "wadoUriRoot": ROOT, "qidoRoot": ROOT,
        "wadoRoot": ROOT, "qidoSupportsIncludeField": False, "imageRendering": "wadors",
        "thumbnailRendering": "wadors", "enableStudyLazyLoad": True, "supportsFuzzyMatching": False,
        "supportsWildcard": True, "omitQuotationForMultipartRequest": True,
    },
}  # fmt: skip
CONFIGURATION = {
    "routerBasename": "/", "extensions": [], "modes": [], "showStudyList": True,
    "maxNumberOfWebWorkers": 3, "showWarningMessageForCrossOrigin": False,
    "showCPUFallbackMessage": False, "showLoadingIndicator": True,
    "strictZSpacingForVolumeViewport": True, "investigationalUseDialog": {"option": "never"},
    "maxNumRequests": {"interaction": 100, "thumbnail": 75, "prefetch": 25},
    "defaultDataSourceName": "dicomweb", "dataSources": [SOURCE],
}  # fmt: skip


def build() -> Path:
    """The folder of OHIF's published build, fetched once into the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "my-imaging-bench"
    cache.mkdir(parents=True, exist_ok=True)
    if not (archives := sorted(cache.glob("ohif-app-3.12.*.tgz"))):
        if not shutil.which("npm"):
            raise Missing("no npm here to fetch OHIF with; install Debian's package npm")
        say(f"fetching {PACKAGE} into {cache}")
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=cache, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        if not (archives := sorted(cache.glob("ohif-app-3.12.*.tgz"))):
            raise Missing(f"npm could not fetch {PACKAGE}")
    folder = cache / archives[-1].stem
    if not folder.is_dir():
        with tempfile.TemporaryDirectory(dir=cache) as partial, tarfile.open(archives[-1]) as tar:
            tar.extractall(partial, filter="data")
            (Path(partial) / "package/dist").rename(folder)
    return folder


def version() -> str:
    """The version of the build, empty where there is none."""
    try:
        return f"OHIF {build().name.rsplit('-', 1)[1]}"
    except Missing:
        return ""


@contextmanager
def ohif(beside: Orthanc) -> Iterator[str]:
    """The address of OHIF showing what that Orthanc holds, until the block ends."""
    folder, port = build(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.ohif", str(folder), str(port), str(beside.port)],
        cwd=PROJECT,
    )
    try:
        until(lambda: _answers(port, process), "OHIF's server to answer", 30)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


@contextmanager
def beside_orthanc(studies: Sequence[Study]) -> Iterator[str]:
    """OHIF's address, with an Orthanc of its own that holds these exams."""
    build()  # before anything is started for nothing
    with orthanc(studies) as running, ohif(running) as address:
        yield address


def exam_address(base: str, study_uid: str) -> str:
    """Where OHIF shows an exam."""
    return f"{base}/viewer?StudyInstanceUIDs={study_uid}"


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "OHIF's server ended at once"
    try:
        return Line(port).get("/")[0] == 200
    except OSError:
        return False


def serve(folder: Path, port: int, orthanc_port: int) -> None:
    """Serve the build's files, and pass everything under Orthanc's root on to it."""
    from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

    settings = f"window.config = {json.dumps(CONFIGURATION)};"
    isolated = {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }
    dropped = {"connection", "transfer-encoding", "content-length", "keep-alive"}
    sessions: list[ClientSession] = []

    async def opened(_: web.Application) -> AsyncIterator[None]:
        line, patience = TCPConnector(limit=0), ClientTimeout(total=120)
        async with ClientSession(connector=line, timeout=patience, auto_decompress=False) as made:
            sessions.append(made)
            yield

    async def passed_on(request: web.Request) -> web.StreamResponse:
        asked = {k: v for k, v in request.headers.items() if k.lower() not in {*dropped, "host"}}
        target = f"http://127.0.0.1:{orthanc_port}{request.raw_path}"
        async with sessions[0].get(target, headers=asked) as answer:
            kept = {k: v for k, v in answer.headers.items() if k.lower() not in dropped}
            return web.Response(status=answer.status, body=await answer.read(), headers=kept)

    async def file(request: web.Request) -> web.StreamResponse:
        name = request.path.lstrip("/")
        if name == "app-config.js":
            return web.Response(text=settings, content_type="text/javascript", headers=isolated)
        found = (folder / name).resolve()
        if not name or not found.is_relative_to(folder) or not found.is_file():
            if "." in name.rsplit("/", 1)[-1]:
                raise web.HTTPNotFound
            return web.FileResponse(folder / "index.html", headers=isolated)
        kept = {"Cache-Control": "max-age=86400"}
        return web.FileResponse(found, headers={**isolated, **kept})

    app = web.Application()
    app.cleanup_ctx.append(opened)
    app.router.add_get(f"{ROOT}/{{rest:.*}}", passed_on)
    app.router.add_get("/{name:.*}", file)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
