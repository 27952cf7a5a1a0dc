"""What comes in: found, read, filed."""
