"""The inspector: value, gradient and saved tensors of one node, their numbers, and what is certain about them."""

from .inspector import Inspector

__all__ = ["Inspector"]
