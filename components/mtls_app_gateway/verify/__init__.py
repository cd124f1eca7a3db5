"""Knock on a gateway and say what it does."""
