"""The Pulumi room: the component, its children and the stack's config. It needs the distribution's extra `pulumi`."""
