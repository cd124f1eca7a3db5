"""What a user may ask of a gateway: shape, defaults, parsing, the rules, and the way to a gateway document. Pure."""
