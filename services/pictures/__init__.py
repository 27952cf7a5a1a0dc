"""From stored objects to pictures."""
