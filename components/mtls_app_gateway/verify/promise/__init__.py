"""What a listener's document says callers may count on. Pure."""
