"""Finds what PyTorch's table calls in the engine's world.

A public function is looked up by its dotted name, a method on the engine's Tensor, and a lambda of the table is built
again with globals in which `torch` is the engine.
"""

import functools
import importlib
import types

import engine.torch as engine_torch

_MODULES = ("", "nn.functional", "linalg", "special", "fft", "signal.windows", "masked", "nn", "functional")


class Call:
    """One way to call an operator, as PyTorch's object and as the engine's.

    kind: function, method, inplace, operator (Python's own) or alias (another name of the function).
    """

    def __init__(self, kind, theirs, name):
        self.kind = kind
        self.theirs = theirs
        self.name = name

    def ours(self):
        """The engine's callable. Raises the engine's own refusal where it has none."""
        return translate(self.theirs, self.name if self.kind in ("function", "alias") else None)


def calls(op):
    """The operator's function, then its method, in-place and operator forms and its other names."""
    found = [Call("function", op.op, op.name)]
    for kind, theirs in [
        ("method", op.method_variant),
        ("inplace", op.inplace_variant),
        ("operator", op.operator_variant),
        ("inplace", op.inplace_operator_variant),
    ]:
        if theirs is not None and theirs is not op.op:
            found.append(Call(kind, theirs, getattr(theirs, "__name__", op.name)))
    return found + [Call("alias", alias.op, alias.name.removeprefix("torch.")) for alias in op.aliases]


def translate(value, name=None):
    """The engine's counterpart of one of PyTorch's objects; any other value itself."""
    import torch
    from torch.testing import _utils

    if value is _utils.wrapper_set_seed:
        return _with_seed
    if isinstance(value, types.ModuleType):
        return _dotted(value.__name__.removeprefix("torch").removeprefix(".")) if _is_torch(value.__name__) else value
    if isinstance(value, functools.partial):
        keywords = {key: translate(item) for key, item in value.keywords.items()}
        return functools.partial(translate(value.func), *map(translate, value.args), **keywords)
    if isinstance(value, torch.nn.Module):
        return getattr(engine_torch.nn, type(value).__name__)()
    if isinstance(value, (torch.dtype, torch.layout, torch.memory_format)):
        return getattr(engine_torch, str(value).removeprefix("torch."))
    if isinstance(value, types.FunctionType) and _is_testing(value.__module__):
        return _rebuilt(value)
    if _is_testing(getattr(value, "__module__", "")):
        return value  # the table's own entries
    if isinstance(value, type) and _is_torch(value.__module__):
        return getattr(engine_torch, value.__name__)
    if callable(value):
        return _counterpart(value, name)
    return value


def _counterpart(value, name):
    import torch

    attribute = getattr(value, "__name__", None) or type(value).__name__
    if getattr(value, "__objclass__", None) is not None or getattr(value, "__qualname__", "").startswith("Tensor."):
        return getattr(engine_torch.Tensor, attribute)
    if name is not None and _reaches(torch, name, value):
        return _dotted(name)
    found = _public_names().get(id(value))
    if found is not None:
        return _dotted(found)
    if not _is_torch(getattr(value, "__module__", None) or ""):
        return value
    return _dotted(name or attribute)


def _reaches(root, name, value):
    for part in name.split("."):
        root = getattr(root, part, None)
    return root is value


@functools.cache
def _public_names():
    """id of each function of PyTorch's public modules -> its dotted name."""
    names = {}
    for module_name in _MODULES:
        module = importlib.import_module("torch." + module_name if module_name else "torch")
        for name, member in vars(module).items():
            if callable(member) and not name.startswith("_"):
                names.setdefault(id(member), f"{module_name}.{name}" if module_name else name)
    return names


def _dotted(name):
    found = engine_torch
    for part in name.split(".") if name else ():
        found = getattr(found, part)
    return found


def _rebuilt(function):
    """The function with the same code, in whose globals and closure PyTorch's objects are the engine's."""
    names = _global_names(function.__code__)
    scope = {name: translate(function.__globals__[name]) for name in names if name in function.__globals__}
    scope["__builtins__"] = __builtins__
    cells = tuple(types.CellType(translate(cell.cell_contents)) for cell in function.__closure__ or ())
    defaults = tuple(map(translate, function.__defaults__ or ())) or None
    built = types.FunctionType(function.__code__, scope, function.__name__, defaults, cells)
    built.__kwdefaults__ = {key: translate(item) for key, item in (function.__kwdefaults__ or {}).items()} or None
    return built


def _global_names(code):
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def _with_seed(function, *args, **kwargs):
    engine_torch.manual_seed(42)
    return function(*args, **kwargs)


def _is_torch(module):
    return module == "torch" or module.startswith("torch.")


def _is_testing(module):
    return (module or "").startswith("torch.testing.")
