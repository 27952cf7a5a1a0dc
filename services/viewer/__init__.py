"""The viewer as values: views, the stage, drawings, and what they ask for."""
