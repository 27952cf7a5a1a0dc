"""What patients ask in front of their images, answered in plain words.

Written for people without medical training: what a tool does, what a word means. What was found
is for the doctor to explain, and every answer page says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from imaging.person_name import search_key
from services.language import _

XRAY = frozenset("CR DX RG PX IO RF XA".split())
SLICED = frozenset("CT MR PT NM".split())


@dataclass(frozen=True, slots=True)
class Explanation:
    """A word and what it means."""

    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Explanations that belong together."""

    title: str
    explanations: tuple[Explanation, ...]


def doctor() -> str:
    """What stands above everything else."""
    return _(
        "These pages explain the pictures and the words. What they mean for you, your doctor will "
        "explain: they know your story, and they read these pictures every day. If something "
        "worries you, please ask them; a good question is never a bother."
    )


def about(modality: str) -> Explanation:
    """What kind of picture a person is looking at, by the modality on screen."""
    match modality:
        case "CT":
            text = _(
                "A CT scan is made with X-rays from all around. A computer puts them together into "
                "thin slices, as if you could look at a loaf of bread slice by slice. Bone is "
                "white, air is black, and soft parts are shades of grey."
            )
            return Explanation(_("CT scan"), text)
        case "MR":
            text = _(
                "An MRI scan is made with a strong magnet and radio waves, without X-rays. It "
                "shows soft parts of the body very well. The same place is often pictured "
                "several times: in one series water is bright, in another one fat is. Bright "
                "does not mean bad."
            )
            return Explanation(_("MRI scan"), text)
        case "US" | "BDUS" | "IVUS":
            text = _(
                "An ultrasound picture is made with sound that nobody can hear. Its echo draws "
                "what lies under the skin while the examiner moves the probe. Fluid is dark. "
                "Colours, where there are any, show how blood flows: they are no sign of good "
                "or bad."
            )
            return Explanation(_("Ultrasound"), text)
        case "MG":
            text = _(
                "A mammogram is an X-ray of the breast, pressed flat for a moment so that little "
                "radiation shows a lot. Dense tissue is white, fat is grey. Every breast looks "
                "different, and comparing with earlier pictures tells more than a single one."
            )
            return Explanation(_("Mammogram"), text)
        case "PT" | "NM":
            text = _(
                "For this scan you were given a little of a substance that shines, invisibly, for "
                "a short time. The pictures show where in the body it gathered. Some organs always "
                "take up a lot of it: the brain, the heart, the kidneys and the bladder."
            )
            return Explanation(_("Nuclear medicine or PET scan"), text)
        case _ if modality in XRAY:
            text = _(
                "An X-ray is a shadow picture. Bone lets little through and is white; lungs are "
                "full of air and are dark. Everything from front to back lies on top of each other "
                "in one picture, and so it takes practice to read."
            )
            return Explanation(_("X-ray"), text)
        case _:
            text = _(
                "This is a picture that was taken during your exam, such as a photograph or a page "
                "from a device. You can make it larger and move it about."
            )
            return Explanation(_("Picture"), text)


def chapters(modality: str) -> tuple[Chapter, ...]:
    """All explanations, with those that suit the modality on screen; what comes first matters."""
    return (
        Chapter(_("Finding your way"), _around(modality)),
        Chapter(_("The tools"), _tools(modality)),
        Chapter(_("Words you may meet"), _words(modality)),
    )


def search(found: tuple[Chapter, ...], words: str) -> tuple[Chapter, ...]:
    """The explanations that have every one of the words in them."""
    keys = [key for key in map(search_key, words.split()) if key]

    def has_all(one: Explanation) -> bool:
        told = search_key(f"{one.word} {one.text}")
        return all(key in told for key in keys)

    kept = (Chapter(c.title, tuple(filter(has_all, c.explanations))) for c in found)
    return tuple(chapter for chapter in kept if chapter.explanations)


