"""Shares: made, changed, ended, and told apart."""
