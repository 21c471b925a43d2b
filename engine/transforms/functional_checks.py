"""What `torch.autograd.functional` checks before and after it differentiates, with PyTorch's messages."""

from collections.abc import Sequence
from typing import Any, Final

from ..creation.factories import zeros_like
from ..tensor import TENSORS, Tensor

Tensors = tuple[Tensor, ...]
Found = Sequence[Tensor | None]

VECTOR_NEEDED: Final = (
    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
)
_NOT_STRICT: Final = "This is not allowed in strict mode."
_UNTRACKED: Final = {
    "outputs": "Output {} of the user-provided function does not require gradients. The outputs must be computed in a "
    "differentiable manner from the input when running in strict mode.",
    "grad_inputs": "The gradient with respect to input {} is independent of the inputs of the user-provided function. "
    + _NOT_STRICT,
    "jacobian": "While computing the hessian, found that the jacobian of the user-provided function with respect to "
    "input {} is independent of the input. "
    + _NOT_STRICT
    + " You should ensure that your function is twice differentiable and that the jacobian depends on the inputs (this "
    "would be violated by a linear function for example).",
    "hessian": "The hessian of the user-provided function with respect to input {} is independent of the input. "
    + _NOT_STRICT
    + " You should ensure that your function is thrice differentiable and that the hessian depends on the inputs.",
}
_MISSING: Final = {
    "back": "The output of the user-provided function is independent of input {}. " + _NOT_STRICT,
    "back_trick": "The gradient with respect to the input is independent of entry {} in the grad_outputs when using "
    "the double backward trick to compute forward mode gradients. " + _NOT_STRICT,
    "double_back": "The jacobian of the user-provided function is independent of input {}. " + _NOT_STRICT,
    "double_back_trick": "The hessian of the user-provided function is independent of entry {} in the grad_jacobian. "
    "This is not allowed in strict mode as it prevents from using the double backward trick to replace forward mode "
    "AD.",
}


def as_tuple(given: Any, name: str, function: str) -> tuple[bool, Tensors]:
    """Whether it was a tuple, and the tensors. Raises TypeError where something else is among them."""
    is_tuple = isinstance(given, tuple)
    items: tuple[Any, ...] = given if is_tuple else (given,)
    for place, item in enumerate(items):
        if type(item) not in TENSORS:
            what = f"value at index {place} has" if is_tuple else f"given {name} has"
            raise TypeError(
                f"The {name} given to {function} must be either a Tensor or a tuple of Tensors but the {what} type "
                f"{type(item)}."
            )
    return is_tuple, items


def check_vector(vector: Tensors, like: Tensors, like_is_tuple: bool) -> None:
    """Raise RuntimeError unless there is an item for each of `like`, of its shape."""
    if len(vector) != len(like):
        if like_is_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(vector)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for place, (item, other) in enumerate(zip(vector, like, strict=True)):
        if item.shape != other.shape:
            entry = f"Entry {place} in " if like_is_tuple else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {other.shape} but got {item.shape}.")


def require_tracked(tensors: Found, kind: str, strict: bool) -> None:
    """In strict mode raise RuntimeError where one of the tensors does not depend on the inputs."""
    if not strict:
        return
    for place, tensor in enumerate(tensors):
        if tensor is None:
            raise RuntimeError(_MISSING["back"].format(place))
        if not tensor._requires_grad:
            raise RuntimeError(_UNTRACKED[kind].format(place))


def fill_zeros(found: Found, like: Tensors, strict: bool, create_graph: bool, stage: str) -> Tensors:
    """Zeros where nothing was found. In strict mode that, and what is constant, is a RuntimeError."""
    filled = []
    for place, (tensor, other) in enumerate(zip(found, like, strict=True)):
        if tensor is None:
            if strict:
                raise RuntimeError(_MISSING[stage].format(place))
            filled.append(zeros_like(other))
            continue
        if strict and create_graph and not tensor._requires_grad:
            what = "hessian" if "double" in stage else "jacobian"
            raise RuntimeError(
                f"The {what} of the user-provided function is independent of input {place}. {_NOT_STRICT[:-1]} when "
                "create_graph=True."
            )
        filled.append(tensor)
    return tuple(filled)


def check_scalar(name: str, outputs: Tensors, is_tuple: bool) -> None:
    """Raise RuntimeError unless the function gave one tensor with one element."""
    if is_tuple:
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if outputs[0].array.size != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
