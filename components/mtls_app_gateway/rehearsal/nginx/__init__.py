"""A gateway document as nginx configuration: pure text from values."""
