"""A verification as a report: text, JSON, JUnit, HTML. Pure."""
