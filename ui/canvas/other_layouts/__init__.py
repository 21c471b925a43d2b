"""Layouts that are not ours, for people who want another picture: networkx's own, and Graphviz dot.

`kinds` is the table, `process` runs one in a process of its own (`foreign`), `spread` makes room for boxes, `cubics`
draws the edges, `api` puts them together. Pure: knows no Qt.
"""

from .api import LayoutRefused, lay_out_otherwise
from .kinds import KINDS, LAYERED, Kind

__all__ = ["KINDS", "LAYERED", "Kind", "LayoutRefused", "lay_out_otherwise"]
