"""Which version of the portal this is."""

VERSION = "0.3.0"  # as pyproject.toml has it; a test compares
