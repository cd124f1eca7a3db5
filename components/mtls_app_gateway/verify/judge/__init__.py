"""Expectations from promises, and verdicts from observations. Pure."""
