"""One LSTM layer in single precision: one node, as PyTorch's CPU kernel (oneDNN's) has it.

On tensors its gradient is that of the same layer made step by step, so that gradients of any order are right.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .... import grad_mode
from ....tensor import TENSORS, from_array
from ...shape.shape import contiguous
from ...single import several
from ...table import CALLS, Gradient, Row
from ...tools import raw
from .cells import Weights, lstm_cell, run_layer

Array = npt.NDArray[Any]
OPTIONS = ("batch_sizes", "mode", "hidden_size", "num_layers", "has_biases", "bidirectional", "batch_first", "train")
INPUTS = ("input", "weight0", "weight1", "weight2", "weight3", "hx_", "cx_")


def _order(steps: int, reverse: bool) -> range:
    return range(steps - 1, -1, -1) if reverse else range(steps)


def _squeezes(width: int, dtype: "np.dtype[Any]") -> tuple[Array, Array]:
    """Scale and shift that make sigmoids of tanh, for all gates but the third: sigmoid(x) = tanh(x / 2) / 2 + 1 / 2."""
    half = np.full(4 * width, 0.5, dtype)
    half[2 * width : 3 * width] = 1
    return half, np.where(half == 1, 0, half).astype(dtype)


def _forward(
    input: Array,
    weight0: Array,
    weight1: Array,
    weight2: Array,
    weight3: Array,
    hx_: Array,
    cx_: Array,
    reverse: bool,
    *_: Any,
) -> tuple[Array, Array, Array, Array]:
    """Outputs, last h, last c, and what the gradient needs: the gates after their functions, and c, of each step."""
    steps, items = input.shape[:2]
    width = hx_.shape[-1]
    half, shift = _squeezes(width, input.dtype)
    kept = np.empty((steps, items, 5 * width), input.dtype)
    all_gates, cells = kept[:, :, : 4 * width], kept[:, :, 4 * width :]
    given = np.matmul(input, (weight0 * half[:, None]).T) + (weight2 + weight3) * half
    outputs = np.empty((steps, items, width), input.dtype)
    h, c, back = hx_, cx_, np.ascontiguousarray((weight1 * half[:, None]).T)
    for t in _order(steps, reverse):
        gates = h @ back
        gates += given[t]
        np.tanh(gates, out=gates)
        gates *= half
        gates += shift
        all_gates[t] = gates
        new = gates[:, width : 2 * width] * c
        new += gates[:, :width] * gates[:, 2 * width : 3 * width]
        cells[t] = c = new
        h = np.tanh(new)
        h *= gates[:, 3 * width :]
        outputs[t] = h
    return outputs, h.copy(), c.copy(), kept


def _through_time(
    grads: tuple[Any, ...],
    input: Array,
    weight0: Array,
    weight1: Array,
    hx_: Array,
    cx_: Array,
    result: tuple[Array, ...],
    reverse: bool,
) -> tuple[Array, ...]:
    """The gradients of all inputs on arrays, backwards through time; what needs no order is computed for all steps."""
    outputs, _, _, kept = result
    width = hx_.shape[-1]
    ingate, forget, cell, out = np.split(kept[:, :, : 4 * width], 4, axis=2)
    c = kept[:, :, 4 * width :]
    before_h, before_c = _before(outputs, hx_, reverse), _before(c, cx_, reverse)
    bent = np.tanh(c)
    into_c = out * (1 - bent * bent)
    slopes = np.concatenate(
        (
            cell * ingate * (1 - ingate),
            before_c * forget * (1 - forget),
            ingate * (1 - cell * cell),
            bent * out * (1 - out),
        ),
        axis=2,
    )
    to_h = np.zeros_like(hx_) if grads[1] is None else grads[1]
    to_c = np.zeros_like(cx_) if grads[2] is None else grads[2]
    shares = slopes.reshape(*slopes.shape[:2], 4, width)  # of each step and gate
    for t in reversed(_order(len(input), reverse)):
        whole = to_h if grads[0] is None else to_h + grads[0][t]
        through = whole * into_c[t]
        through += to_c
        place = shares[t]
        place[:, :3] *= through[:, None]
        place[:, 3] *= whole
        to_h = slopes[t] @ weight1
        to_c = through * forget[t]
    flat = slopes.reshape(-1, 4 * width)
    to_bias = flat.sum(0)
    return (
        (flat @ weight0).reshape(input.shape),
        flat.T @ input.reshape(-1, input.shape[-1]),
        flat.T @ before_h.reshape(-1, width),
        to_bias,
        to_bias,
        to_h,
        to_c,
    )


def _before(states: Array, first: Array, reverse: bool) -> Array:
    """Of each step the state that went in."""
    made = np.empty_like(states, order="C")
    if reverse:
        made[:-1], made[-1] = states[1:], first
    else:
        made[1:], made[0] = states[:-1], first
    return made


def layer_back(
    grads: tuple[Any, ...],
    input: Any,
    weight0: Any,
    weight1: Any,
    weight2: Any,
    weight3: Any,
    hx_: Any,
    cx_: Any,
    result: Any,
    reverse: bool,
) -> tuple[Any, ...]:
    """The gradients of input, weights, biases, h and c."""
    if not any(type(grad) in TENSORS for grad in grads):
        return _through_time(grads, input, weight0, weight1, hx_, cx_, result, reverse)
    from ....transforms.tangents import vjp

    given = (input, weight0, weight1, weight2, weight3, hx_, cx_)
    with grad_mode.enable_grad():
        twins = [_twin(tensor) for tensor in given]
        outputs, (h, c) = run_layer(lstm_cell, twins[0], (twins[5], twins[6]), twins[1:5], reverse)
        roots = [(root, grad) for root, grad in zip((outputs, h, c), grads, strict=False) if grad is not None]
        return tuple(vjp([root for root, _ in roots], twins, [grad for _, grad in roots]))


def _twin(tensor: Any) -> Any:
    """The tensor again, so that the layer alone lies between it and the outputs."""
    if tensor._requires_grad:
        return CALLS["alias"]((tensor,), (), False)
    return from_array(raw(tensor), True)


def _one_of(place: int) -> Gradient:
    return Gradient(
        f"layer_back(grads, {', '.join(INPUTS)}, result, reverse)[{place}]",
        lambda grads, input, weight0, weight1, weight2, weight3, hx_, cx_, result, reverse: layer_back(
            grads, input, weight0, weight1, weight2, weight3, hx_, cx_, result, reverse
        )[place],
    )


_row = several(
    Row(
        "mkldnn_rnn_layer",
        _forward,
        INPUTS,
        tuple(_one_of(place) for place in range(len(INPUTS))),
        node="MkldnnRnnLayerBackward0",
        arguments=("reverse", *OPTIONS),
        many=True,
        results=("result0", "result1", "result2", "result3"),
        untracked=(3,),
        saves=tuple(sorted((*INPUTS, "reverse", *OPTIONS, "result0", "result1", "result2", "result3"))),
        together=Gradient(f"layer_back(grads, {', '.join(INPUTS)}, result, reverse)", layer_back),
    )
)


def run_lstm_layer(options: tuple[Any, ...]) -> Any:
    """A layer for `run_stack`; `options` are those that the node keeps, from mode to train."""

    def layer(_cell: Any, input: Any, state: Any, weights: Weights, backwards: bool) -> tuple[Any, Any]:
        biases = weights[2:4] if len(weights) == 4 else [_zeros(weights[0]), _zeros(weights[0])]
        operands = (contiguous(input), weights[0], weights[1], *biases, *state)
        outputs, h, c, _ = _row(operands, (backwards, (), *options))
        return outputs, (h, c)

    return layer


def _zeros(weight: Any) -> Any:
    return from_array(np.zeros(weight.array.shape[0], weight.array.dtype))
