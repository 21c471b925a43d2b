"""`biject_to` and `transform_to`: transforms from unconstrained numbers to what a constraint allows."""

from collections.abc import Callable
from typing import Any

from . import constraints, transforms
from .utils import is_number

Factory = Callable[[Any], transforms.Transform]


class ConstraintRegistry:
    """Transforms by the class of a constraint."""

    def __init__(self) -> None:
        self._registry: dict[type, Factory] = {}

    def register(self, constraint: Any, factory: Factory | None = None) -> Any:
        """Add a function from a constraint to a transform; a decorator without `factory`."""
        if factory is None:
            return lambda given: self.register(constraint, given)
        kind = type(constraint) if isinstance(constraint, constraints.Constraint) else constraint
        if not isinstance(kind, type) or not issubclass(kind, constraints.Constraint):
            raise TypeError(f"Expected constraint to be either a Constraint subclass or instance, but got {constraint}")
        self._registry[kind] = factory
        return factory

    def __call__(self, constraint: Any) -> transforms.Transform:
        """The transform to a constraint. Raises NotImplementedError for one that is not registered."""
        factory = self._registry.get(type(constraint))
        if factory is None:
            raise NotImplementedError(f"Cannot transform {type(constraint).__name__} constraints")
        return factory(constraint)


biject_to, transform_to = ConstraintRegistry(), ConstraintRegistry()


def _in_interval(constraint: Any) -> transforms.Transform:
    low, high = constraint.lower_bound, constraint.upper_bound
    if is_number(low) and is_number(high) and (low, high) == (0, 1):
        return transforms.SigmoidTransform()
    return transforms.ComposeTransform([transforms.SigmoidTransform(), transforms.AffineTransform(low, high - low)])


def _beyond(bound: Any, scale: int) -> transforms.Transform:
    return transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(bound, scale)])


def _register_both(registry: ConstraintRegistry) -> None:
    """What both say: those that cut or wrap ask their own registry for the rest."""
    registry.register(constraints.real, lambda _: transforms.identity_transform)
    registry.register(
        constraints.independent,
        lambda constraint: transforms.IndependentTransform(
            registry(constraint.base_constraint), constraint.reinterpreted_batch_ndims
        ),
    )
    for above in (constraints.greater_than, constraints.greater_than_eq):
        registry.register(above, lambda constraint: _beyond(constraint.lower_bound, 1))
    registry.register(constraints.less_than, lambda constraint: _beyond(constraint.upper_bound, -1))
    for between in (constraints.interval, constraints.half_open_interval):
        registry.register(between, _in_interval)
    registry.register(constraints.corr_cholesky, lambda _: transforms.CorrCholeskyTransform())
    registry.register(
        constraints.cat,
        lambda constraint: transforms.CatTransform(
            [registry(each) for each in constraint.cseq], constraint.dim, constraint.lengths
        ),
    )
    registry.register(
        constraints.stack,
        lambda constraint: transforms.StackTransform([registry(each) for each in constraint.cseq], constraint.dim),
    )


_register_both(biject_to)
_register_both(transform_to)
biject_to.register(constraints.simplex, lambda _: transforms.StickBreakingTransform())
transform_to.register(constraints.simplex, lambda _: transforms.SoftmaxTransform())
transform_to.register(constraints.lower_cholesky, lambda _: transforms.LowerCholeskyTransform())
for _definite in (constraints.positive_definite, constraints.positive_semidefinite):
    transform_to.register(_definite, lambda _: transforms.PositiveDefiniteTransform())
