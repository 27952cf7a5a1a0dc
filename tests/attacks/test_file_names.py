"""Names of downloaded files, made of what stands in a file that came from anywhere."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

import pytest

from services.downloads import names
from services.downloads.wanted import DicomFiles, Download, Form, Pictures, Print, Reports
from services.exam import exams
from tests.dicom import ct_slice, take_in
from tests.factories import House
from tests.ui.programs import STUDY
from ui.routes.sending import Sending

HOSTILE = (
    "../../../etc/passwd", "..\\..\\windows\\win.ini", "C:\\autoexec.bat", "/etc/passwd", "con",
    'a"; filename="evil.exe', "a\r\nSet-Cookie: x=1", "a\0.exe", "\u202efdp.exe", "..", ".", "",
    "~/.ssh/id", "-rf", "<script>", "=cmd|'/c calc'!A0", "a" * 5000, "\u00fcn\u00efc\u00f6de",
)  # fmt: skip


@pytest.mark.parametrize("title", HOSTILE)
def test_a_name_cannot_leave_its_folder_or_its_header(house: House, title: str) -> None:
    take_in(house.portal, [ct_slice(study=STUDY)])
    staff = house.account(kind="staff", role="administrator")
    exam = exams.open_exam(house.portal, house.access(staff, 1))
    for wanted in (DicomFiles(), Pictures(Form.JPEG, True, 0), Reports(), Print(6, True, 0, True)):
        name, media_type = names.of(replace(exam, title=title), wanted, hidden=False)
        assert not set(name) & set("/\\:*?\"<>|\r\n\0\u202e~'=;"), name
        assert not name.startswith((".", "-")), name
        assert len(name) < 120
        assert name.endswith((".zip", ".pdf"))
        answer = Sending(Download(name, media_type, iter(())), lambda _: None, inline=False)  # type: ignore[arg-type, return-value]
        told = answer.headers["content-disposition"]
        assert told.isascii()
        assert unquote(told.split("''")[1]) == name
