"""What keeps the portal going: backup, keys, health."""
