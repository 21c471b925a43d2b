"""`torch.jit`: there is no compiler here, so what is scripted runs as Python, with the same results.

Tracing is refused: a trace does what the traced call did even where Python would branch otherwise.
"""

from typing import Any, Final, TypeVar

from .names import missing as _missing

_T = TypeVar("_T")


def script(obj: Any, *_: Any, **__: Any) -> Any:
    """The function, class or module itself."""
    return obj


def script_if_tracing(fn: Any) -> Any:
    """The function itself: nothing is traced."""
    return fn


def ignore(drop: Any = False, **_: Any) -> Any:
    """The function itself, or a decorator that returns it."""
    return drop if callable(drop) else _same


def unused(fn: Any) -> Any:
    """The function itself."""
    return fn


def export(fn: Any) -> Any:
    """The function itself."""
    return fn


def is_scripting() -> bool:
    """Never: everything runs as Python."""
    return False


def is_tracing() -> bool:
    """Never: nothing is traced."""
    return False


def annotate(the_type: Any, the_value: _T) -> _T:
    """The value, whose type a compiler would be told."""
    return the_value


def _same(fn: Any) -> Any:
    return fn


def _refuse(name: str, instead: str) -> Any:
    def refused(*_: Any, **__: Any) -> Any:
        raise NotImplementedError(f"torch.jit.{name} is not supported by the embedded engine; {instead}")

    refused.__name__ = refused.__qualname__ = name
    return refused


trace = _refuse("trace", "call the function or module itself")
trace_module = _refuse("trace_module", "call the module itself")
save = _refuse("save", "save the module's state_dict() with torch.save")
load = _refuse("load", "write the module in Python and give it its state_dict with load_state_dict")


def __getattr__(name: str) -> object:
    raise _missing("torch.jit", name)


__all__ = [
    "Final",
    "annotate",
    "export",
    "ignore",
    "is_scripting",
    "is_tracing",
    "load",
    "save",
    "script",
    "script_if_tracing",
    "trace",
    "trace_module",
    "unused",
]
