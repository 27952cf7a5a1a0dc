"""What is known of an exam beside its images."""
