"""A person's own account on screen."""
