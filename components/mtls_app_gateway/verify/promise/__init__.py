"""What a document promises to the clients of each listener. Pure."""
