"""The demonstration's patients, exams and emergencies."""
