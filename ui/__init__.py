"""What people and programs see; no decision, no SQL, no pixels."""
