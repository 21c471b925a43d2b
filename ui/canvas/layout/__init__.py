"""Layered graph layout, pure: NumPy and networkx, no Qt, so that it runs in any thread and is tested by numbers.

The steps, one module each: ``strands`` (cycles, parallel edges) -> ``layering`` -> ``proper`` (dummy nodes, buses) ->
``ordering``, ``sifting``, ``course`` and ``search`` (fewest crossings) -> ``blocks``, ``relaxation`` and
``coordinates`` -> ``ports`` and ``routes``.  ``choice`` decides between layers and between kinds of dummies,
``component`` runs them all for one connected graph, ``update`` keeps old places, ``core`` sets the components side by
side, ``api`` speaks networkx.
"""

from .api import LayoutState, layered_layout
from .cancellation import LayoutCancelled
from .core import Orientation, layout_arrays
from .drawing import Drawing, Gaps, Previous, Problem, Routes

__all__ = [
    "Drawing",
    "Gaps",
    "LayoutCancelled",
    "LayoutState",
    "Orientation",
    "Previous",
    "Problem",
    "Routes",
    "layered_layout",
    "layout_arrays",
]
