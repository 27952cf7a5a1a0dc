"""The staff desk: what staff find and change, by role."""
