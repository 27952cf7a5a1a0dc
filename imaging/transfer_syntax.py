"""Transfer syntaxes by what matters for reading pixels (DICOM PS3.5 section 10 and annex A)."""

from pydicom.uid import UID

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
DEFLATED_DATA_SET = "1.2.840.10008.1.2.1.99"
ENCAPSULATED_UNCOMPRESSED = "1.2.840.10008.1.2.1.98"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
RLE = "1.2.840.10008.1.2.5"
_JPEG = "1.2.840.10008.1.2.4."
JPEG_BASELINE, JPEG_EXTENDED = _JPEG + "50", _JPEG + "51"
JPEG_LOSSLESS, JPEG_LOSSLESS_FIRST_ORDER = _JPEG + "57", _JPEG + "70"
JPEG_LS, JPEG_LS_NEAR = _JPEG + "80", _JPEG + "81"
JPEG_2000_LOSSLESS, JPEG_2000 = _JPEG + "90", _JPEG + "91"
HTJ2K_LOSSLESS, HTJ2K_LOSSLESS_RPCL, HTJ2K = _JPEG + "201", _JPEG + "202", _JPEG + "203"

NATIVE = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, EXPLICIT_BIG, DEFLATED_DATA_SET})
_ALWAYS_LOSSY = frozenset({JPEG_BASELINE, JPEG_EXTENDED, JPEG_LS_NEAR})
_MAYBE_LOSSY = frozenset({JPEG_2000, HTJ2K})
# pydicom's dictionary predates this syntax
_NAMES = {DEFLATED_FRAMES: "Deflated Image Frame Compression"}


def is_encapsulated(syntax: str) -> bool:
    """Whether pixel data comes in fragments: so for every syntax but the native ones."""
    return syntax not in NATIVE


def is_lossy(syntax: str, declared: str) -> bool:
    """Whether pixels lost something; `declared`: Lossy Image Compression ("01", "00" or empty)."""
    if declared == "01" or syntax in _ALWAYS_LOSSY:
        return True
    return syntax in _MAYBE_LOSSY and declared != "00"


def name(syntax: str) -> str:
    """The standard's name of a transfer syntax, or the UID itself."""
    return _NAMES.get(syntax) or str(UID(syntax).name)
