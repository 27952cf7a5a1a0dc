"""What radiologists wrote about the demonstration's exams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from imaging.phantom.objects import Exam

RADIOLOGIST = "Dr Ingrid Solheim"


@dataclass(frozen=True)
class TextReport:
    """A plain text report; paragraphs are separated by blank lines."""

    study_instance_uid: str
    title: str
    text: str
    author: str
    dated: datetime


def report(exam: Exam, title: str, *paragraphs: str) -> TextReport:
    """A report written two hours after its exam."""
    dated = exam.when + timedelta(hours=2, minutes=5)
    return TextReport(exam.study_uid, title, "\n\n".join(paragraphs), RADIOLOGIST, dated)


MOLE = (
    "Clinical photograph of the left forearm, with a ruler.",
    "Findings: A single brown, oval, flat lesion of about 12 by 10 mm. Its border is slightly "
    "irregular, its colour even.",
    "Impression: Most likely a benign mole. Please compare in twelve months, or earlier if it "
    "changes.",
)
CHEST_2020 = (
    "Clinical question: Cough for three weeks.",
    "Technique: Chest, posteroanterior, one view.",
    "Findings: The lungs are clear. No effusion, no pneumothorax. Heart and mediastinum are of "
    "normal size. The bones are unremarkable.",
    "Impression: Normal chest.",
)
CHEST_2025 = (
    "Clinical question: Before an operation on the knee.",
    "Technique: Chest, posteroanterior and lateral.",
    "Findings: Compared with 17 September 2020. Clear lungs and sharp costophrenic angles. The "
    "heart is at the upper limit of normal. Slight degenerative change of the thoracic spine.",
    "Impression: No acute finding. Unchanged since 2020.",
)
ULTRASOUND = (
    "Clinical question: Murmur heard at a check-up.",
    "Technique: Echocardiography through the chest wall, apical view.",
    "Findings: The left ventricle is of normal size and contracts well. The valves open freely.",
    "Impression: Normal function of the heart.",
)
STAR = (
    "Clinical question: Follow-up of a nodule in the right upper lobe, known since 2022. Weight"
    " loss.",
    "Technique: CT of chest and abdomen in the portal venous phase after intravenous contrast, "
    "2.5 mm slices, with coronal reformats.",
    "Comparison: CT of the abdomen of 08 March 2022, chest radiograph of 02 July 2025.",
    "Chest: Solid, smooth nodule of 8 mm in the right upper lobe, unchanged. No new nodule. The"
    " airways are open. No enlarged lymph nodes in the mediastinum or the hila. Heart and great"
    " vessels are of normal size.",
    "Abdomen: The liver is homogeneous but for a sharply bordered cyst of 15 mm in the right "
    "lobe, unchanged since 2022. Gallbladder, pancreas, spleen and both kidneys are normal. No "
    "free fluid. The bowel is not dilated.",
    "Bones: Slight degenerative change of the spine. No suspicious lesion.",
    "Impression:\n"
    "1. Nodule of the right upper lobe, 8 mm, unchanged for four years: benign.\n"
    "2. Simple cyst of the liver, unchanged.\n"
    "3. No explanation for the weight loss in chest and abdomen.",
)
HEAD = (
    "Clinical question: Headache after a fall.",
    "Technique: CT of the head without contrast, 4 mm slices.",
    "Findings: No bleeding. Normal grey and white matter. The ventricles are of normal width "
    "and in the midline. No fracture of the skull.",
    "Impression: No injury of the brain or the skull.",
)
HAND = (
    "Clinical question: Pain of the right hand after lifting.",
    "Technique: Hand, dorsopalmar.",
    "Findings: No fracture, no dislocation. Regular joint spaces. Normal mineralisation.",
    "Impression: No injury of the bones.",
)
WRIST = (
    "Clinical question: Fall from a swing.",
    "Technique: Left wrist, posteroanterior.",
    "Findings: Buckle fracture of the distal radius, without displacement. The growth plates "
    "are open and regular.",
    "Impression: Buckle fracture of the distal radius. Splint for three weeks.",
)
JOSE = (
    "Clinical question: Medical examination for work.",
    "Technique: Chest, posteroanterior.",
    "Findings: Clear lungs. Heart and mediastinum are normal. No effusion.",
    "Impression: Normal chest.",
)
