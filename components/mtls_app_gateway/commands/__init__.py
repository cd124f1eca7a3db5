"""The subcommands of `mtls-gateway`, a module each, loaded when they are called."""
