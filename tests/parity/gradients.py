"""First and second gradients of a result with random cotangents, the same in both worlds."""

import numpy as np

from .compare import describe


def gradient(world, result, tensors):
    """The gradients of all tracked results to all tracked inputs; None when no result is tracked."""
    outputs, inputs = _tracked(world, result), _tracked(world, tensors)
    if not outputs or not inputs:
        return None
    return describe(_grad(world, outputs, inputs, _cotangents(world, outputs, 1)), world.is_tensor)


def second_gradient(world, result, tensors):
    """The gradients of the first gradients to the inputs and to the cotangents, zeros where one does not count."""
    outputs, inputs = _tracked(world, result), _tracked(world, tensors)
    if not outputs or not inputs:
        return None
    inputs = inputs + [tensor.requires_grad_() for tensor in _cotangents(world, outputs, 1)]
    first = _grad(world, outputs, inputs[: -len(outputs)], inputs[-len(outputs) :], create_graph=True)
    first = _tracked(world, [tensor for tensor in first if tensor is not None])
    if not first:
        return None
    second = _grad(world, first, inputs, _cotangents(world, first, 2))
    pairs = zip(second, inputs, strict=True)
    filled = [world.module.zeros_like(tensor) if found is None else found for found, tensor in pairs]
    return describe(filled, world.is_tensor)


def _grad(world, outputs, inputs, cotangents, create_graph=False):
    return world.module.autograd.grad(outputs, inputs, cotangents, create_graph=create_graph, allow_unused=True)


def _tracked(world, value):
    return [tensor for tensor in world.flat(value) if tensor.requires_grad]


def _cotangents(world, outputs, seed):
    """Normal numbers that float32 holds exactly, so that they are the same at every precision."""
    random = np.random.default_rng(seed)
    return [_cotangent(world, tensor, random) for tensor in outputs]


def _cotangent(world, tensor, random):
    values = random.standard_normal(tuple(tensor.shape)).astype(np.float32)
    if tensor.dtype.is_complex:
        values = values + 1j * random.standard_normal(tuple(tensor.shape)).astype(np.float32)
    return world.leaf(values, tensor)
