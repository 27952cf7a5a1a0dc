"""Accounts, patient records, and who looks at whose exams."""
