"""Forward-mode derivatives of a result along random tangents, the same in both worlds."""

import numpy as np

from .compare import describe


def tangents(world, function, sample, process):
    """The tangent of every result after `process`, zeros where it has none; the tracked tensors are made dual."""
    random = np.random.default_rng(3)
    forward_ad = world.module.autograd.forward_ad

    def dual(tensor):
        if not tensor.requires_grad:
            return tensor
        values = random.standard_normal(tuple(tensor.shape)).astype(np.float32)
        return forward_ad.make_dual(tensor.detach(), world.leaf(values, tensor))

    with forward_ad.dual_level():
        args, kwargs, _ = world.arguments(sample, dual)
        world.module.manual_seed(0)
        results = world.flat(process(function(*args, **kwargs)))
        unpacked = [forward_ad.unpack_dual(tensor) for tensor in results]
        floating = [pair for pair in unpacked if pair.primal.dtype.is_floating_point]
        found = [world.module.zeros_like(pair.primal) if pair.tangent is None else pair.tangent for pair in floating]
        return describe(found, world.is_tensor)
