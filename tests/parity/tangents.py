"""Forward-mode derivatives of a result along random tangents, the same in both worlds."""

import numpy as np

from .compare import describe


def tangents(world, function, sample, process):
    """The tangent of every result after `process`, zeros where it has none; the tracked tensors are made dual."""
    forward_ad = world.module.autograd.forward_ad
    directions = _directions(world)

    def dual(tensor):
        return forward_ad.make_dual(tensor.detach(), directions(tensor)) if tensor.requires_grad else tensor

    with forward_ad.dual_level():
        args, kwargs, _ = world.arguments(sample, dual)
        world.module.manual_seed(0)
        results = world.flat(process(function(*args, **kwargs)))
        unpacked = [forward_ad.unpack_dual(tensor) for tensor in results if tensor.dtype.is_floating_point]
        found = [world.module.zeros_like(pair.primal) if pair.tangent is None else pair.tangent for pair in unpacked]
        return describe(found, world.is_tensor)


def tangents_by_reverse_mode(world, function, sample, process):
    """The same from two reverse passes, which share no formula with forward mode."""
    grad, zeros_like = world.module.autograd.grad, world.module.zeros_like
    args, kwargs, tensors = world.arguments(sample)
    world.module.manual_seed(0)
    results = [tensor for tensor in world.flat(process(function(*args, **kwargs))) if tensor.dtype.is_floating_point]
    inputs = [tensor for tensor in tensors if tensor.requires_grad]
    tracked = [tensor for tensor in results if tensor.requires_grad]
    seeds = [zeros_like(tensor).requires_grad_() for tensor in tracked]
    first = grad(tracked, inputs, seeds, create_graph=True, allow_unused=True)
    directions = _directions(world)
    pairs = [(given, directions(tensor)) for given, tensor in zip(first, inputs, strict=True)]
    linear = [(given, direction) for given, direction in pairs if given is not None and given.requires_grad]
    second = iter(
        grad([given for given, _ in linear], seeds, [direction for _, direction in linear], allow_unused=True)
    )
    found = [next(second) if tensor.requires_grad else None for tensor in results]
    pairs = zip(found, results, strict=True)
    return describe(
        [zeros_like(tensor).detach() if given is None else given for given, tensor in pairs], world.is_tensor
    )


def _directions(world):
    random = np.random.default_rng(3)

    def direction(tensor):
        return world.leaf(random.standard_normal(tuple(tensor.shape)).astype(np.float32), tensor)

    return direction
