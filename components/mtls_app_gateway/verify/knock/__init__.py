"""One connection, one question, and what was observed."""
