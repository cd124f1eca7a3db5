"""One connection, one request, and what was observed."""
