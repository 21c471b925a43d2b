"""`torch.func.functional_call` and `stack_module_state`: modules as functions of their parameters and buffers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from ..nn.module import Module
from ..ops.table import METHODS, PUBLIC
from ..tensor import TENSORS, Tensor

State = dict[str, Any]
_ABSENT: Final = object()


def functional_call(
    module: Module,
    parameter_and_buffer_dicts: State | Sequence[State],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Any:
    """Call `module` with tensors in place of its parameters and buffers, by their names; they are put back after it.

    Names that are not given keep what the module has. Raises PyTorch's errors for names that do not fit.
    """
    given = _one_dict(parameter_and_buffer_dicts)
    if tie_weights:
        given = _tied(module, given)
    if strict:
        _check_names(module, given)
    inputs = () if args is None else args if isinstance(args, tuple) else (args,)
    with _replaced(module, given):
        return module(*inputs, **(kwargs or {}))


def stack_module_state(models: Sequence[Module]) -> tuple[State, State]:
    """(parameters, buffers) of several modules of one class, each stacked along a new first dim."""
    if len(models) == 0:
        raise RuntimeError("stack_module_state: Expected at least one model, got 0.")
    if len({model.training for model in models}) > 1:
        raise RuntimeError("stack_module_state: Expected all models to have the same training/eval mode.")
    if any(type(model) is not type(models[0]) for model in models):
        raise RuntimeError("stack_module_state: Expected all models to be of the same class.")
    return (
        _stacked([dict(model.named_parameters()) for model in models]),
        _stacked([dict(model.named_buffers()) for model in models]),
    )


def _stacked(states: list[State]) -> State:
    return {name: _stacked_leaf([state[name] for state in states], name) for name in states[0]}


def _stacked_leaf(tensors: list[Tensor], name: str) -> Tensor:
    tracked = tensors[0]._requires_grad
    if any(tensor._requires_grad is not tracked for tensor in tensors):
        raise RuntimeError(f"Expected {name} from each model to have the same .requires_grad")
    made: Tensor = METHODS["detach"](PUBLIC["stack"](tensors))
    return made.requires_grad_() if tracked else made


def _one_dict(given: Any) -> State:
    if isinstance(given, dict):
        return given
    if not isinstance(given, Sequence):
        raise ValueError(
            f"Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got {type(given)}"
        )
    if not all(isinstance(each, dict) for each in given):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    names = [name for each in given for name in each]
    repeated = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if repeated:
        raise ValueError(f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous")
    return {name: tensor for each in given for name, tensor in each.items()}


def _named(module: Module) -> State:
    """Every parameter and buffer by name; those that are tied have several."""
    return dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))


def _tied(module: Module, given: State) -> State:
    """With what is given for a tensor under one of its names given under all of them."""
    names: dict[int, list[str]] = {}
    for name, tensor in _named(module).items():
        names.setdefault(id(tensor), []).append(name)
    made = dict(given)
    for group in names.values():
        chosen = [name for name in group if name in given]
        if len(group) == 1 or not chosen:
            continue
        if len({id(given[name]) for name in chosen}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(group)}, which are tied. Consider using "
                "tie_weights=False"
            )
        made |= dict.fromkeys(group, given[chosen[0]])
    return made


def _check_names(module: Module, given: State) -> None:
    known = _named(module)
    unexpected = [repr(name) for name in given if name not in known]
    missing = [repr(name) for name in known if name not in given]
    problems = [f"Unexpected key(s): {', '.join(unexpected)}."] if unexpected else []
    problems += [f"Missing key(s): {', '.join(missing)}."] if missing else []
    if problems:
        raise RuntimeError(
            "Error(s) in reparametrizing for {}:\n\t{}".format(module._get_name(), "\n\t".join(problems))
        )


@contextmanager
def _replaced(module: Module, given: State) -> Iterator[None]:
    kept: list[tuple[State, str, Any]] = []
    try:
        for path, tensor in given.items():
            owner, name = _owner(module, path)
            if type(tensor) not in TENSORS and tensor is not None:
                raise TypeError(f"{tensor} is not an instance of torch.Tensor")
            holder = _holder(owner, name)
            kept.append((holder, name, holder.get(name, _ABSENT)))
            holder[name] = tensor
        yield
    finally:
        for holder, name, before in reversed(kept):
            if before is _ABSENT:
                del holder[name]
            else:
                holder[name] = before


def _owner(module: Module, path: str) -> tuple[Module, str]:
    *parts, name = path.split(".")
    for part in parts:
        inner = module.__dict__["_modules"].get(part)
        if inner is None:
            raise AttributeError(f"{module._get_name()} has no attribute `{part}`")
        module = inner
    return module, name


def _holder(module: Module, name: str) -> State:
    for kind in ("_parameters", "_buffers"):
        holder: State = module.__dict__[kind]
        if name in holder:
            return holder
    return module.__dict__  # a name that the module does not have is an attribute for the time of the call
