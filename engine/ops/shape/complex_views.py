"""What needs complex numbers, which the engine does not have: each of these says so."""

from typing import Any

from ..table import METHODS, PUBLIC

_INSTEAD = "keep real and imaginary parts as tensors of their own"


def _refuse(name: str, function: bool = True, method: bool = False) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(
            f"{name} needs complex numbers: complex dtypes are not supported by the embedded engine; {_INSTEAD}"
        )

    refuse.__name__ = name
    if function:
        PUBLIC[name] = refuse
    if method:
        METHODS[name] = refuse


for _name in ("complex", "polar", "view_as_complex", "view_as_real", "view_as_complex_copy", "view_as_real_copy"):
    _refuse(_name)
for _name in ("cfloat", "cdouble", "chalf"):
    _refuse(_name, function=False, method=True)
