"""The subcommands of `mtls-gateway`, one module each, imported when they are called."""
