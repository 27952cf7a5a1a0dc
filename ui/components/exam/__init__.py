"""What stands around an exam's images."""
