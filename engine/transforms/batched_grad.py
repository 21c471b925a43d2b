"""`grad(is_grads_batched=True)`: one backward pass for each vector of a batch, and the results stacked.

PyTorch runs one pass on all vectors at once; the numbers are the same.
"""

from collections.abc import Callable
from typing import Any

from ..ops.table import METHODS, PUBLIC
from ..tensor import TENSORS, Tensor
from ..types.size import Size

Gradients = tuple[Tensor | None, ...]


def grad_each(
    one: Callable[[tuple[Any, ...], bool], Gradients], roots: tuple[Tensor, ...], given: Any, retain: bool
) -> Gradients:
    """`one(vectors, retain_graph)` for each item along the first dim of the given vectors.

    Raises PyTorch's errors for vectors whose other dims do not fit the outputs, or whose batches differ.
    """
    listed = given if isinstance(given, (tuple, list)) else (given,) * (1 if type(given) in TENSORS else len(roots))
    vectors = tuple(listed)
    for number, (vector, root) in enumerate(zip(vectors, roots, strict=False)):
        if type(vector) in TENSORS and not vector.array.ndim:
            METHODS["__getitem__"](vector, 0)  # raises, in indexing's words
        if vector is None and root.array.size != 1:
            raise RuntimeError("grad can be implicitly created only for scalar outputs")
        if type(vector) in TENSORS and vector.array.shape[1:] != root.array.shape:
            raise RuntimeError(
                "If `is_grads_batched=True`, we interpret the first dimension of each grad_output as the batch "
                "dimension. The sizes of the remaining dimensions are expected to match the shape of corresponding "
                f"output, but a mismatch was detected: grad_output[{number}] has a shape of "
                f"{Size(vector.array.shape[2:])} and "
                f"output[{number}] has a shape of {root.shape}. If you only want some tensors in `grad_output` to be "
                "considered batched, consider using vmap."
            )
    sizes = [len(vector.array) for vector in vectors if type(vector) in TENSORS]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if len(set(sizes)) > 1:
        raise ValueError(
            f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sizes} for the "
            "mapped dimension"
        )
    if not sizes[0]:
        raise NotImplementedError("grad(is_grads_batched=True) over no vectors is not supported; call grad instead")
    found = []
    for place in range(sizes[0]):
        chosen = tuple(vector[place] if type(vector) in TENSORS else vector for vector in vectors)
        found.append(one(chosen, retain or place < sizes[0] - 1))
    return tuple(None if each[0] is None else PUBLIC["stack"](each) for each in zip(*found, strict=True))
