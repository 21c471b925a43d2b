"""Offering rows to users in all their forms at once: `torch.exp`, `Tensor.exp`, `Tensor.exp_`, and under aliases."""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from .build import unary
from .inplace import check_operands, check_result, check_writable, inplace, overwrite
from .out import into
from .table import CALLS, FUNCTIONS, METHODS, PUBLIC, QUIET, TABLE, Gradient, Row, expose


class Chosen(NamedTuple):
    """Which row runs, on what."""

    key: str
    operands: tuple[Any, ...]
    arguments: tuple[Any, ...] = ()


def offer(
    name: str,
    forward: Callable[..., Any],
    text: str,
    rule: Callable[..., Any],
    node: str,
    domain: str = "real",
    promotes: str = "float",
    aliases: tuple[str, ...] = (),
) -> None:
    """Build and offer a row with one input; `text` and `rule` are its gradient."""
    row = Row(name, forward, ("self",), (Gradient(text, rule),), node=node, domain=domain, promotes=promotes)
    expose(name, *aliases)(unary(row))
    for alias in (name, *aliases):
        inplace(name, f"{alias}_")


def offer_choice(*names: str, inplace: bool = True, method: bool = True) -> Callable[[Callable[..., Chosen]], Any]:
    """Decorator for functions with PyTorch's signature that only choose a row: offers them, in place too."""

    def decorate(choose: Callable[..., Chosen]) -> Callable[..., Any]:
        @functools.wraps(choose)
        def function(*args: Any, out: Any = None, **keywords: Any) -> Any:
            if out is None:
                return run(choose(*args, **keywords))
            chosen = choose(*args, **keywords)
            return into(names[0], out, chosen.operands, run(chosen, False))

        @functools.wraps(choose)
        def inplace_function(*args: Any, **keywords: Any) -> Any:
            chosen = choose(*args, **keywords)
            return run_inplace(args[0] if args else keywords["input"], chosen)

        expose(*names, method=method)(function)
        if inplace:
            for name in names:
                METHODS[f"{name}_"] = inplace_function
        return function

    return decorate


def offer_inplace_function(*names: str) -> None:
    """Offer in-place variants, which are methods, as functions too: `torch.clamp_`."""
    for name in names:
        PUBLIC[name] = METHODS[name]


def run(chosen: Chosen, reports: bool = True) -> Any:
    """Run the chosen row."""
    key, operands, arguments = chosen
    call = CALLS.get(key)
    if call is not None:
        return call(operands, arguments, reports)
    return (FUNCTIONS if reports else QUIET)[key](*operands)


def run_inplace(tensor: Any, chosen: Chosen) -> Any:
    """Run the chosen row and write the result over `tensor`, its first operand."""
    check_writable(tensor)
    check_operands(tensor, chosen.operands[1:])
    try:
        made = run(chosen, False)
    except NotImplementedError:
        check_result(tensor, chosen.operands[1:])
        raise
    return overwrite(TABLE[chosen.key].name, tensor, chosen.operands[1:], made)
