"""What the portal does: plain synchronous functions, testable with no browser."""
