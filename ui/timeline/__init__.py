"""The timeline dock: which pass, which step, and the transport that walks it."""

from .timeline import Timeline

__all__ = ["Timeline"]
