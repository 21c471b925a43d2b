"""Breakpoints: places and conditions at which stepping stops, and the dock that lists them."""

from .hits import Hits, marked_nodes
from .model import Breakpoint, BreakpointError, BreakpointKind

__all__ = ["Breakpoint", "BreakpointError", "BreakpointKind", "Hits", "marked_nodes"]
