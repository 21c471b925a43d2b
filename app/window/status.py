"""The words of the status bar: what the graph holds, where the step is, how much is recorded, and four keys."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from engine.trace import NONE
from ui.values import byte_size
from ui.view_state import ViewState

from .actions import ACTIONS

KEYS = (("fit", "fit"), ("step_back", ""), ("step_forward", "step"), ("play", "play"), ("show_keys", "all keys"))
_SIGNS = {"Left": "←", "Right": "→"}


def status_text(state: ViewState) -> str:
    """`9 nodes · 9 edges · pass 1 of 1 · step 3 of 5 · recorded 1.2 KiB of 1.0 GiB`."""
    trace = state.trace
    parts = [_count(len(trace.nodes), "node"), _count(len(trace.edges), "edge")]
    if state.pass_id != NONE:
        parts.append(f"pass {state.pass_id + 1} of {len(trace.passes)}")
    elif state.steps is not None:
        parts.append("forward pass")
    if state.steps is not None:
        parts.append(f"step {state.position} of {state.step_count}")
    if state.shown.lit is not None:
        parts.append(f"{len(state.shown.lit):,} lit")
    if len(trace.meter):
        used, budget, dropped = (int(getattr(trace.meter, name)[-1]) for name in ("bytes", "budget", "dropped"))
        parts.append(f"recorded {byte_size(used)} of {byte_size(budget)}")
        if dropped:
            parts.append(f"{_count(dropped, 'array')} given up")
    return "  ·  ".join(parts)


def keys_text() -> str:
    """`Space fit  ·  ← → step  ·  P play  ·  F1 all keys`, read from the table of actions."""
    keys = {action.id: action.keys for action in ACTIONS}
    words, waiting = [], ""
    for name, meaning in KEYS:
        shown = _SIGNS.get(keys[name], QKeySequence(keys[name]).toString(QKeySequence.SequenceFormat.NativeText))
        waiting = f"{waiting} {shown}".strip()
        if meaning:
            words.append(f"{waiting} {meaning}")
            waiting = ""
    return "  ·  ".join(words)


def conditions(state: ViewState, *, document: bool, kernel: str, recent: bool, examples: bool) -> set[str]:
    """Which conditions of the table of actions hold."""
    held = {
        "document": document and kernel != "dead",
        "graph": len(state.trace.nodes) > 0,
        "pass": state.pass_id != NONE,
        "walk": state.steps is not None,
        "breakpoints": bool(state.breakpoints),
        "selection": bool(state.selection),
        "two selected": len(state.selection) > 1,
        "lit or selected": state.shown.lit is not None or bool(state.selection),
        "sub-graph": state.shown.only is not None,
        "busy": kernel == "busy",
        "startable": kernel not in ("", "starting", "restarting"),
        "recent": recent,
        "examples": examples,
    }
    return {name for name, holds in held.items() if holds}


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
