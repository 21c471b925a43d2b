"""Products added to a tensor, in place too: addmv, addr, addbmm and baddbmm; `addmm` is with the products."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ... import observe
from ...copy_slices import set_history
from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import C_NAMES
from ..dims import length_of
from ..general import general
from ..inplace import check_writable
from ..offer import Chosen, offer_choice, offer_inplace_function, run, run_inplace
from ..operands import require_tensor
from ..single import one
from ..table import METHODS, Gradient, Row
from ..tools import expand as expand_any, mT, raw, t
from .products import batched, outer_of, require_expandable, require_same_dtypes, scaled, summed

Array = npt.NDArray[Any]

_OF_SELF = Gradient("scaled(grad, beta)", lambda grad, beta: scaled(grad, beta))

one(
    Row(
        "addmv",
        lambda self, mat, vec, beta, alpha: summed(self, mat @ vec, beta, alpha),
        ("self", "mat", "vec"),
        (
            _OF_SELF,
            Gradient("scaled(outer_of(grad, vec), alpha)", lambda grad, vec, alpha: scaled(outer_of(grad, vec), alpha)),
            Gradient("scaled(t(mat) @ grad, alpha)", lambda grad, mat, alpha: scaled(t(mat) @ grad, alpha)),
        ),
        node="AddmvBackward0",
        arguments=("beta", "alpha"),
        saves=("alpha", "beta", "mat", "vec"),
    )
)


def _addr(self: Array, vec1: Array, vec2: Array, beta: float, alpha: float) -> Array:
    if self.dtype.kind == "b":
        outer = np.logical_and.outer(vec1, vec2) & bool(alpha)
        return np.asarray(outer | (self & bool(beta)))
    return np.asarray(summed(self, vec1.reshape(-1, 1) * vec2, beta, alpha))


general(
    Row(
        "addr",
        _addr,
        ("self", "vec1", "vec2"),
        (
            _OF_SELF,
            Gradient("scaled(grad @ vec2, alpha)", lambda grad, vec2, alpha: scaled(grad @ vec2, alpha)),
            Gradient("scaled(t(grad) @ vec1, alpha)", lambda grad, vec1, alpha: scaled(t(grad) @ vec1, alpha)),
        ),
        node="AddrBackward0",
        arguments=("beta", "alpha"),
        saves=("alpha", "beta", "vec1", "vec2"),
        promotes="same",
    ),
    promote=True,
)


def over_batch(grad: Any, batch: Any) -> Any:
    """The gradient of a sum over a batch, for each of it."""
    return expand_any(grad, (raw(batch).shape[0], *raw(grad).shape))


one(
    Row(
        "addbmm",
        lambda self, batch1, batch2, beta, alpha: summed(self, np.matmul(batch1, batch2).sum(0), beta, alpha),
        ("self", "batch1", "batch2"),
        (
            _OF_SELF,
            Gradient(
                "scaled(bmm(over_batch(grad, batch2), mT(batch2)), alpha)",
                lambda grad, batch2, alpha: scaled(batched(over_batch(grad, batch2), mT(batch2)), alpha),
            ),
            Gradient(
                "scaled(bmm(mT(batch1), over_batch(grad, batch1)), alpha)",
                lambda grad, batch1, alpha: scaled(batched(mT(batch1), over_batch(grad, batch1)), alpha),
            ),
        ),
        node="AddbmmBackward0",
        arguments=("beta", "alpha"),
        saves=("alpha", "batch1", "batch2", "beta"),
        shows=(
            ("batch1_sym_argsize_0", property(lambda node: _length(node, "batch1", 0))),
            ("batch1_sym_argsize_1", property(lambda node: _length(node, "batch1", 1))),
            ("batch2_sym_argsize_2", property(lambda node: _length(node, "batch2", 2))),
        ),
    )
)


def _length(node: Any, name: str, dim: int) -> int:
    """A length of what an addbmm multiplied, from the batch that was saved or from the result."""
    saved = getattr(node, f"_saved_{name}")
    if saved is not None:
        return int(saved.array.shape[dim])
    return int(node.shape[0] if dim == 1 else node.shape[1])


one(
    Row(
        "baddbmm",
        lambda self, batch1, batch2, beta, alpha: summed(self, np.matmul(batch1, batch2), beta, alpha),
        ("self", "batch1", "batch2"),
        (
            _OF_SELF,
            Gradient(
                "scaled(bmm(grad, mT(batch2)), alpha)",
                lambda grad, batch2, alpha: scaled(batched(grad, mT(batch2)), alpha),
            ),
            Gradient(
                "scaled(bmm(mT(batch1), grad), alpha)",
                lambda grad, batch1, alpha: scaled(batched(mT(batch1), grad), alpha),
            ),
        ),
        node="BaddbmmBackward0",
        arguments=("beta", "alpha"),
        saves=("alpha", "batch1", "batch2", "beta"),
    )
)


def _addmv(input: Tensor, mat: Tensor, vec: Tensor, *, beta: float = 1, alpha: float = 1) -> Chosen:
    """beta * input + alpha * (mat @ vec); `input` broadcasts."""
    _require_tensors("addmv", (("mat", mat), ("vec", vec)))
    start, matrix, vector = input.array, mat.array, vec.array
    if matrix.ndim != 2 or vector.ndim != 1 or start.ndim > 1:
        raise RuntimeError(f"vector + matrix @ vector expected, got {start.ndim}, {matrix.ndim}, {vector.ndim}")
    length = start.shape[0] if start.ndim else 1
    if matrix.shape[1] != vector.shape[0] or length not in (1, matrix.shape[0]):
        raise RuntimeError(
            f"size mismatch, got input ({length}), mat ({matrix.shape[0]}x{matrix.shape[1]}), vec ({vector.shape[0]})"
        )
    if not start.dtype == matrix.dtype == vector.dtype:
        kinds = ", ".join(tensor.dtype.scalar_type for tensor in (input, mat))
        raise RuntimeError(
            f"addmv input tensors must have the same dtype, but got {kinds}, and {vec.dtype.scalar_type}"
        )
    if matrix.dtype.kind == "b":
        raise NotImplementedError("\"addmv_impl_cpu\" not implemented for 'Bool'")
    return Chosen("addmv", (input, mat, vec), (beta, alpha))


def _addr_checked(input: Tensor, vec1: Tensor, vec2: Tensor, *, beta: float = 1, alpha: float = 1) -> Chosen:
    """beta * input + alpha * outer(vec1, vec2); `input` broadcasts."""
    _require_tensors("addr", (("vec1", vec1), ("vec2", vec2)))
    _check_vectors(vec1, vec2)
    require_expandable(input, (vec1.array.size, vec2.array.size))
    if all(tensor.array.dtype.kind in "iu" for tensor in (input, vec1, vec2)):
        for name, number in (("beta", beta), ("alpha", alpha)):
            if isinstance(number, float):
                raise RuntimeError(f"For integral input tensors, argument {name} must not be a floating point number.")
    return Chosen("addr", (input, vec1, vec2), (beta, alpha))


def _check_vectors(vec1: Any = None, vec2: Any = None, **_others: Any) -> None:
    for name, tensor in (("vec1", vec1), ("vec2", vec2)):
        if type(tensor) in TENSORS and tensor.array.ndim != 1:
            raise RuntimeError(f"addr: Expected 1-D argument {name}, but got {tensor.array.ndim}-D")


def _addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1) -> Chosen:
    """beta * input + alpha * the sum of the products of two batches of matrices; `input` broadcasts."""
    _require_tensors("addbmm", (("batch1", batch1), ("batch2", batch2)))
    first, second = batch1.array, batch2.array
    require_expandable(input, (length_of(first.shape, 1), length_of(second.shape, 2)))
    for name, array in (("batch1", first), ("batch2", second)):
        if array.ndim != 3:
            raise RuntimeError(f"{name} must be a 3D tensor")
    if first.shape[0] != second.shape[0]:
        raise RuntimeError(
            f"batch1 and batch2 must have same number of batches, got {first.shape[0]} and {second.shape[0]}"
        )
    if first.shape[2] != second.shape[1]:
        raise RuntimeError(
            f"Incompatible matrix sizes for bmm ({first.shape[1]}x{first.shape[2]} and "
            f"{second.shape[1]}x{second.shape[2]})"
        )
    require_same_dtypes(input, batch1, batch2)
    _refuse_bool(input, "addmm_impl_cpu_")
    return Chosen("addbmm", (input, batch1, batch2), (beta, alpha))


def _baddbmm(
    input: Tensor, batch1: Tensor, batch2: Tensor, *, beta: float = 1, alpha: float = 1, out_dtype: Any = None
) -> Chosen:
    """beta * input + alpha * bmm(batch1, batch2); `input` broadcasts."""
    _require_tensors("baddbmm", (("batch1", batch1), ("batch2", batch2)))
    if out_dtype is not None:
        raise NotImplementedError("baddbmm(out_dtype=...) is not supported by the embedded engine; convert the result")
    first, second = batch1.array, batch2.array
    rows = length_of(first.shape, 0), length_of(first.shape, 1)
    require_expandable(input, (*rows, length_of(second.shape, 2)))
    for place, array in enumerate((first, second)):
        if array.ndim != 3:
            raise RuntimeError(f"batch{place + 1} must be a 3D tensor")
    if second.shape[:2] != (first.shape[0], first.shape[2]):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{first.shape[0]}, {first.shape[2]}] but "
            f"got: [{second.shape[0]}, {second.shape[1]}]."
        )
    if first.dtype != second.dtype:
        raise RuntimeError(f"expected scalar type {batch1.dtype.scalar_type} but found {batch2.dtype.scalar_type}")
    if input.array.dtype != first.dtype:
        names = [C_NAMES.get(tensor.dtype.name, tensor.dtype.name) for tensor in (input, batch1, batch2)]
        raise RuntimeError(
            f"Input dtypes must be the same, got: input {names[0]}, batch1: {names[1]}, batch2: {names[2]}"
        )
    _refuse_bool(batch1, "bmm")
    return Chosen("baddbmm", (input, batch1, batch2), (beta, alpha))


def _require_tensors(op: str, given: tuple[tuple[str, Any], ...]) -> None:
    for place, (name, value) in enumerate(given):
        require_tensor(op, name, place + 2, value)


def _refuse_bool(tensor: Tensor, kernel: str) -> None:
    if tensor.array.dtype.kind == "b":
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")


def _inplace_error(op: str, start: tuple[int, ...], chosen: Chosen) -> Exception | None:
    """What keeps a product from being written over its first operand, in PyTorch's words."""
    first, second = (operand.array.shape for operand in chosen.operands[1:])
    if op == "addr":
        return None
    size = {"addmv": first[:1], "addbmm": (first[1], second[-1]), "baddbmm": (*first[:2], second[-1])}[op]
    if start == size:
        return None
    if op == "addbmm":
        return NotImplementedError("addbmm_ on a view that it would resize is not supported by the embedded engine")
    return RuntimeError(
        f"Bad in-place call: input tensor size {list(start)} and output tensor size {list(size)} should match"
    )


