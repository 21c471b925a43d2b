"""Tensors that carry something along: a tangent (forward-mode AD), or the mark of a sample of a batch (`vmap`).

Such a tensor is an instance of `Carrier`, which nobody sees: it prints as a Tensor and is one. Operations have a quick
path for `Tensor` itself, so that tensors that carry nothing cost nothing; the slow path comes here, to `carry`.
"""

import weakref
from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from ..node import Node, SavedResult
from ..ops.table import CALLS, METHODS, Row
from ..tensor import Tensor, from_array
from ..views import Geometry, geometry, laid_out
from . import levels

NONE: Final[frozenset[int]] = frozenset()


class Carrier(Tensor, ordinary=False):
    """A tensor with a tangent, or one sample of a batch."""

    __slots__ = ()


Carrier.__name__ = Carrier.__qualname__ = "Tensor"
Carrier.__module__ = "torch"


class _Jvp:
    """How tangents go through a row: `tangents.py`, which is written in operations, puts it here."""

    rule: Callable[..., list[Tensor | None]]


jvp: Final = _Jvp()
_duals: list[weakref.ref[Tensor]] = []  # those with a tangent, to be forgotten when the level ends
_saved: list[weakref.ref[SavedResult]] = []  # the same of what nodes saved


def carries(operands: Iterable[Any]) -> bool:
    """Whether an operation on these has to carry something on."""
    return not levels.state.paused and any(type(operand) is Carrier for operand in operands)


def carry(row: Row, call: Callable[[], Any], operands: tuple[Any, ...], arguments: tuple[Any, ...] = ()) -> Any:
    """Run an operation, and give its results what its operands carried."""
    with levels.paused():
        results = call()
        outputs: tuple[Tensor, ...] = results if isinstance(results, tuple) else (results,)
        tangents = [tangent_of(operand) for operand in operands]
        if row.node and any(tangent is not None for tangent in tangents):
            primals = tuple(x if t is None else primal_of(x) for x, t in zip(operands, tangents, strict=True))
            for output, tangent in zip(outputs, jvp.rule(row, primals, arguments, outputs, tangents), strict=True):
                if tangent is not None:
                    attach(output, tangent)
            nodes = (output.grad_fn for output in outputs)  # the first may be untracked, as P of an LU decomposition
            save_tangents(next((node for node in nodes if node is not None), None), outputs)
    mark(outputs, NONE.union(*map(samples_of, operands)))
    return results


# ---- samples of a batch ----


def samples_of(value: Any) -> frozenset[int]:
    """The levels of the `vmap`s whose batch this is a sample of."""
    return value._meta.samples if type(value) is Carrier and value._meta is not None else NONE


def mark(tensors: Iterable[Tensor], samples: frozenset[int]) -> None:
    """Make the tensors samples of these levels' batches."""
    if not samples:
        return
    for tensor in tensors:
        _become(tensor)
        tensor.meta().samples |= samples
        tangent = tensor.meta().tangent
        if tangent is not None:
            mark((tangent,), samples)


def unmark(tensor: Tensor, level: int) -> None:
    """The tensor is no sample of that level's batch any more."""
    if type(tensor) is not Carrier:
        return
    meta = tensor.meta()
    meta.samples -= {level}
    if not meta.samples and meta.tangent is None:
        tensor.__class__ = Tensor  # type: ignore[assignment]  # the two have the same layout


def refuse_sample(tensor: Tensor, message: str) -> None:
    """Raise RuntimeError where a whole batch stands behind the tensor: what is asked differs from sample to sample."""
    if type(tensor) is Carrier and tensor.meta().samples:
        raise RuntimeError(message)


# ---- tangents ----


def tangent_of(value: Any) -> Tensor | None:
    """The tangent of a tensor at the open level."""
    return value._meta.tangent if type(value) is Carrier and value._meta is not None else None


def primal_of(tensor: Tensor, reports: bool = False) -> Tensor:
    """A view of the tensor without its tangent."""
    with levels.paused():
        made: Tensor = CALLS["_fw_primal"]((tensor,), (), reports)
    mark((made,), samples_of(tensor))
    return made


def attach(tensor: Tensor, tangent: Tensor) -> None:
    """Give a tensor its tangent, which is laid out in memory as the tensor is."""
    _become(tensor)
    tensor.meta().tangent = _as_laid_out(tangent, tensor)
    _duals.append(weakref.ref(tensor))


def save_tangents(node: Node | None, outputs: tuple[Tensor, ...]) -> None:
    """What a node saved of its results has their tangents, for gradients taken inside the level."""
    for _, saved, _ in [] if node is None else node.saved_items():
        for result, output in zip(saved if isinstance(saved, tuple) else (saved,), outputs, strict=False):
            if type(result) is SavedResult:
                result.tangent = tangent_of(output)
                _saved.append(weakref.ref(result))


