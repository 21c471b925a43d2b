"""Sifting: each node tried at the places beside its own, and left where the edges cross least.

Matuszewski, Schoenfeld and Molitor 1999. It finds what switches of neighbours do not: a node that would have to pass
one neighbour at a loss to gain by passing the next.
"""

from __future__ import annotations

from .crossings import arrivals
from .ordering import Sweeper

_REACH = 8
"""Places to either side that are tried."""

_ROUNDS = 3

_LIMIT = 100
"""Pairs of edges beyond which a node does not pass another."""


def sift(sweeper: Sweeper) -> None:
    """Sifts all layers next to which edges cross."""
    for _ in range(_ROUNDS):
        changed = []
        for i, line in enumerate(sweeper.layers):
            if len(line) > 1 and (sweeper.gaps[i] or (i and sweeper.gaps[i - 1])):
                sweeper.check()
                if _sift_layer(sweeper, line):
                    changed.append(i)
        sweeper.recount(changed)
        if not changed:
            break


def _sift_layer(sweeper: Sweeper, line: list[int]) -> bool:
    pos, changed = sweeper.pos, False
    for v in line[:]:
        here = pos[v]
        left, gain_left = _best(sweeper, v, line[max(here - _REACH, 0) : here][::-1], 1)
        right, gain_right = _best(sweeper, v, line[here + 1 : here + 1 + _REACH], -1)
        by = -left if gain_left >= gain_right else right
        if by:
            line.insert(here + by, line.pop(here))
            for place in range(min(here, here + by), max(here, here + by) + 1):
                pos[line[place]] = place
            changed = True
    return changed


def _best(sweeper: Sweeper, v: int, passed: list[int], side: int) -> tuple[int, int]:
    """How many of the nodes a node should pass, those on its left (``side`` 1) or right (-1), and what that saves."""
    pos, leans = sweeper.pos, sweeper.leans
    best, most, saved = 0, 0, 0
    x: float

    above = [pos[t] for t in sweeper.upper[v]]
    below = arrivals(v, sweeper.lower, leans, pos)
    for count, w in enumerate(passed, 1):
        if len(above) * len(sweeper.upper[w]) + len(below) * len(sweeper.lower[w]) > _LIMIT:
            break
        for x in above:
            for t in sweeper.upper[w]:
                if x < pos[t]:
                    saved += side
                elif x > pos[t]:
                    saved -= side
        for x in below:
            for y in arrivals(w, sweeper.lower, leans, pos):
                if x < y:
                    saved += side
                elif x > y:
                    saved -= side
        if saved > most:
            best, most = count, saved
    return best, most
