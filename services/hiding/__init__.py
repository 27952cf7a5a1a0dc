"""Exams without the patient: other names, cleaned words, masked pixels."""
