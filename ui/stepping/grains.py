"""The next place and the one before, at each grain. Both ways pass exactly the same places. Knows no Qt."""

from __future__ import annotations

from .place import BEGINNING, Grain, Place
from .steps import Steps


def settled(steps: Steps, place: Place, grain: Grain) -> Place:
    """The place of this grain that `place` lies in; positions outside the walk are brought to its ends."""
    position = min(max(place.last, 0), steps.count)
    if position == 0:
        return BEGINNING
    if grain is Grain.LINE:
        return Place(*steps.line_run(position))
    if grain is Grain.PASS:
        return Place(1, steps.count)
    if grain is Grain.CONTRIBUTION and place.sent is not None and 0 <= place.sent < steps.contributions(position):
        return Place(position, position, place.sent)
    return Place(position, position)


def onward(steps: Steps, place: Place, grain: Grain) -> Place | None:
    """The next place, None at the end."""
    if grain is Grain.CONTRIBUTION and place.sent is not None:
        return settled(steps, Place(place.last, place.last, place.sent + 1), grain)
    if place.last >= steps.count:
        return None
    sent = 0 if grain is Grain.CONTRIBUTION else None
    return settled(steps, Place(place.last + 1, place.last + 1, sent), grain)


def back(steps: Steps, place: Place, grain: Grain) -> Place | None:
    """The place before, None at the beginning."""
    if place.last == 0:
        return None
    if grain is Grain.CONTRIBUTION:
        sent = steps.contributions(place.last) if place.sent is None else place.sent
        if sent > 0:
            return Place(place.last, place.last, sent - 1)
    return settled(steps, Place(place.first - 1, place.first - 1), grain)
