"""A world is a module with PyTorch's interface: `torch` itself or `engine.torch`. Both are used in the same way."""

import numpy as np

from .samples import Foreign, Named, Sample, TensorSpec


class World:
    """Makes arguments from frozen samples, and takes results apart into NumPy."""

    def __init__(self, module, rebuild):
        self.module = module
        self.rebuild = rebuild  # what a Foreign object is in this world

    def is_tensor(self, value):
        return isinstance(value, self.module.Tensor)

    def flat(self, value):
        """All tensors of a result."""
        if self.is_tensor(value):
            return [value]
        return [tensor for item in value for tensor in self.flat(item)] if isinstance(value, (list, tuple)) else []

    def arguments(self, sample: Sample, wrap=None):
        """Fresh (args, kwargs, tensors): `tensors` in the order of `sample.specs()`, each passed through `wrap`."""
        made = {id(spec): self.tensor(spec) for spec in sample.specs()}
        if wrap is not None:
            made = {key: wrap(tensor) for key, tensor in made.items()}
        args = tuple(self._thaw(value, made) for value in sample.args)
        kwargs = {name: self._thaw(value, made) for name, value in sample.kwargs.items()}
        return args, kwargs, [made[id(spec)] for spec in sample.specs()]

    def _thaw(self, value, made):
        if isinstance(value, TensorSpec):
            return made[id(value)]
        if isinstance(value, Named):
            return self._named(value)
        if isinstance(value, Foreign):
            return self.rebuild(value.value)
        if isinstance(value, (list, tuple)):
            items = [self._thaw(item, made) for item in value]
            if hasattr(value, "_fields"):
                return type(value)(*items)
            return items if isinstance(value, list) else tuple(items)
        if isinstance(value, dict):
            return {key: self._thaw(item, made) for key, item in value.items()}
        return value

    def _named(self, named: Named):
        if named.kind == "attribute":
            return getattr(self.module, named.value)
        if named.kind == "Generator":
            return self.module.Generator().manual_seed(named.value)
        return getattr(self.module, named.kind)(named.value)

    def tensor(self, spec: TensorSpec):
        """A leaf with the same elements in the same layout."""
        dtype = getattr(self.module, spec.dtype)
        if 0 in spec.shape:
            made = self.module.empty(spec.shape, dtype=dtype)
        else:
            self.module.empty((), dtype=dtype)  # a dtype that the world refuses is refused here
            made = self.module.from_numpy(spec.array())
            if made.dtype is not dtype:
                made = made.to(dtype)
        return made.requires_grad_() if spec.requires_grad else made

    def leaf(self, array, like):
        """A tensor with the elements of `array` and the dtype of the tensor `like`."""
        return self.module.from_numpy(np.array(array)).to(like.dtype)
