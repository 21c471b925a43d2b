"""A step's facts as lines of mathematics: the rule in symbols, the same with this step's numbers, the sums. No Qt."""

from .line_parts import Add, Lookup, value_box
from .number_lines import number_lines
from .rule_lines import derivative, rule_lines, seed_lines, title_term
from .sum_lines import accumulation_lines, arrival_lines, aside_lines, running_lines, saved_lines

__all__ = [
    "Add",
    "Lookup",
    "accumulation_lines",
    "arrival_lines",
    "aside_lines",
    "derivative",
    "number_lines",
    "rule_lines",
    "running_lines",
    "saved_lines",
    "seed_lines",
    "title_term",
    "value_box",
]
