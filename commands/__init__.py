"""Commands of `main.py` that are more than a few lines."""
