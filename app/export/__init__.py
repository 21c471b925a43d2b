"""What can be taken along: pictures, graph data and films, written as files. `formats.FORMATS` is the one table."""

from .errors import ExportCancelledError, ExportError, UnfitRequestError, UnknownFormatError
from .formats import FORMATS, Format, Kind, Option, export, format_of
from .request import ExportRequest, Page, Scope

__all__ = [
    "FORMATS",
    "ExportCancelledError",
    "ExportError",
    "ExportRequest",
    "Format",
    "Kind",
    "Option",
    "Page",
    "Scope",
    "UnfitRequestError",
    "UnknownFormatError",
    "export",
    "format_of",
]
