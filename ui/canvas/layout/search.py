"""The search for the order with the fewest crossings: several start orders, each improved until it stops paying."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from math import inf

from .crossings import Leans
from .ordering import Order, Sweeper, lower_leans
from .proper import ProperGraph
from .sifting import sift
from .starts import shuffled_orders, start_orders

_SWEEPS = 12
_PATIENCE = 3
"""Sweeps in all, and sweeps in a row without gain before giving up; one less in large graphs."""

_SWITCH_ROUNDS = 4

_TRIAL = 3
_HOPELESS = 1.25
"""An order with this many times the crossings of the best one after so many sweeps is dropped."""

_SMALL, _MEDIUM, _LARGE = 1500, 3000, 40_000
"""Sizes of the proper graph up to which six, three and two start orders are improved; beyond, two are looked at."""

_SIFTED = 1500
"""The best orders of graphs up to this size are sifted."""

_SHUFFLE_WORK = 1000
"""Small graphs try shuffled orders too: as many as this holds their size, 24 at most."""

_TIES = 6
"""Of orders with equally few crossings so many are kept, for graphs up to ``_TIE_SIZE``."""

_TIE_SIZE = 400


def best_orders(
    graph: ProperGraph, check: Callable[[], None], *, glance: bool = False, rival: float = inf
) -> list[Order]:
    """The order with the fewest crossings; for small graphs several different ones that have equally few.

    A ``glance`` improves a single start order unless the graph is small: for a graph that is probably not the one.
    Orders that promise to cross clearly more than a ``rival`` are dropped, be it all of them.
    """
    leans = lower_leans(graph)
    best: list[Order] = []
    starts = _starts(graph, leans, check)
    for sweeper in starts[:1] if glance and graph.size > _SMALL else starts:
        _keep(best, _improve(sweeper, best, rival), graph)
        if best and best[0].crossings == 0 and graph.size > _TIE_SIZE:
            return best
    if best and best[0].crossings:
        for layers in shuffled_orders(graph, min(24, _SHUFFLE_WORK // graph.size - 6), check):
            _keep(best, _improve(Sweeper(graph, leans, layers, check), best, rival), graph)
    if best and best[0].crossings and graph.size <= _SIFTED:
        return _sifted(graph, leans, best, check)
    return best


def _sifted(graph: ProperGraph, leans: Leans, orders: list[Order], check: Callable[[], None]) -> list[Order]:
    """The best of these after sifting."""
    best: list[Order] = []
    for order in orders:
        sweeper = Sweeper(graph, leans, order.layers, check)
        sift(sweeper)
        _keep(best, sweeper.order(), graph)
    return best


def _starts(graph: ProperGraph, leans: Leans, check: Callable[[], None]) -> list[Sweeper]:
    """Start orders, the one with the fewest crossings first; the first walk, which is the best for trees, is kept."""
    tried = 6 if graph.size <= _LARGE else 2
    kept = 6 if graph.size <= _SMALL else 3 if graph.size <= _MEDIUM else 2
    starts = [Sweeper(graph, leans, layers, check) for layers in islice(start_orders(graph, check), tried)]
    ranked = sorted(starts, key=lambda start: start.crossings)
    chosen = ranked[:kept]
    if starts[0] not in chosen:
        chosen[-1] = starts[0]
    return chosen


def _keep(best: list[Order], order: Order | None, graph: ProperGraph) -> None:
    """Puts an order in place of worse ones, or beside equally good ones that differ from it."""
    if order is None:
        return
    if not best or order.crossings < best[0].crossings:
        best[:] = [order]
        return
    alike = order.crossings == best[0].crossings and graph.size <= _TIE_SIZE and len(best) < _TIES
    if alike and all(order.layers != other.layers for other in best):
        best.append(order)


def _improve(sweeper: Sweeper, rivals: list[Order], rival: float) -> Order | None:
    """Sweeps down and up until that no longer helps, then switches neighbours; None for an order without hope."""
    rival = min(rival, rivals[0].crossings) if rivals else rival
    hopeless = _HOPELESS * rival + _TRIAL
    best = sweeper.order()
    patience = _PATIENCE if len(sweeper.pos) <= _MEDIUM else _PATIENCE - 1
    stalled = 0
    for turn in range(_SWEEPS):
        if best.crossings == 0:
            return best
        if stalled >= patience:
            break
        if turn == _TRIAL and best.crossings > hopeless:
            return None
        changed = sweeper.sweep(down=turn % 2 == 0)
        if sweeper.crossings < best.crossings:
            best, stalled = sweeper.order(), 0
        else:
            stalled += 1 if changed else 2
    sweeper.restore(best)
    sweeper.switch(_SWITCH_ROUNDS)
    return sweeper.order()
