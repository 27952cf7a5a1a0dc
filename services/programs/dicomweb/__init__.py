"""DICOMweb (DICOM PS3.18) without the web: search, retrieve, store, under the access decision."""
