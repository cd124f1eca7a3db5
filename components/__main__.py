"""What Pulumi starts when a program in any language asks for the component."""

from mtls_app_gateway.resources.plugin import serve

if __name__ == "__main__":
    serve()
