"""Signing in: passwords, one-time passwords, sessions, and the password again before grave acts."""
