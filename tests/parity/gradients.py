"""First and second gradients of a result with random cotangents, the same in both worlds."""

import numpy as np

from .compare import describe


def gradient(world, result, tensors):
    """The gradients of all tracked results to all tracked inputs; None when no result is tracked."""
    grads = _grads(world, result, tensors, create_graph=False)
    return None if grads is None else describe(grads, world.is_tensor)


def second_gradient(world, result, tensors):
    """The gradients of the first gradients. None where the first are constant."""
    grads = _grads(world, result, tensors, create_graph=True)
    if grads is None:
        return None
    return gradient(world, [grad for grad in grads if grad is not None], tensors)


def _grads(world, result, tensors, create_graph):
    outputs = [tensor for tensor in _flat(result, world.is_tensor) if tensor.requires_grad]
    inputs = [tensor for tensor in tensors if tensor.requires_grad]
    if not outputs or not inputs:
        return None
    random = np.random.default_rng(1)
    cotangents = [_cotangent(world, tensor, random) for tensor in outputs]
    return world.module.autograd.grad(outputs, inputs, cotangents, create_graph=create_graph, allow_unused=True)


def _cotangent(world, tensor, random):
    values = random.standard_normal(tuple(tensor.shape))
    if tensor.dtype.is_complex:
        values = values + 1j * random.standard_normal(tuple(tensor.shape))
    return world.leaf(values).to(tensor.dtype)


def _flat(value, is_tensor):
    if is_tensor(value):
        return [value]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in _flat(item, is_tensor)]
    return []
