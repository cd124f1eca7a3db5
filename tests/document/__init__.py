"""Tests of the gateway document: facts, references, reading, writing, comparison."""
