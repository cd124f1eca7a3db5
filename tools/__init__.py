"""What `make` needs around the product: the virtual environment, the engine and the environment "local"."""
