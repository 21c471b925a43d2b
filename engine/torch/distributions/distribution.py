"""The base of all distributions: shapes, checks of parameters and samples, text."""

import warnings
from typing import Any

from ... import torch as _torch
from ...grad_mode import no_grad
from ...tensor import TENSORS, Tensor
from ...types.size import Size
from .constraints import Constraint, is_dependent
from .utils import Lazy, broadcast_all, is_number

torch: Any = _torch
NONE = Size()  # one sample
_PACKAGE = __name__.rpartition(".")[0]


class Distribution:
    """A family of probabilities over `event_shape`, one for each place of `batch_shape`."""

    has_rsample: Any = False
    has_enumerate_support: Any = False
    _validate_args = True

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if cls.__module__.startswith(_PACKAGE):
            cls.__module__ = "torch.distributions" + cls.__module__.removeprefix(_PACKAGE)

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
    def arg_constraints(self) -> Any:
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
        """The same distribution for another batch shape, its parameters expanded to it."""
        made = self._new_instance(_instance)
        shape = Size(batch_shape)
        made.__dict__.update(self._expanded(shape))
        made._batch_shape, made._event_shape, made._validate_args = shape, self._event_shape, self._validate_args
        return made

    def _new_instance(self, given: Any) -> Any:
        """An object to be filled. Raises NotImplementedError for a class of a user's with an `__init__` of its own."""
        family = next(kind for kind in type(self).__mro__ if kind.__module__.startswith("torch.distributions"))
        if given is None and type(self).__init__ is not family.__init__:  # type: ignore[misc]  # compared, not called
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {family.__name__} that defines a custom __init__ method must also "
                "define a custom .expand() method."
            )
        return object.__new__(type(self)) if given is None else given

    def _expanded(self, shape: Size) -> dict[str, Any]:
        """What an instance holds, for another batch shape.

        Parameters keep as many of their last dims as their constraint says that an event has; distributions of which
        this one is made are expanded too; anything else stays, but what was computed of parameters is forgotten.
        """
        known = self._all_constraints()
        found = {}
        for name, value in self.__dict__.items():
            if name in known and type(value) in TENSORS:
                found[name] = value.expand((*shape, *value.shape[value.ndim - known[name].event_dim :]))
            elif isinstance(value, Distribution):
                found[name] = self._expanded_part(name, value, shape)
            elif not isinstance(getattr(type(self), name, None), Lazy):
                found[name] = value
        return found

    def _expanded_part(self, name: str, part: Any, shape: Size) -> Any:
        """A distribution of which this one is made, for another batch shape of this one."""
        return part.expand(shape)

    def _all_constraints(self) -> dict[str, Constraint]:
        """Those of the parameters of this class and of those it is made of."""
        found: dict[str, Constraint] = {}
        for kind in reversed(type(self).__mro__):
            own = kind.__dict__.get("arg_constraints")
            found |= own if isinstance(own, dict) else {}
        return found | self.arg_constraints  # type: ignore[no-any-return]  # a dictionary too

    def _broadcast(self, **given: Any) -> Size:
        """Take parameters, broadcast against each other; their shape, which is () where all are numbers."""
        self.__dict__.update(zip(given, broadcast_all(*given.values()), strict=True))
        first: Tensor = self.__dict__[next(iter(given))]
        return NONE if all(map(is_number, given.values())) else first.shape

    def _enumerated(self, values: Any, expand: bool) -> Any:
        """Values in a first dim, before those of the batch."""
        values = values.view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

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


Distribution.__module__ = "torch.distributions.distribution"