def forget_tangents() -> None:
    """The level ended: no tensor has a tangent any more."""
    for kept in _saved:
        result = kept()
        if result is not None:
            result.tangent = None
    _saved.clear()
    for reference in _duals:
        tensor = reference()
        if tensor is not None:
            drop_tangent(tensor)
    _duals.clear()


def drop_tangent(tensor: Tensor) -> None:
    """The tensor has no tangent any more."""
    if tangent_of(tensor) is not None:
        tensor.meta().tangent = None
        if not tensor.meta().samples:
            tensor.__class__ = Tensor


def twin(tensor: Tensor) -> Tensor:
    """The same memory without history, carrying what `tensor` carries, its tangent without history too."""
    made = from_array(tensor.array)
    if type(tensor) is Carrier:
        mark((made,), samples_of(tensor))
        tangent = tangent_of(tensor)
        if tangent is not None:
            attach(made, twin(tangent))
    return made


# ---- in place ----


def check_overwrite(op: str, tensor: Tensor, made: Tensor) -> None:
    """Raise PyTorch's RuntimeError where samples of a batch are written to one tensor for the whole batch."""
    batches = sorted(samples_of(made) - samples_of(tensor))
    if not batches:
        return
    if op == "add":
        whole = [levels.state.batches[level] for level in batches] + list(made.array.shape)
        raise RuntimeError(f"output with shape {list(tensor.array.shape)} doesn't match the broadcast shape {whole}")
    name = {"pow": "aten::pow_", "fill": "fill_", "index_put": "index_put_"}.get(op, "inplace arithmetic")
    where = f"at level {batches[-1]}" if op == "pow" else "in a vmap"
    raise RuntimeError(
        f"vmap: {name}(self, *extra_args) is not possible because there exists a Tensor `other` in extra_args that has "
        "more elements than `self`. This happened due to `other` being vmapped over but `self` not being vmapped over "
        f"{where}. Please try to use out-of-place operators instead of {name}. If said operator is being called inside "
        "the PyTorch framework, please file a bug report instead."
    )


def overwritten(tensor: Tensor, made: Tensor) -> None:
    """`made` was written over `tensor`: so is its tangent, over the tangent's memory, which views share."""
    new, old = tangent_of(made), tangent_of(tensor)
    if new is None and old is None:
        return
    with levels.paused():
        if old is None:
            assert new is not None
            base = tensor._base
            if base is None:
                attach(tensor, new)
                _give_to_views(tensor)
                return
            attach(base, from_array(np.zeros(base.array.shape, base.array.dtype)))
            _give_to_views(base)
            if tangent_of(tensor) is None:  # a view that nobody sees, such as an assignment's
                _give_view(base, tensor)
            old = tangent_of(tensor)
            assert old is not None
        if new is None:
            METHODS["zero_"](old)
        else:
            METHODS["copy_"](old, new)


def _give_to_views(base: Tensor) -> None:
    """The views of a tensor that has a tangent now have views of it."""
    for reference in tuple(base.version.views):
        view = reference()
        if view is not None and view._base is base and tangent_of(view) is None:
            _give_view(base, view)


def _give_view(base: Tensor, view: Tensor) -> None:
    place: Geometry = geometry(view, base)
    attach(view, CALLS["as_strided"]((tangent_of(base),), (*place, geometry(base, base)), False))


def _become(tensor: Tensor) -> None:
    if type(tensor) is Tensor:
        tensor.__class__ = Carrier
    elif type(tensor) is not Carrier:
        raise NotImplementedError(
            f"forward-mode AD and vmap over a {type(tensor).__name__} are not supported by the embedded engine; use a "
            "plain Tensor"
        )


def lay_out(tensor: Tensor, layout: Geometry) -> None:
    """Move a fresh tensor's elements, and its tangent's, to where they lie in memory as `layout` says."""
    tensor.array = laid_out(tensor.array, layout)
    tangent = tangent_of(tensor)
    if tangent is not None:
        lay_out(tangent, layout)


def copy_of(tensor: Tensor) -> Tensor:
    """A clone of the tensor as it is before it is overwritten, with what it carries; the observer is not told."""
    with levels.paused():
        made: Tensor = CALLS["clone"]((tensor,), (), False)
    tangent = tangent_of(tensor)
    if tangent is not None:
        with levels.paused():
            attach(made, METHODS["clone"](tangent))
    mark((made,), samples_of(tensor))
    return made


def _as_laid_out(tangent: Tensor, tensor: Tensor) -> Tensor:
    if tangent.array.shape != tensor.array.shape:
        tangent = METHODS["expand"](tangent, tensor.array.shape)
    one, other = tangent.array, tensor.array
    if one.strides == tuple(stride // other.itemsize * one.itemsize for stride in other.strides) or one.size < 2:
        return tangent
    made: Tensor = METHODS["clone"](tangent)
    made.array = laid_out(made.array, geometry(tensor, tensor))
    return made
