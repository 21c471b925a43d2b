"""The outline: the graph as a tree of modules, cells or names."""

from .panel import Outline

__all__ = ["Outline"]
