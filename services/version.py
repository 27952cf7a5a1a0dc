"""Which version of the portal this is."""

VERSION = "0.2.0"  # as pyproject.toml has it; a test compares
