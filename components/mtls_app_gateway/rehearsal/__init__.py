"""Runs a gateway document on this machine with nginx, rehearsal CAs and their clients."""
