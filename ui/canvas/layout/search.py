"""The search for the order with the fewest crossings: start orders are swept, and sifted as far as they are promising.

Proper graphs over different layers may race each other. Sifting takes most of what sweeps leave, so few sweeps will do.
"""

from __future__ import annotations

from .course import FEW, SIFTABLE, SOME, WALKS, Runner, crossings
from .ordering import Order
from .proper import ProperGraph
from .starts import shuffled_orders

_MANY = 12
"""Sweeps before the best orders are sifted again."""

_WORK = 1000
_FEWEST, _FEWEST_SMALL = 2, 3
"""So many orders are sifted as this holds the size of the proper graph, and so many at least."""

_HOPELESS, _MARGIN = 1.5, 10
"""Orders that cross so many times as much as the best one, and more than that, are dropped before they are sifted."""

_BEHIND, _CLOSE = 1.2, 2
"""The same for one proper graph beside another, by its first order."""

_SHUFFLES = 14
_SHUFFLE_WORK = 1000
_OFTEN = 5
"""Small graphs try shuffled orders too, until the fewest crossings were found so often, and in more than one order."""

_QUICK, _THOROUGH = range(300), range(300, 1500)
"""Sizes of proper graphs of which one order is sifted again, and of which two are, and descended from."""

_GENEROUS = 1.5
"""With so much time to spare every graph is searched thoroughly."""

_TIES = 6
_TIE_SIZE = 400
"""Of orders with equally few crossings so many are kept, for proper graphs up to this size."""


def best_orders(first: list[Runner], spare: float = 1.0) -> tuple[ProperGraph, list[Order]]:
    """The order with the fewest crossings and its proper graph; for small graphs several that have equally few.

    ``first`` are the first orders of the proper graphs in the race; ``spare`` times as many orders are tried.
    """
    if first[0].crossings == 0 and first[0].course.graph.size > _TIE_SIZE:
        return first[0].course.graph, [first[0].best]
    if len(first) > 1:
        for runner in first:
            runner.run(SOME)
        first = _up_to(_BEHIND, _CLOSE, first)
    work = sum(runner.course.work for runner in first)
    count = min(WALKS, int(spare * max(_FEWEST if work > _WORK else _FEWEST_SMALL, _WORK // work)))
    runners = [other for runner in first for other in runner.course.runners(runner, count)]
    for runner in runners:
        runner.sweep(FEW)
    runners = _up_to(_HOPELESS, _MARGIN, runners)
    for runner in runners:
        runner.run(SOME)
    runners.sort(key=crossings)
    if runners[0].crossings:
        runners = _finished(runners + _shuffled(runners), spare)
    return runners[0].course.graph, _ties(runners)


def _up_to(times: float, more: int, runners: list[Runner]) -> list[Runner]:
    """The runners that cross at most so many ``times`` as much as the best one, and so many times ``more``."""
    limit = times * min(runner.crossings for runner in runners) + more
    return [runner for runner in runners if runner.crossings <= limit]


def _shuffled(runners: list[Runner]) -> list[Runner]:
    """Runners from shuffled orders of the proper graph that is ahead; ``runners`` are those from the usual ones."""
    course = runners[0].course
    more: list[Runner] = []
    for layers in shuffled_orders(
        course.graph, min(_SHUFFLES, _SHUFFLE_WORK // course.graph.size - WALKS), course.check
    ):
        fewest = min(runner.crossings for runner in runners + more)
        ahead = [runner for runner in runners + more if runner.crossings == fewest]
        if len(ahead) >= _OFTEN and any(runner.best.layers != ahead[0].best.layers for runner in ahead):
            break
        more.append(Runner(course, layers))
        more[-1].run(SOME)
    return more


def _finished(runners: list[Runner], spare: float) -> list[Runner]:
    """The runners, the best first, after the best ones were improved as far as their size allows."""
    runners = sorted(runners, key=crossings)
    course = runners[0].course
    thorough = course.graph.size in _THOROUGH or (course.graph.size not in _QUICK and spare >= _GENEROUS)
    for runner in runners[: 2 if thorough else 1]:
        runner.run(_MANY)
    runners.sort(key=crossings)
    if course.work > SIFTABLE:
        runners[0].polish()
    elif thorough:
        for runner in runners[:2]:
            runner.descend(int(spare))
    return sorted(runners, key=crossings)


def _ties(runners: list[Runner]) -> list[Order]:
    """The best order, and those beside it that differ from it and cross as little; the best runner comes first."""
    best = runners[0]
    found = [best.best]
    if best.course.graph.size > _TIE_SIZE:
        return found
    for runner in runners:
        alike = runner.course is best.course and runner.crossings == best.crossings
        if alike and len(found) < _TIES and all(runner.best.layers != order.layers for order in found):
            found.append(runner.best)
    return found
