"""The step panel: what the node of the current step computes, with its numbers, and why it ran now."""

from .panel import StepPanel

__all__ = ["StepPanel"]
