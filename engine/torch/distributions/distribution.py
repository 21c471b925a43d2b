"""The base of all distributions: shapes, checks of parameters and samples, text."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

from ... import torch as _torch
from ...grad_mode import no_grad
from ...tensor import Tensor
from ...types.size import Size
from .constraints import is_dependent

torch: Any = _torch
NONE = Size()  # one sample


class Distribution:
    """A family of probabilities over `event_shape`, one for each place of `batch_shape`."""

    has_rsample = False
    has_enumerate_support = False
    _validate_args = True

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Check parameters and samples from now on, or do not."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = NONE, event_shape: Any = NONE, validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if not self._validate_args:
            return
        try:
            constraints = self.arg_constraints
        except NotImplementedError:
            constraints = {}
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or initialize "
                "the distribution with `validate_args=False` to turn off validation.",
                stacklevel=2,
            )
        for name, constraint in constraints.items():
            if is_dependent(constraint) or (
                name not in self.__dict__ and isinstance(getattr(type(self), name, None), Lazy)
            ):
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of distribution "
                    f"{self!r} to satisfy the constraint {constraint!r}, but found invalid values:\n{value}"
                )

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one sample."""
        return self._event_shape

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """What the parameters have to satisfy."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """What samples satisfy."""
        raise NotImplementedError

    @property
    def mean(self) -> Any:
        """The expected value."""
        raise NotImplementedError

    @property
    def mode(self) -> Any:
        """The likeliest value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Any:
        """The expected square of the distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self) -> Any:
        """The root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = NONE) -> Any:
        """Samples that carry no gradient, of shape sample_shape + batch_shape + event_shape."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = NONE) -> Any:
        """Samples through which gradients flow into the parameters."""
        raise NotImplementedError

    def log_prob(self, value: Any) -> Any:
        """The logarithm of the probability, or density, of a value."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Any:
        """The probability of what lies below a value."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Any:
        """The value below which a probability lies."""
        raise NotImplementedError

    def entropy(self) -> Any:
        """The expected surprise, in nats."""
        raise NotImplementedError

    def perplexity(self) -> Any:
        """exp(entropy)."""
        return torch.exp(self.entropy())

    def enumerate_support(self, expand: bool = True) -> Any:
        """All values of a discrete distribution."""
        raise NotImplementedError

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distribution with its parameters expanded to another batch shape."""
        raise NotImplementedError

    def _expanded(self, shape: Any, **parameters: Any) -> Any:
        made = object.__new__(type(self))
        made.__dict__.update(parameters)
        made._batch_shape, made._event_shape, made._validate_args = Size(shape), self._event_shape, self._validate_args
        return made

    def _extended_shape(self, sample_shape: Any = NONE) -> Size:
        return Size((*sample_shape, *self._batch_shape, *self._event_shape))

    def _validate_sample(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        start = value.ndim - len(self._event_shape)
        if value.shape[start:] != self._event_shape:
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}."
            )
        wanted = Size((*self._batch_shape, *self._event_shape))
        for found, expected in zip(reversed(value.shape), reversed(wanted), strict=False):
            if found != 1 and expected not in (1, found):
                raise ValueError(f"Value is not broadcastable with batch_shape+event_shape: {value.shape} vs {wanted}.")
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be within the "
                f"support ({support!r}) of the distribution {self!r}, but found invalid values:\n{value}"
            )

    def __repr__(self) -> str:
        shown = [(name, self.__dict__[name]) for name in self.arg_constraints if name in self.__dict__]
        texts = [f"{name}: {value if value.numel() == 1 else value.size()}" for name, value in shown]
        return f"{type(self).__name__}({', '.join(texts)})"


class Lazy:
    """A parameter that is computed of another when it is first asked for."""

    def __init__(self, compute: Callable[[Any], Any]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__
        self._name = compute.__name__

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value


def broadcast_all(*values: Any) -> tuple[Any, ...]:
    """Numbers and tensors as tensors of one shape. Raises ValueError for anything else."""
    if not all(isinstance(value, (Tensor, int, float)) for value in values):
        raise ValueError(
            "Input arguments must all be instances of Number, torch.Tensor or objects implementing __torch_function__."
        )
    tensors = [value for value in values if isinstance(value, Tensor)]
    dtype = tensors[0].dtype if tensors else torch.get_default_dtype()
    made = [value if isinstance(value, Tensor) else torch.tensor(value, dtype=dtype) for value in values]
    return tuple(torch.broadcast_tensors(*made))


def batch_shape_of(tensor: Any, given: Iterable[Any]) -> Size:
    """() where all parameters were numbers, else the shape of one of them."""
    return Size() if all(isinstance(value, (int, float)) for value in given) else tensor.size()
