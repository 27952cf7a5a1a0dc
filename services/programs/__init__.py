"""Programs: who calls, and what they may."""
