"""Orders on their way: swept down and up, then sifted; and what all orders of one proper graph share."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np

from .ordering import Order, Sweeper
from .proper import ProperGraph
from .sifting import Sifter
from .sortable import Sortable
from .starts import Layers, start_orders

FEW, SOME = 2, 5
"""Sweeps before orders are compared, and before they are sifted."""

WALKS = 6
_PLANAR = 3
_FEWER, _HUGE = 2, 40_000
"""Start orders that are looked at; where the first one is drawn without crossings; and in larger proper graphs."""

LARGE = 1000
"""Start orders of larger proper graphs are compared as they are."""

SIFTABLE, _SIFTABLE_ONCE = 8000, 13_000
_SIFT_ROUNDS = 4
"""Where it takes more work, neighbours are exchanged instead of sifting, or all but the best order are."""

_PATIENCE = 3
"""Sweeps in a row without gain before giving up."""

_DESCENTS = 6
_FALLING = 0.99
_SIFTED_WELL = 0.95
"""An order of which sifting left at most this part is swept and sifted again while that leaves at most that part."""


class Course:
    """One proper graph, and what all orders of it share."""

    def __init__(self, graph: ProperGraph, check: Callable[[], None]) -> None:
        self.graph, self.check = graph, check
        self.sortable = Sortable(graph)
        edges = np.bincount(graph.layer[graph.tops])
        self.work = graph.size + int((edges * edges).sum()) // 40  # sifting compares the edges of each gap in pairs
        self._walks = start_orders(graph, check)
        self._sifter: Sifter | None = None

    def first(self) -> Runner:
        """The first start order, swept a little."""
        runner = Runner(self, next(self._walks))
        runner.sweep(FEW)
        return runner

    def runners(self, first: Runner, count: int) -> list[Runner]:
        """So many start orders, those that cross least of all that there are; ``first`` is one of these."""
        size = self.graph.size
        more = (_FEWER if size > _HUGE else WALKS if first.crossings else _PLANAR) - 1
        found = [first, *(Runner(self, layers) for layers in islice(self._walks, more))]
        if size <= LARGE:
            for runner in found:
                runner.sweep(FEW)
        found.sort(key=crossings)
        return found[:count]

    def sift(self, sweeper: Sweeper, *, once: bool = False) -> None:
        """Sifts an order; ``once`` is said of the best one."""
        if self.work > (_SIFTABLE_ONCE if once else SIFTABLE):
            sweeper.switch(_SIFT_ROUNDS)
            return
        if self._sifter is None:
            self._sifter = Sifter(self.graph, self.sortable.pairs)
        self._sifter.sift(sweeper, _SIFT_ROUNDS // 2 if once else _SIFT_ROUNDS)


class Runner:
    """One order on its way: swept down and up, then sifted."""

    def __init__(self, course: Course, layers: Layers) -> None:
        self.course = course
        self._sweeper = Sweeper(course.sortable, layers, course.check)
        self.best = self._swept = self._last = self._sweeper.order()
        self._sifted: Order | None = None
        self._turn = self._stalled = 0

    @property
    def crossings(self) -> int:
        """The fewest so far."""
        return self.best.crossings

    def sweep(self, turns: int) -> None:
        """Sweeps until that no longer helps, ``turns`` times in all at most."""
        sweeper = self._sweeper
        while self._swept.crossings and self._turn < turns and self._stalled < _PATIENCE:
            changed = sweeper.sweep(down=self._turn % 2 == 0)
            self._turn += 1
            if sweeper.crossings < self._swept.crossings:
                self._swept, self._stalled = sweeper.order(), 0
            else:
                self._stalled += 1 if changed else 2
        self._last = sweeper.order()
        self._keep(self._swept)

    def run(self, turns: int) -> None:
        """Sweeps on from where sweeping stopped, ``turns`` times in all at most, and sifts the best that came of it."""
        self._sweeper.restore(self._last)
        self.sweep(turns)
        if self.crossings and self._swept is not self._sifted:
            self._sifted = self._swept
            self._sweeper.restore(self._swept)
            self.course.sift(self._sweeper)
            self._keep(self._sweeper.order())

    def polish(self) -> None:
        """Sifts the best order where others were not."""
        self._sweeper.restore(self.best)
        self.course.sift(self._sweeper, once=True)
        self._keep(self._sweeper.order())

    def descend(self, patience: int) -> None:
        """Sweeps and sifts in turn while crossings fall quickly; ``patience`` is how often they may not."""
        if self.crossings > _SIFTED_WELL * self._swept.crossings:
            return
        self._sweeper.restore(self.best)
        slow = 0
        for turn in range(_DESCENTS):
            before = self.crossings
            self._sweeper.sweep(down=turn % 2 == 0)
            self._sweeper.sweep(down=turn % 2 == 1)
            self.course.sift(self._sweeper)
            self._keep(self._sweeper.order())
            slow += self.crossings > _FALLING * before
            if slow == patience:
                break

    def _keep(self, order: Order) -> None:
        if order.crossings < self.crossings:
            self.best = order


def crossings(runner: Runner) -> int:
    """What runners are compared by."""
    return runner.crossings
