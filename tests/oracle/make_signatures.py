"""Writes down how PyTorch's functions and methods take their arguments, so that a refused call is refused in its words.

.venv/bin/python -m tests.oracle.make_signatures        (needs torch and PyYAML; writes engine/calls/signatures.txt)

The signatures are those that PyTorch's own code generator, which its wheel contains, hands to its argument parser.
Those of the few functions that are written by hand in C++ stand below.
"""

import importlib
import re
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
import torchgen

import engine.torch as embedded

try:
    import torchgen.packaged.autograd.gen_python_functions as bindings
    from torchgen.gen import parse_native_yaml
except ModuleNotFoundError as error:
    lacking = f"PyTorch's generator needs {error.name}, which is not there"
    print(f"engine/calls/signatures.txt stays as it is: {lacking}")
    raise SystemExit(0) from None

PACKAGED = Path(torchgen.__file__).parent / "packaged"
NATIVE = PACKAGED / "ATen" / "native"
BY_HAND = """
asarray(PyObject* obj, *, ScalarType? dtype=None, Device? device=None, bool? copy=None, bool requires_grad=False)
frombuffer(PyObject* buffer, *, ScalarType dtype, int64_t count=-1, int64_t offset=0, bool requires_grad=False)
get_device(Tensor input)
numel(Tensor input)
tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None, bool pin_memory=False, bool requires_grad=False)
as_tensor(PyObject* data, *, ScalarType dtype=None, Device? device=None)
nonzero(Tensor input, *, bool as_tuple=False, Tensor out=None)
"""
MODULES = ("torch", "torch.linalg", "torch.special", "torch.fft", "torch.nn.functional")
METHODS = "torch.Tensor"


def generated(method: bool) -> dict[tuple[str, str], list[str]]:
    """The signatures of every generated binding by module ("" is torch) and name; none for what takes no arguments."""
    functions = [
        each
        for each in parse_native_yaml(str(NATIVE / "native_functions.yaml"), str(NATIVE / "tags.yaml")).native_functions
        if bindings.should_generate_py_binding(each)
    ]
    deprecated = str(PACKAGED / "autograd" / "deprecated.yaml")
    grouped: dict[tuple[str, str], list[Any]] = {}
    for pair in bindings.load_signatures(functions, deprecated, method=method):
        native = pair.function
        if bindings.is_py_variable_method(native) if method else not method_only(native):
            grouped.setdefault((native.python_module or "", str(native.func.name.name)), []).append(pair)
    return {
        key: []
        if method and bindings.is_noarg(pairs)
        else [each.signature.signature_str() for each in bindings.group_overloads(pairs)]
        for key, pairs in grouped.items()
    }


def method_only(native: Any) -> bool:
    """Whether there is no function of the torch namespace, only a method."""
    return native.python_module is None and not bindings.is_py_torch_function(native)


def written_methods() -> dict[str, list[str]]:
    """The methods that PyTorch writes by hand, read from its template of the file that has them."""
    text = (PACKAGED / "autograd" / "templates" / "python_variable_methods.cpp").read_text()
    found: dict[str, list[str]] = {}
    for parser in re.findall(r"PythonArgParser parser\(\s*\{(.*?)\}", text, re.DOTALL):
        for signature in re.findall(r'"([^"]*)"', parser):
            found.setdefault(signature.split("(")[0], []).append(signature)
    for name in re.findall(r'\{"(\w+)", \w+, METH_NOARGS, ', text):
        found[name] = []
    return found


def grouped_by_name(lines: Iterable[str]) -> dict[str, list[str]]:
    """Signatures by the name before the parenthesis."""
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(line.split("(")[0], []).append(line)
    return found


def functions() -> dict[str, list[str]]:
    """The signatures of each public function that the engine has too: "torch.add" -> its texts."""
    known = generated(method=False)
    by_hand = grouped_by_name(BY_HAND.strip().splitlines())
    modules = {"_VariableFunctionsClass": ""}
    found: dict[str, list[str]] = {}
    for module in MODULES:
        real, ours = (
            importlib.import_module(module),
            importlib.import_module(module.replace("torch", "engine.torch", 1)),
        )
        for name in dir(real):
            member = getattr(real, name)
            if name.startswith("_") or not isinstance(member, types.BuiltinFunctionType) or not hasattr(ours, name):
                continue
            owner = getattr(member.__self__, "__name__", "")
            key = (modules.get(owner, owner.removeprefix("torch._C._")), member.__name__)
            signatures = known.get(key) or by_hand.get(member.__name__)
            if signatures is not None:
                found[f"{module}.{name}"] = signatures
    return found


def methods() -> dict[str, list[str]]:
    """The same of the methods of Tensor that are written in C++."""
    known = {name: signatures for (_, name), signatures in generated(method=True).items()} | written_methods()
    return {
        f"{METHODS}.{name}": signatures
        for name, signatures in sorted(known.items())
        if not name.startswith("__")
        and isinstance(getattr(torch.Tensor, name, None), types.MethodDescriptorType)
        and hasattr(embedded.Tensor, name)
    }


def main() -> None:
    """Write the file: a line per function, its name and its signatures, tabs between."""
    found = functions() | methods()
    path = Path(__file__).parents[2] / "engine" / "calls" / "signatures.txt"
    path.write_text("".join("\t".join([name, *found[name]]) + "\n" for name in sorted(found)), encoding="utf-8")


if __name__ == "__main__":
    main()
