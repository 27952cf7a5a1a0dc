"""Modalities and body parts as a person without medical training calls them."""

from __future__ import annotations

from services.language import _


def modality(code: str) -> str:
    """The plain name of a modality (DICOM PS3.3 C.7.3.1.1.1); the code itself if it has none."""
    match code:
        case "CT":
            return _("CT scan")
        case "MR":
            return _("MRI scan")
        case "CR" | "DX" | "RG" | "PX" | "IO":
            return _("X-ray")
        case "RF" | "XA":
            return _("X-ray in motion")
        case "US" | "BDUS" | "IVUS":
            return _("Ultrasound")
        case "MG":
            return _("Mammogram")
        case "PT":
            return _("PET scan")
        case "NM":
            return _("Nuclear medicine scan")
        case "BMD":
            return _("Bone density scan")
        case "OT" | "XC" | "GM" | "SC":
            return _("Picture")
        case "ES":
            return _("Endoscopy")
        case "OP" | "OPT" | "OCT":
            return _("Picture of the eye")
        case "SM":
            return _("Microscopy")
        case "SR" | "DOC":
            return _("Report")
        case "":
            return _("Exam")
        case _:
            return code


def body_part(code: str) -> str:
    """Body Part Examined (0018,0015) in words: terms of DICOM PS3.16 annex L are spelled out."""
    match "".join(letter for letter in code.upper() if letter.isalpha()):
        case "CSPINE":
            return _("Neck (spine)")
        case "TSPINE":
            return _("Upper back (spine)")
        case "LSPINE":
            return _("Lower back (spine)")
        case "SSPINE":
            return _("Sacrum")
        case "HEADNECK":
            return _("Head and neck")
        case "WHOLEBODY":
            return _("Whole body")
        case "CHESTABDOMEN":
            return _("Chest and abdomen")
        case "ABDOMENPELVIS":
            return _("Abdomen and pelvis")
        case "CHESTABDPELVIS":
            return _("Chest, abdomen and pelvis")
        case "UGITRACT":
            return _("Upper digestive tract")
        case "CAROTID":
            return _("Neck arteries")
        case "JAW":
            return _("Jaw")
        case "HEAD":
            return _("Head")
        case "BRAIN":
            return _("Brain")
        case "NECK":
            return _("Neck")
        case "CHEST":
            return _("Chest")
        case "HEART":
            return _("Heart")
        case "BREAST":
            return _("Breast")
        case "ABDOMEN":
            return _("Abdomen")
        case "PELVIS":
            return _("Pelvis")
        case "SPINE":
            return _("Spine")
        case "SHOULDER":
            return _("Shoulder")
        case "ARM":
            return _("Arm")
        case "ELBOW":
            return _("Elbow")
        case "WRIST":
            return _("Wrist")
        case "HAND":
            return _("Hand")
        case "FINGER":
            return _("Finger")
        case "HIP":
            return _("Hip")
        case "LEG":
            return _("Leg")
        case "KNEE":
            return _("Knee")
        case "ANKLE":
            return _("Ankle")
        case "FOOT":
            return _("Foot")
        case "SKULL":
            return _("Skull")
        case _:
            return " ".join(code.replace("_", " ").split()).capitalize()
