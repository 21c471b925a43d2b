"""How tangents go through the rows of the table: forward-mode AD's rule for each row, all but none of it by hand.

As in PyTorch's `derivatives.yaml`, a linear operation does to tangents what it does to values, an operation of two
factors obeys the product rule, a reduction sums what its gradient rule makes of each element; and where each element
depends on its own operands alone the gradient rule, given the
tangent for `grad`, is the answer. For every other row the gradient rules, which run on tensors and are linear in
`grad`, are differentiated with respect to it: the transpose of the transpose of the Jacobian.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .. import grad_mode
from ..backward import BackwardRun, node_of, steps
from ..node import Output
from ..ops.table import CALLS, FUNCTIONS, METHODS, QUIET, Row
from ..tensor import TENSORS, Tensor, from_array
from . import carrier

Tangents = Sequence[Tensor | None]

LINEAR: Final = (
    "sum",
    "sum.dim",
    "mean",
    "mean.dim",
    "cumsum",
    "cat",
    "stack",
    "index_select",
    "gather",
    "masked_select",
    "index",
    "index_put",
    "scatter_add",
    "scatter.src",
    "as_strided_scatter",
    "select_backward",
    "slice_backward",
    "diagonal_backward",
    "diagonal_copy",
    "diag_embed",
    "tril",
    "triu",
    "flip",
    "roll",
    "repeat",
    "clone.contiguous",
    "clone.memory_format",
    "_unsafe_view",
    "squeeze.dim_",
)
PRODUCTS: Final = ("mm", "mv", "dot", "bmm")
# Built by `general` although each element depends on its own operands alone; all of `unary` and `binary` do.
ELEMENTWISE: Final = (
    "clone",
    "to",
    "fill.Scalar",
    "zero",
    "copy",
    "add.alpha",
    "sub.alpha",
    "rsub.Scalar",
    "where",
    "masked_fill",
    "clamp",
    "clamp.Tensor",
    "clamp_min",
    "clamp_max",
    "clamp_min.Tensor",
    "clamp_max.Tensor",
    "div.Tensor_mode",
    "remainder",
    "fmod",
    "remainder.Scalar",
    "fmod.Scalar",
    "round.decimals",
    "pow.Tensor_Scalar",
    "pow.Tensor_Tensor",
    "pow.Scalar",
    "normal",
    "uniform",
    "random",
)
# Each element of the operand belongs to one element of the result.
REDUCTIONS: Final = (
    "var", "std", "linalg_vector_norm", "logsumexp", "amax", "amin", "prod", "prod.dim_int", "max", "min",
)  # fmt: skip
# Their kernels take zeros for a tangent that there is none of, by which -0 becomes 0.
FILLED: Final = ("sigmoid_backward", "tanh_backward")


def jvp(
    row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], outputs: tuple[Tensor, ...], tangents: Tangents
) -> list[Tensor | None]:
    """The tangents of the outputs; None for those that are not floating-point.

    Raises NotImplementedError in PyTorch's words for rows without a derivative.
    """
    if row.node == "NotImplemented":
        raise NotImplementedError(f"Trying to use forward AD with aten::{row.name} that does not support it.")
    if not any(output.array.dtype.kind == "f" for output in outputs):
        return [None] * len(outputs)
    if row.key in FILLED:
        tangents = [_or_zeros(tangent, operand) for tangent, operand in zip(tangents, operands, strict=True)]
    if row.view or row.key in LINEAR:
        made = _linear(row, operands, arguments, tangents)
    elif row.key in PRODUCTS:
        made = (_product(row, operands, arguments, tangents),)
    elif row.elementwise or row.key in QUIET or row.key in ELEMENTWISE:
        made = (_elementwise(row, operands, arguments, outputs[0], tangents),)
    elif row.key in REDUCTIONS:
        made = (_reduction(row, operands, arguments, outputs[0], tangents),)
    else:
        made = _transposed_twice(row, operands, arguments, tangents)
    return [
        _own(row, _fitted(tangent, output), tangents)
        if tangent is not None and output.array.dtype.kind == "f" and place not in row.untracked
        else None
        for place, (tangent, output) in enumerate(zip(made, outputs, strict=True))
    ]


def _own(row: Row, made: Tensor, tangents: Tangents) -> Tensor:
    """The tangent in memory of its own, unless the row's results are views: in-place operations write to it."""
    if row.view or not any(each is not None and np.may_share_memory(made.array, each.array) for each in tangents):
        return made
    copied: Tensor = METHODS["clone"](made)
    return copied


def _linear(row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], tangents: Tangents) -> tuple[Any, ...]:
    inputs = len(operands) if row.joint else len(row.inputs)
    changed = [_or_zeros(tangent, operand) for tangent, operand in zip(tangents, operands[:inputs], strict=False)]
    made = CALLS[row.key]((*changed, *operands[inputs:]), arguments)
    return made if isinstance(made, tuple) else (made,)


def _product(row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], tangents: Tangents) -> Tensor:
    """The sum over the factors, each in turn replaced by its tangent."""
    terms = []
    for place, tangent in enumerate(tangents):
        if tangent is not None:
            terms.append(CALLS[row.key]((*operands[:place], tangent, *operands[place + 1 :]), arguments))
    return _sum(terms)


