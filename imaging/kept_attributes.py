"""Which attributes of an image stay when it is de-identified; everything else goes.

The table of DICOM PS3.15 E.1-1 names what has to go. It grows with every edition, and knows nothing
of what devices write beside the standard; a list of what stays is safe against both. Nothing on
this list is to be removed, replaced or emptied by table E.1-1, except for what the options taken
(see `imaging.deidentify`) allow: dates of the exam, and descriptions once they are cleaned.
"""

from __future__ import annotations

from pydicom.datadict import keyword_for_tag, tag_for_keyword
from pydicom.tag import BaseTag


def _tags(words: str) -> frozenset[int]:
    tags = {word: tag_for_keyword(word) for word in words.split()}
    unknown = [word for word, tag in tags.items() if tag is None]
    if unknown:
        raise LookupError(f"no such attributes: {unknown}")
    return frozenset(tag for tag in tags.values() if tag is not None)


NUMBERS = frozenset("DS IS FL FD SL SS US UL SV UV AT".split())
# groups whose numbers and codes describe how an image was made, where it lies, how it is shown
MEASURED_GROUPS = frozenset({0x0018, 0x0020, 0x0022, 0x0028, 0x0054, 0x0062, 0x5200})
NEVER = _tags(
    "OtherStudyNumbers ContributingEquipmentSequence RequestAttributesSequence "
    "IconImageSequence ReferencedPatientSequence ReferencedStudySequence "
    "OriginalAttributesSequence PatientIdentityRemoved DeidentificationMethod "
    "DeidentificationMethodCodeSequence LongitudinalTemporalInformationModified "
    "PixelData FloatPixelData DoubleFloatPixelData ICCProfile"
)
DATES = _tags(
    "StudyDate StudyTime SeriesDate SeriesTime AcquisitionDate AcquisitionTime "
    "AcquisitionDateTime ContentDate ContentTime FrameAcquisitionDateTime "
    "FrameReferenceDateTime RadiopharmaceuticalStartTime RadiopharmaceuticalStopTime "
    "RadiopharmaceuticalStartDateTime RadiopharmaceuticalStopDateTime "
    "ContrastBolusStartTime ContrastBolusStopTime DecayCorrectionDateTime"
)
UIDS = _tags(
    "SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID FrameOfReferenceUID "
    "SynchronizationFrameOfReferenceUID ReferencedSOPClassUID ReferencedSOPInstanceUID "
    "ConcatenationUID SOPInstanceUIDOfConcatenationSource DimensionOrganizationUID "
    "ReferencedFrameOfReferenceUID VolumeFrameOfReferenceUID "
    "TableFrameOfReferenceUID"
)
# short texts and codes outside of the groups above, cleaned of all that names anybody
WORDS = _tags(
    "StudyDescription SeriesDescription ImageType ConversionType PresentationIntentType "
    "FrameType PixelPresentation VolumetricProperties VolumeBasedCalculationTechnique "
    "ComplexImageComponent AcquisitionContrast Manufacturer CodeValue LongCodeValue "
    "CodingSchemeDesignator CodingSchemeVersion CodeMeaning LUTExplanation LUTLabel "
    "WindowCenterWidthExplanation RescaleType ConvolutionKernel SequenceName ContrastBolusAgent "
    "ContrastBolusRoute Radiopharmaceutical SegmentLabel DimensionDescriptionLabel "
    "PresentationLUTShape BodyPartExamined PatientPosition "
    "ReceiveCoilName TransmitCoilName FilterMaterial EchoPulseSequence "
    "SegmentAlgorithmType TransducerType"
)
NUMBERS_ELSEWHERE = _tags(
    "StageNumber ViewNumber StartTrim StopTrim RecommendedDisplayFrameRate HeartRate "
    "ReferencedFrameNumber RealWorldValueFirstValueMapped RealWorldValueLastValueMapped "
    "DoubleFloatRealWorldValueFirstValueMapped DoubleFloatRealWorldValueLastValueMapped "
    "RealWorldValueIntercept RealWorldValueSlope RealWorldValueLUTData"
)
SEQUENCES = _tags(
    "ReferencedImageSequence SourceImageSequence DerivationImageSequence "
    "PurposeOfReferenceCodeSequence AnatomicRegionSequence AnatomicRegionModifierSequence "
    "PrimaryAnatomicStructureSequence RealWorldValueMappingSequence MeasurementUnitsCodeSequence "
    "PresentationLUTSequence"
)
# attributes whose every value is a term of the standard (DICOM PS3.3 C.7.3.1.1.1)
TERMS: dict[int, frozenset[str]] = {
    0x00080060: frozenset(
        "AR AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EMG EOG EPS ES FID GM HC HD IO "
        "IOL IVOCT IVUS KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA "
        "PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN "
        "RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC".split()
    )
}
TABLES = _tags(
    "RedPaletteColorLookupTableData GreenPaletteColorLookupTableData "
    "BluePaletteColorLookupTableData AlphaPaletteColorLookupTableData "
    "SegmentedRedPaletteColorLookupTableData SegmentedGreenPaletteColorLookupTableData "
    "SegmentedBluePaletteColorLookupTableData LUTData"
)


def is_known(tag: BaseTag) -> bool:
    """Whether the standard has the attribute and it may be looked at; private ones never."""
    return not tag.is_private and tag not in NEVER and bool(keyword_for_tag(tag))


def keeps_number(tag: BaseTag) -> bool:
    return tag.group in MEASURED_GROUPS or tag in NUMBERS_ELSEWHERE


def keeps_words(tag: BaseTag, vr: str) -> bool:
    """Texts that are listed, and codes (CS) of the groups that describe the image."""
    return tag in WORDS or (vr == "CS" and tag.group in MEASURED_GROUPS)


def keeps_sequence(tag: BaseTag) -> bool:
    """Its items are walked under the same rules."""
    return tag in SEQUENCES or tag.group in MEASURED_GROUPS
