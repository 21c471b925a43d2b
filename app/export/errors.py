"""What can go wrong when a picture is written. The messages are for the user and name the next move."""

from __future__ import annotations


class ExportError(Exception):
    """The picture cannot be written; the message says why and what to do."""


class UnknownFormatError(ExportError):
    """No format has the suffix; the message lists those that there are."""
