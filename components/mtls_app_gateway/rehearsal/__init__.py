"""A gateway on this machine: the stand-in provider, throwaway authorities, nginx."""
