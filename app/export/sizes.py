"""How large a result will be, told before it is written. Plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size of what an export will write.

    width, height   in `unit`: "px", "pt"; 0 where the format has no such size
    files           how many
    bytes           of all of them; `exact` where it was counted and not estimated
    problem         why it cannot be written so, "" where it can
    """

    width: int = 0
    height: int = 0
    unit: str = "px"
    files: int = 1
    bytes: int = 0
    exact: bool = False
    problem: str = ""
