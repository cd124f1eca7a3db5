"""Tests of a gateway document in nginx's words."""
