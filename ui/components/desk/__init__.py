"""What the staff desk's pages are made of."""
