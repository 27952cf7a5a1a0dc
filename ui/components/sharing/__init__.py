"""Sharing on screen."""
