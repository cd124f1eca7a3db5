"""Tests of the settings and their way to a document."""
