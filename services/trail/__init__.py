"""The audit trail: written, searched, and told to those it is about."""
