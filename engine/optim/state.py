"""An optimizer's state as plain dictionaries, and back. Knows no algorithm."""

from collections import defaultdict
from collections.abc import Iterable
from copy import deepcopy
from itertools import chain
from typing import Any

from ..ops.table import METHODS
from ..tensor import TENSORS

Groups = list[dict[str, Any]]


def packed(state: dict[Any, Any], groups: Groups) -> dict[str, Any]:
    """State and groups with each parameter replaced by its number, counted through the groups."""
    numbers: dict[int, int] = {}
    start = 0
    packed_groups = []
    for group in groups:
        parameters = group["params"]
        # Of equal ones in a group the last counts, of those in several groups the first, as in PyTorch.
        numbers |= {id(each): number for number, each in enumerate(parameters, start) if id(each) not in numbers}
        start += len(parameters)
        plain = {key: value for key, value in group.items() if key != "params"}
        packed_groups.append(plain | {"params": [numbers[id(parameter)] for parameter in parameters]})
    named = {numbers[id(key)] if type(key) in TENSORS else key: value for key, value in state.items()}
    return {"state": named, "param_groups": packed_groups}


def loaded(state_dict: dict[str, Any], groups: Groups) -> tuple[defaultdict[Any, Any], Groups]:
    """State and groups made of a state dict, for the parameters of `groups`. Raises ValueError when they differ."""
    saved = deepcopy(state_dict["param_groups"])
    if len(groups) != len(saved):
        raise ValueError("loaded state dict has a different number of parameter groups")
    if any(len(mine["params"]) != len(theirs["params"]) for mine, theirs in zip(groups, saved, strict=True)):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
        )
    numbers = chain.from_iterable(group["params"] for group in saved)
    parameters = dict(zip(numbers, chain.from_iterable(group["params"] for group in groups), strict=True))
    state: defaultdict[Any, Any] = defaultdict(dict)
    for key, value in state_dict["state"].items():
        if key in parameters:
            state[parameters[key]] = _fitted(parameters[key], value)
        else:
            state[key] = value
    for mine, theirs in zip(groups, saved, strict=True):
        theirs["params"] = mine["params"]
        if "param_names" in mine:
            theirs.setdefault("param_names", mine["param_names"])
    return state, saved


def _fitted(parameter: Any, value: Any, key: Any = None) -> Any:
    """A value of a parameter's state, its tensors in the parameter's dtype (`step` keeps its own)."""
    if type(value) in TENSORS:
        keeps = key == "step" or not parameter.is_floating_point()
        return value if keeps else METHODS["to"](value, dtype=parameter.dtype)
    if isinstance(value, dict):
        return {name: _fitted(parameter, item, name) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return type(value)(_fitted(parameter, item) for item in value)  # type: ignore[call-arg]  # list, tuple, ...
    return value
