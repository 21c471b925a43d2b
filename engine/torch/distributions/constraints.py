"""`torch.distributions.constraints`: which values a parameter or a sample may have."""

from typing import Any

from ... import torch as _torch
from ..names import missing as _missing

torch: Any = _torch  # the namespace, whose functions are made of the table


class Constraint:
    """A set of values; `check` says of each element, or event, whether it lies in it."""

    is_discrete = False
    event_dim = 0

    def check(self, value: Any) -> Any:
        """A tensor of bools."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return type(self).__name__[1:] + "()"


class _Dependent(Constraint):
    """Depends on other values, so it cannot be checked by itself."""

    def check(self, value: Any) -> Any:
        """Refused: raises ValueError."""
        raise ValueError("Cannot determine validity of dependent constraint")


class _Real(Constraint):
    def check(self, value: Any) -> Any:
        return value == value  # noqa: PLR0124 - false for nan


class _IndependentConstraint(Constraint):
    """Holds for an event where it holds for all in its last dims."""

    def __init__(self, base_constraint: Constraint, reinterpreted_batch_ndims: int) -> None:
        self.base_constraint, self.reinterpreted_batch_ndims = base_constraint, reinterpreted_batch_ndims
        self.is_discrete = base_constraint.is_discrete
        self.event_dim = base_constraint.event_dim + reinterpreted_batch_ndims

    def check(self, value: Any) -> Any:
        found = self.base_constraint.check(value)
        if found.dim() < self.reinterpreted_batch_ndims:
            raise ValueError(f"Expected value.dim() >= {self.event_dim} but got {value.dim()}")
        return found.reshape((*found.shape[: found.dim() - self.reinterpreted_batch_ndims], -1)).all(-1)

    def __repr__(self) -> str:
        return f"IndependentConstraint({self.base_constraint!r}, {self.reinterpreted_batch_ndims})"


class _LowerCholesky(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        is_lower = (value.tril() == value).flatten(-2).min(-1).values
        return is_lower & (value.diagonal(dim1=-2, dim2=-1) > 0).min(-1).values


class _PositiveDefinite(Constraint):
    event_dim = 2

    def check(self, value: Any) -> Any:
        shape = value.shape
        is_square = torch.full(shape[:-2], shape[-2] == shape[-1], dtype=torch.bool)
        if not is_square.all():
            return is_square
        is_symmetric = torch.isclose(value, value.mT, atol=1e-6).all(-2).all(-1)
        return torch.linalg.cholesky_ex(value).info.eq(0) if is_symmetric.all() else is_symmetric


class _Boolean(Constraint):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value == 0) | (value == 1)


class _Simplex(Constraint):
    event_dim = 1

    def check(self, value: Any) -> Any:
        return torch.all(value >= 0, dim=-1) & ((value.sum(-1) - 1).abs() < 1e-6)


class _Bounded(Constraint):
    """Between bounds that are told in its text."""

    def __init__(self, **bounds: Any) -> None:
        self.__dict__.update(bounds)

    def __repr__(self) -> str:
        return type(self).__name__[1:] + "(" + ", ".join(f"{k}={v}" for k, v in self.__dict__.items()) + ")"


class _GreaterThan(_Bounded):
    lower_bound: Any

    def check(self, value: Any) -> Any:
        return self.lower_bound < value


class _GreaterThanEq(_GreaterThan):
    def check(self, value: Any) -> Any:
        return self.lower_bound <= value


class _LessThan(_Bounded):
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return value < self.upper_bound


class _Interval(_Bounded):
    lower_bound: Any
    upper_bound: Any

    def check(self, value: Any) -> Any:
        return (self.lower_bound <= value) & (value <= self.upper_bound)


class _IntegerInterval(_Interval):
    is_discrete = True

    def check(self, value: Any) -> Any:
        return (value % 1 == 0) & super().check(value)


def greater_than(lower_bound: Any) -> Constraint:
    """Values above a bound."""
    return _GreaterThan(lower_bound=lower_bound)


def greater_than_eq(lower_bound: Any) -> Constraint:
    """Values from a bound on."""
    return _GreaterThanEq(lower_bound=lower_bound)


def less_than(upper_bound: Any) -> Constraint:
    """Values below a bound."""
    return _LessThan(upper_bound=upper_bound)


def interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Values between bounds, which belong to it."""
    return _Interval(lower_bound=lower_bound, upper_bound=upper_bound)


def integer_interval(lower_bound: Any, upper_bound: Any) -> Constraint:
    """Whole numbers between bounds, which belong to it."""
    return _IntegerInterval(lower_bound=lower_bound, upper_bound=upper_bound)


def independent(base_constraint: Constraint, reinterpreted_batch_ndims: int) -> Constraint:
    """Events whose elements all lie in a set."""
    return _IndependentConstraint(base_constraint, reinterpreted_batch_ndims)


def is_dependent(constraint: object) -> bool:
    """Whether it cannot be checked by itself."""
    return isinstance(constraint, _Dependent)


boolean, real, simplex, dependent = _Boolean(), _Real(), _Simplex(), _Dependent()
real_vector = independent(real, 1)
lower_cholesky, positive_definite = _LowerCholesky(), _PositiveDefinite()
positive, nonnegative = greater_than(0.0), greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)


def __getattr__(name: str) -> object:
    raise _missing("torch.distributions.constraints", name)