def _elementwise(
    row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], output: Tensor, tangents: Tangents
) -> Tensor:
    """The gradient rules, given tangents: each element's Jacobian is a number, its own transpose."""
    values = _values(row, operands, arguments, output)
    for name, operand in zip(row.inputs, operands, strict=False):
        if type(operand) in TENSORS:
            values |= {f"{name}_shape": output.array.shape, f"{name}_dtype": output.array.dtype}
    terms = []
    for gradient, tangent in zip(row.gradients, tangents, strict=False):
        if gradient is not None and tangent is not None:
            given = _fitted(tangent, output)
            term = gradient.rule(given, *[values[name] for name in gradient.needs])
            terms.append(term if type(term) in TENSORS else from_array(np.asarray(term)))
    return _sum(terms)


def _reduction(
    row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], output: Tensor, tangents: Tangents
) -> Tensor:
    """The sums of the tangents' elements, each times the slope that the gradient rule gives it."""
    gradient, tangent = row.gradients[0], tangents[0]
    assert gradient is not None
    assert tangent is not None
    values = _values(row, operands, arguments, output)
    slopes = gradient.rule(from_array(np.ones_like(output.array)), *[values[name] for name in gradient.needs])
    if slopes is None:
        return from_array(np.zeros_like(output.array))
    dim = values.get("dim")
    products = FUNCTIONS["mul"](_fitted(tangent, slopes), slopes)
    total = METHODS["sum"](products) if dim in (None, ()) else METHODS["sum"](products, dim, True)
    made: Tensor = METHODS["reshape"](total, output.array.shape)
    return made


def _values(row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], output: Tensor) -> dict[str, Any]:
    """What the names in a row's rules stand for."""
    values = dict(zip(row.inputs + row.constants, operands, strict=False))
    if any(gradient is not None and "result" in gradient.needs for gradient in row.gradients):
        values["result"] = carrier.primal_of(output)  # the output itself is about to get a tangent
    return values | dict(zip(row.arguments, arguments, strict=False))


def _transposed_twice(
    row: Row, operands: tuple[Any, ...], arguments: tuple[Any, ...], tangents: Tangents
) -> tuple[Tensor | None, ...]:
    """d/du <vjp(u), tangents>, where the vjp is the row's own gradient rules on tensors."""
    tracked = grad_mode.is_grad_enabled() and any(
        type(value) in TENSORS and value._requires_grad for value in (*operands, *tangents)
    )
    before = grad_mode.switch(True)
    try:
        shadows = [operand if t is None else _shadow(operand) for operand, t in zip(operands, tangents, strict=True)]
        made = CALLS[row.key](tuple(shadows), arguments, False)
        results: tuple[Tensor, ...] = made if isinstance(made, tuple) else (made,)
        roots = [result for result in results if result._fn is not None]
        seeds = [from_array(np.zeros_like(root.array), True) for root in roots]
        moved = [(shadow, t) for shadow, t in zip(shadows, tangents, strict=True) if t is not None]
        gradients = vjp(roots, [shadow for shadow, _ in moved], seeds)
        pairs = [(g, t) for g, (_, t) in zip(gradients, moved, strict=True) if g is not None and g._requires_grad]
        found = vjp([g for g, _ in pairs], seeds, [_fitted(t, g) for g, t in pairs]) if pairs else [None] * len(seeds)
    finally:
        grad_mode.switch(before)
    by_root = {id(root): tangent for root, tangent in zip(roots, found, strict=True)}
    return tuple(_kept(by_root.get(id(result)), result, tracked) for result in results)


def vjp(roots: Sequence[Tensor], inputs: Sequence[Tensor], seeds: Sequence[Tensor]) -> list[Tensor | None]:
    """The gradients of the roots for the inputs, with a graph; not told to the observer, and None where unused."""
    run = BackwardRun("grad", tuple(roots), tuple(seeds), tuple(inputs), True, True)
    deque(steps(run), maxlen=0)
    return [_found(run, tensor) for tensor in inputs]


def _found(run: BackwardRun, tensor: Tensor) -> Tensor | None:
    edge = tensor.edge()
    found: Tensor | None = run.found.get((edge.node, edge.number) if type(edge) is Output else node_of(edge))
    return found


def _shadow(operand: Tensor) -> Tensor:
    """The operand again, so that the operation alone lies between it and the result."""
    if operand._requires_grad:
        made: Tensor = CALLS["alias"]((operand,), (), False)
        return made
    return from_array(operand.array, True)


def _kept(tangent: Tensor | None, result: Tensor, tracked: bool) -> Tensor | None:
    if result.array.dtype.kind != "f":
        return None
    if tangent is None:
        return from_array(np.zeros_like(result.array))
    return tangent if tracked else from_array(tangent.array)


def _or_zeros(tangent: Tensor | None, operand: Any) -> Any:
    if tangent is not None or type(operand) not in TENSORS:
        return operand if tangent is None else tangent
    return from_array(np.zeros_like(operand.array))


def _fitted(tangent: Tensor, like: Tensor) -> Tensor:
    """The tangent in the dtype and shape of another tensor."""
    if tangent.array.dtype is not like.array.dtype:
        tangent = FUNCTIONS["cast"](tangent, like.array.dtype)
    if tangent.array.shape != like.array.shape:
        tangent = METHODS["expand"](tangent, like.array.shape)
    return tangent


def _sum(terms: list[Any]) -> Tensor:
    total = terms[0]
    for term in terms[1:]:
        total = FUNCTIONS["add"](total, term)
    assert isinstance(total, Tensor)
    return total


carrier.jvp.rule = jvp
