"""What the viewer is made of."""
