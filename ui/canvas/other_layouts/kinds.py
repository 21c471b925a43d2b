"""The table of layouts one can choose: one row each. The first is ours, the others are run by `foreign`."""

from __future__ import annotations

from dataclasses import dataclass

LAYERED = "layered"


@dataclass(frozen=True, slots=True)
class Kind:
    """One row.

    name     the key of the row, for `foreign` and for settings
    title    what people call it
    most     boxes from which on it would take more memory or time than anybody has
    pushed   boxes that overlap are pushed apart; else the whole picture grows until none does, which keeps its shape
    whole    it sets unconnected parts side by side by itself
    """

    name: str
    title: str
    most: int = 100_000
    pushed: bool = False
    whole: bool = False


KINDS = {
    row.name: row
    for row in (
        Kind(LAYERED, "Layered"),
        Kind("dot", "Graphviz dot", most=20_000, whole=True),
        Kind("multipartite", "Layers by depth", most=20_000),
        Kind("spring", "Springs", most=10_000, pushed=True),
        Kind("kamada_kawai", "Kamada-Kawai", most=2_000, pushed=True),
        Kind("spectral", "Spectral", most=10_000, pushed=True),
        Kind("planar", "Planar", most=5_000, pushed=True),
        Kind("circular", "Circle", most=20_000),
        Kind("shell", "Shells by depth", most=20_000),
        Kind("spiral", "Spiral", most=20_000),
    )
}
