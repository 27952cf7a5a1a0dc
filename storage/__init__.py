"""What lasts: the database, the stored DICOM objects and the decoded frames kept in memory."""
