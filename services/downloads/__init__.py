"""Exams to take away: DICOM files, pictures, reports and prints, under the access decision."""
