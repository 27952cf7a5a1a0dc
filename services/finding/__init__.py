"""Long lists and searches, at a bounded cost among millions."""
