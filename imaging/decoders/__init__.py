"""One small file a family of transfer syntaxes; `imaging.decode` holds the table."""
