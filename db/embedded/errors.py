"""What goes wrong with the embedded server, in words that say what to do next."""


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""
