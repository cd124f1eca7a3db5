"""A gateway document in nginx's words: pure text from values."""
