"""Clients that send identity headers of their own making in every way that HTTP leaves them, and what a backend got."""
