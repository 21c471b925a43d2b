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


class _RealVector(_Real):
    event_dim = 1

    def check(self, value: Any) -> Any:
        return super().check(value).all(-1)

    def __repr__(self) -> str:
        return "IndependentConstraint(Real(), 1)"


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


def is_dependent(constraint: object) -> bool:
    """Whether it cannot be checked by itself."""
    return isinstance(constraint, _Dependent)


boolean, real, real_vector, simplex, dependent = _Boolean(), _Real(), _RealVector(), _Simplex(), _Dependent()
positive, nonnegative = greater_than(0.0), greater_than_eq(0.0)
unit_interval = interval(0.0, 1.0)


def __getattr__(name: str) -> object:
    raise _missing("torch.distributions.constraints", name)
