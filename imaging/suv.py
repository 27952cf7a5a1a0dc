"""Standardised uptake value of positron emission images."""

from datetime import datetime, timedelta

from pydicom.dataset import Dataset

from imaging.attributes import items, number, text, texts


def read_suv_factor(dataset: Dataset) -> float:
    """What to multiply modality values by for SUV by body weight in g/ml; 0 when it cannot be
    known.

    Follows the vendor-neutral procedure of the QIBA profile for FDG PET: units Bq/ml, corrected for
    attenuation and decay, the decay counted from the administration or from the start of the series
    (DICOM PS3.3 C.8.9.1).
    """
    units = text(dataset, "Units")
    if units == "GML":
        return 1.0
    if units != "BQML" or not {"ATTN", "DECY"} <= set(texts(dataset, "CorrectedImage")):
        return 0.0
    grams = number(dataset, "PatientWeight") * 1000
    for doses in items(dataset, "RadiopharmaceuticalInformationSequence")[:1]:
        dose = number(doses, "RadionuclideTotalDose")
        half_life = number(doses, "RadionuclideHalfLife")
        if grams <= 0 or dose <= 0 or half_life <= 0:
            return 0.0
        waited = _seconds_before_scan(dataset, doses)
        if waited < 0:
            return 0.0
        return float(grams / (dose * 2 ** (-waited / half_life)))
    return 0.0


def _seconds_before_scan(dataset: Dataset, doses: Dataset) -> float:
    """Seconds that the dose decayed until the time the pixels are corrected to; -1 when unknown."""
    correction = text(dataset, "DecayCorrection")
    if correction == "ADMIN":
        return 0.0
    if correction != "START":
        return -1.0
    scanned = _moment(text(dataset, "SeriesDate") + text(dataset, "SeriesTime"))
    given = _moment(text(doses, "RadiopharmaceuticalStartDateTime"))
    if given is None:
        given = _moment(text(dataset, "SeriesDate") + text(doses, "RadiopharmaceuticalStartTime"))
        # only a time of day is known: an injection "after" the scan was before midnight
        if given is not None and scanned is not None and given > scanned:
            given -= timedelta(days=1)
    if scanned is None or given is None:
        return -1.0
    return max((scanned - given).total_seconds(), -1.0)


def _moment(stamp: str) -> datetime | None:
    """Date and time of a DICOM DT, its offset and fraction aside, which cancel or do not matter."""
    digits = stamp[:14]
    try:
        # both moments are of one clock, so no zone is needed
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None
