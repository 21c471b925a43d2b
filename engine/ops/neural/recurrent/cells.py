"""Recurrent layers step by step: the cells of RNN, LSTM and GRU, and layers and stacks of them, made of other rows.

Source of the compositions: ATen's `RNN.cpp`. LSTM layers in single precision are one node there: `lstm_layer.py`.
"""

from collections.abc import Callable
from typing import Any

from ...linear.matmul import linear, matmul
from ...table import PUBLIC
from ..dropout import dropout

Weights = list[Any]
Cell = Callable[[Any, Any, Weights], Any]  # (what the input makes of the gates, the state, weights): the new state


def gates_of(values: Any, count: int) -> tuple[Any, ...]:
    """(N, count * H) as `count` tensors (N, H), which are no views."""
    made: tuple[Any, ...] = PUBLIC["unsafe_chunk"](values, count, 1)
    return made


def _bias(weights: Weights, place: int) -> Any:
    return weights[place] if len(weights) > 3 else None


def from_input(input: Any, weights: Weights) -> Any:
    """What the input makes of the gates."""
    return linear(input, weights[0], _bias(weights, 2))


def _from_state(hidden: Any, weights: Weights) -> Any:
    return linear(hidden, weights[1], _bias(weights, 3))


def rnn_tanh_cell(given: Any, hidden: Any, weights: Weights) -> Any:
    """tanh of both contributions."""
    return _from_state(hidden, weights).add_(given).tanh()


def rnn_relu_cell(given: Any, hidden: Any, weights: Weights) -> Any:
    """relu of both contributions."""
    return _from_state(hidden, weights).add_(given).relu()


def lstm_cell(given: Any, hidden: Any, weights: Weights) -> Any:
    """The new (h, c): c = forget * c + ingate * cell, h = out * tanh(c), projected where there is a weight for it."""
    h, c = hidden
    ingate, forget, cell, out = gates_of(_from_state(h, weights).add_(given), 4)
    new_c = (forget.sigmoid() * c).add_(ingate.sigmoid() * cell.tanh())
    new_h = out.sigmoid() * new_c.tanh()
    if len(weights) in (3, 5):
        new_h = matmul(new_h, weights[-1].t())
    return new_h, new_c


def gru_cell(given: Any, hidden: Any, weights: Weights) -> Any:
    """h = update * (h - new) + new, with new = tanh(input's part + reset * state's part)."""
    reset_in, update_in, new_in = gates_of(given, 3)
    reset_h, update_h, new_h = gates_of(_from_state(hidden, weights), 3)
    reset = reset_h.add_(reset_in).sigmoid()
    update = update_h.add_(update_in).sigmoid()
    new = (new_in + new_h.mul_(reset)).tanh()
    return (hidden - new).mul_(update).add_(new)


CELLS: dict[str, Cell] = {"RNN_TANH": rnn_tanh_cell, "RNN_RELU": rnn_relu_cell, "LSTM": lstm_cell, "GRU": gru_cell}


def output_of(state: Any) -> Any:
    """The part of a cell's state that the next layer sees."""
    return state[0] if isinstance(state, tuple) else state


def run_layer(cell: Cell, input: Any, state: Any, weights: Weights, backwards: bool) -> tuple[Any, Any]:
    """(T, N, I) through one layer in one direction: the outputs (T, N, H) and the last state."""
    steps = PUBLIC["unbind"](from_input(input, weights), 0)
    outputs = []
    for step in reversed(steps) if backwards else steps:
        state = cell(step, state, weights)
        outputs.append(output_of(state))
    return PUBLIC["stack"](outputs[::-1] if backwards else outputs, 0), state


def run_stack(
    cell: Cell,
    input: Any,
    states: list[Any],
    weights: list[Weights],
    directions: int,
    dropout_p: float,
    training: bool,
    layer: Callable[..., tuple[Any, Any]] = run_layer,
) -> tuple[Any, list[Any]]:
    """Layers on top of each other, each in both directions where there are two; the last states of all."""
    last: list[Any] = []
    count = len(weights) // directions
    for level in range(count):
        outputs = []
        for direction in range(directions):
            place = level * directions + direction
            output, state = layer(cell, input, states[place], weights[place], direction == 1)
            outputs.append(output)
            last.append(state)
        input = outputs[0] if directions == 1 else PUBLIC["cat"](outputs, outputs[0].array.ndim - 1)
        if dropout_p != 0 and training and level < count - 1:
            input = dropout(input, dropout_p)
    return input, last
