"""The tour as a table: chapters of pictures with a sentence each. `docs/tour.md` is written of it.

A picture is called after its view and its scene in `tests.journeys.scenes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FILE, SCREENSHOTS = DOCS / "tour.md", DOCS / "screenshots"
MOST_BYTES = 4_000_000  # of everything in docs/
HEAD = """# A tour

Every picture, and this page, is made by `make screenshots` from the demonstration: invented people,
exams drawn with numpy.
"""


@dataclass(frozen=True)
class Chapter:
    """Pictures by name, each with the sentence that says what is seen."""

    title: str
    pictures: tuple[tuple[str, str], ...]


CHAPTERS = (
    Chapter("Logging in", (
        ("desktop-login", "The \"Log In\" card, with the ways to help, to a new password and to an "
         "application for emergency access."),
        ("desktop-one-time-password", "The second step: a one-time password by e-mail, by text "
         "message or from an app."),
        ("phone-login", "The same on a phone."),
        ("desktop-support", "Help and support: who answers, when, and a leaflet to print."),
        ("desktop-leaflet", "The leaflet, made from the portal's own configuration."),
        ("desktop-no-such-page", "A page that is not there says where to go on."),
    )),
    Chapter("The newest exam", (
        ("desktop-viewer", "Images, report and earlier exams in one window."),
        ("desktop-dark-viewer", "In the dark."),
        ("desktop-right-click", "The right-click menu: sharing, then the tools."),
        ("desktop-what-am-i-looking-at", "\"What am I looking at?\" explains pictures, tools and "
         "words to patients."),
        ("desktop-shortcuts", "Everything has a key."),
        ("desktop-studies", "All exams, those of a child that one cares for too."),
        ("desktop-dark-studies", "In the dark."),
    )),
    Chapter("Comparing and measuring", (
        ("desktop-compare", "An earlier exam beside this one; both scroll together."),
        ("desktop-planes", "Axial, sagittal and coronal planes follow a crosshair."),
        ("desktop-measurements", "Lengths, regions and arrows stay with the exam for who drew "
         "them, and are listed."),
        ("desktop-information", "What the image says about itself, in plain words."),
        ("desktop-print", "Printing: how many images on a page, with or without the report."),
    )),
    Chapter("On a tablet", (
        ("tablet-viewer", "Everything of a desk, with targets for fingers."),
        ("tablet-planes", "Planes."),
        ("tablet-share-exam", "Sharing."),
    )),
    Chapter("On a phone", (
        ("phone-viewer", "The image comes first; one finger scrolls, two enlarge."),
        ("phone-report", "The report."),
        ("phone-priors", "Earlier exams."),
        ("phone-contrast", "\"Actions\": through the exam, brightness and contrast."),
        ("phone-dark-studies", "All exams, in the dark."),
        ("phone-sharing", "What is shared, and with whom."),
        ("phone-looks", "Who has looked."),
    )),
    Chapter("Sharing", (
        ("desktop-share-exam", "\"Share Exam\": whom, how long, what, and whether the name is "
         "hidden."),
        ("desktop-shared", "It is told until when."),
        ("desktop-manage-sharing", "\"Manage existing sharing\" ends an access at once."),
        ("desktop-sharing", "The whole picture: each exam, each person, who shared on."),
        ("desktop-dark-sharing", "In the dark."),
        ("desktop-looks", "\"Who has looked\", in plain words."),
    )),
    Chapter("Being shared with", (
        ("desktop-invitation", "The invitation says who shares, and nothing medical."),
        ("desktop-set-up", "A guest account takes a minute."),
        ("desktop-guest", "Exactly what was shared."),
        ("desktop-hidden-details", "The same exam where the patient's details are hidden."),
    )),
    Chapter("My account", (
        ("desktop-account", "Address, mobile number, password, one-time passwords, and where "
         "one is signed in."),
        ("desktop-password-again", "Before something grave the password is asked for again."),
        ("desktop-authenticator-app", "Setting up an authenticator app."),
        ("desktop-password", "A new password, with its strength while it is typed."),
    )),
    Chapter("In an emergency", (
        ("desktop-apply", "The application for a break-glass account, online or printed."),
        ("desktop-glass-start", "A break-glass account sees nothing until the glass is broken."),
        ("desktop-break-glass", "The padlock: conditions, reason, password."),
        ("desktop-glass-search", "The search needs last name, first name and date of birth."),
        ("desktop-glass-viewer", "The padlock is open, with the time left."),
        ("phone-glass-search", "The search on a phone."),
    )),
    Chapter("The staff desk", (
        ("desktop-staff", "What waits, and the rooms of the desk."),
        ("desktop-staff-applications", "Applications for break-glass accounts."),
        ("desktop-staff-applications-one", "One of them, with the check of identity."),
        ("desktop-staff-accounts", "Accounts."),
        ("desktop-staff-accounts-one", "One account: what it sees, where it is signed in."),
        ("desktop-staff-new-account", "A new account."),
        ("desktop-staff-patients", "Patients."),
        ("desktop-staff-patients-one", "One record."),
        ("desktop-staff-exams", "Exams."),
        ("desktop-staff-exams-one", "One exam: hide it, release it."),
        ("desktop-staff-quarantine", "What arrived and could not be taken in."),
        ("desktop-staff-messages", "Messages: sent, waiting, failed."),
        ("desktop-staff-break-glass", "Every break of the glass is reviewed."),
        ("desktop-staff-break-glass-one", "One review."),
        ("desktop-staff-audit", "The audit trail."),
        ("desktop-dark-staff-audit", "In the dark."),
        ("desktop-staff-system", "Whether everything works, and what to do if not."),
        ("phone-staff", "The desk on a phone."),
    )),
)  # fmt: skip


def pictures() -> frozenset[str]:
    """The names of all pictures."""
    return frozenset(name for chapter in CHAPTERS for name, _ in chapter.pictures)


def views() -> tuple[str, ...]:
    """The views that are told of, the one that changes things first."""
    every = ("desktop", "desktop-dark", "tablet", "tablet-dark", "phone", "phone-dark")
    scenes = [(view, f"{view}-") for view in every]
    return tuple(
        view for view, start in scenes
        if any(n.startswith(start) and not n.startswith(f"{start}dark-") for n in pictures())
    )  # fmt: skip


def written() -> str:
    """The tour as Markdown."""
    parts = [HEAD]
    for chapter in CHAPTERS:
        parts.append(f"\n## {chapter.title}\n")
        for name, sentence in chapter.pictures:
            parts.append(f"\n{sentence}\n\n![{sentence}](screenshots/{name}.webp)\n")
    return "".join(parts)
