"""Breaking the glass: who may, why, and what comes after; and how such accounts come to be."""