def _around(modality: str) -> tuple[Explanation, ...]:
    rows = [
        (_("Left and right"), _("You see yourself as if you stood opposite yourself: the letter R "
         "at the edge marks your right side, and it is on the left of the picture.")),
        (_("Series"), _("A set of pictures that belong together. The small pictures beside the "
         "large one are the series of this exam; choose one to see it.")),
        (_("Priors"), _("Your earlier exams. Comparing old and new is often what tells a doctor "
         "the most. They open in the same window.")),
        (_("Report"), _("What the radiologist wrote after looking at every picture. A preliminary "
         "report may still change; a final one has been checked.")),
    ]  # fmt: skip
    if modality in SLICED:
        rows.insert(0, (_("Slice"), _("One thin layer of the body. Turn the wheel, swipe, or press "
                        "the arrow keys to go through the body layer by layer. The corner of the "
                        "picture tells which one you see.")))  # fmt: skip
        rows.insert(1, (_("Axial, coronal, sagittal"), _("The three ways to cut a body into "
                        "slices: axial is across, as seen from the feet; coronal is from front "
                        "to back; "
                        "sagittal is from side to side.")))  # fmt: skip
    return tuple(Explanation(*row) for row in rows)


def _tools(modality: str) -> tuple[Explanation, ...]:
    rows = [
        (_("Brightness and contrast"), _("Drag over the picture to make it brighter, darker, "
         "softer or harder. Nothing is changed for good: Reset brings everything back.")),
        (_("Zoom and move"), _("Zoom makes the picture larger where you are looking; with Move you "
         "push it about. On a screen you can touch, use two fingers.")),
        (_("Invert"), _("Exchanges black and white. Some fine lines are easier to see that way.")),
        (_("Rotate and mirror"), _("Turn the picture, or see it as in a mirror. The letters at the "
         "edges turn along, so that left and right stay true.")),
        (_("Length, angle, areas"), _("Measure on the picture. Only you see what you draw. A "
         "number alone says little: what is large in one place is ordinary in another.")),
        (_("Reset"), _("Shows the picture again as it was at the start. You cannot break anything "
         "here: the pictures themselves never change.")),
    ]  # fmt: skip
    if modality in SLICED:
        rows.insert(0, (_("Scroll"), _("Go from slice to slice. Slowly is best: watch one organ "
                        "appear, grow and vanish again.")))  # fmt: skip
    if modality == "CT":
        rows.insert(2, (_("Window presets"), _("A CT holds more shades than an eye can tell apart. "
                        "A window picks the ones to show: the lung window shows the lungs, the "
                        "bone window the bones. It is the same picture, seen differently."))
                    )  # fmt: skip
    return tuple(Explanation(*row) for row in rows)


def _words(modality: str) -> tuple[Explanation, ...]:
    rows = [
        (_("No abnormality detected"), _("Good news, in the language of reports: the radiologist "
         "looked, and everything that can be seen here looks as it should.")),
        (_("Unremarkable"), _("Again good news: there is nothing that needs a remark.")),
        (_("Contrast"), _("A liquid given into a vein, drunk, or filled in, that makes vessels and "
         "organs stand out in the picture. The body passes it within a day or so. The word also "
         "means how strongly dark and bright differ on screen.")),
        (_("Window"), _("The range of values that is shown from black to white. “Window 400 at "
         "40” is 400 values wide, around the value 40.")),
        (_("Lesion, nodule, opacity, shadow"), _("Words for a spot that looks different from what "
         "is around it. They tell that something is there, not what it is; many are harmless.")),
        (_("Incidental finding"), _("Something that was noticed although nobody looked for it. "
         "Most people have some, and most never cause trouble.")),
        (_("Degenerative change"), _("Traces of use, such as grey hair for bones and joints.")),
        (_("Artefact"), _("A mark in the picture that is not in your body: from movement, metal, "
         "or the machine itself.")),
    ]  # fmt: skip
    if modality == "CT":
        rows.insert(
            2,
            (
                _("HU (Hounsfield unit)"),
                _(
                    "The scale of a CT: air is -1000, water is 0, "
                    "most organs lie between 30 and 70, bone begins at a few hundred."
                ),
            ),
        )
    if modality == "PT":
        rows.insert(2, (_("SUV"), _("How much of the tracer gathered in a place, compared with an "
                        "even spread over the whole body.")))  # fmt: skip
    if modality == "MR":
        rows.insert(2, (_("T1, T2, FLAIR, diffusion"), _("Ways to tune an MRI scan. Each makes "
                        "other things bright: fat in T1, water in T2.")))  # fmt: skip
    if modality in {"US", "BDUS", "IVUS"}:
        rows.insert(
            2,
            (
                _("Echo-rich, echo-poor"),
                _(
                    "Whether a part sends back much sound, and is "
                    "bright, or little, and is dark. Fluid is echo-free: black."
                ),
            ),
        )
    return tuple(Explanation(*row) for row in rows)