def _fit(tensor: Tensor, chosen: Chosen) -> None:
    """Give the tensor the shape of the product, as PyTorch's addbmm_ does before it adds up."""
    first, second = (operand.array.shape for operand in chosen.operands[1:])
    size = (first[1], second[2])
    if tensor.array.shape != size and not any(each._requires_grad for each in chosen.operands[1:]):
        start = np.broadcast_to(tensor.array, size).copy()
        METHODS["resize_"](tensor, size)
        METHODS["copy_"](tensor, from_array(start))


def _grow(tensor: Tensor, chosen: Chosen) -> Tensor:
    """Make the tensor what addbmm of it is, in memory of its own: `_fit` where there is a history."""
    check_writable(tensor)
    made: Tensor = run(chosen, False)
    if observe.observer is not None:
        observe.observer.before_inplace(tensor)
    tensor.array = made.array
    tensor.version.bump()
    if made.grad_fn is not None:
        set_history(tensor, made.grad_fn)
    return tensor


def _offer(op: str, choose: Callable[..., Chosen]) -> None:
    """As a function, as a method, and in place."""
    offer_choice(op, inplace=False)(choose)

    @functools.wraps(choose)
    def inplace_function(self: Tensor, *args: Any, **keywords: Any) -> Any:
        if op == "addr":
            _check_vectors(*args[:2], **keywords)
            if self.array.ndim != 2:
                raise RuntimeError(f"2D tensor expected, got {self.array.ndim}D tensor for input")
            sizes = [vector.array.size for vector in args[:2]]
            if len(sizes) == 2 and self.array.shape != tuple(sizes):
                raise RuntimeError(
                    f"size mismatch, input: {list(self.array.shape)}, v1: [{sizes[0]}], v2: [{sizes[1]}]"
                )
        chosen = choose(self, *args, **keywords)
        if op == "addbmm" and not self._requires_grad:
            _fit(self, chosen)
        if op == "addbmm" and self._base is None:
            first, second = chosen.operands[1:]
            if self.array.shape != (first.array.shape[1], second.array.shape[2]):
                return _grow(self, chosen)
        error = _inplace_error(op, self.array.shape, chosen)
        if error is not None:
            raise error
        return run_inplace(self, chosen)

    METHODS[f"{op}_"] = inplace_function


for _op, _choose in (("addmv", _addmv), ("addr", _addr_checked), ("addbmm", _addbmm), ("baddbmm", _baddbmm)):
    _offer(_op, _choose)
offer_inplace_function("addmv_")
