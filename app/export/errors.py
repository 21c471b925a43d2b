"""What can go wrong when something is exported. The messages are for the user and name the next move."""

from __future__ import annotations


class ExportError(Exception):
    """It cannot be written; the message says why and what to do."""


class UnknownFormatError(ExportError):
    """No format has the suffix or the name; the message lists those that there are."""


class UnfitRequestError(ExportError):
    """What was asked for does not exist or does not go together: a usage error, not one of the disk."""


class ExportCancelledError(ExportError):
    """The person does not want it any more; nothing was written."""
