"""The export dialog: formats and their options from the table, a live preview, the resulting size, progress."""

from .dialog import ExportDialog

__all__ = ["ExportDialog"]
