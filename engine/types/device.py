"""`torch.device`: the engine computes on the CPU and says so when asked for another. Knows nothing of tensors."""

import re
from typing import Final, final

_TYPES: Final = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
)


@final
class device:  # noqa: N801 - PyTorch's own name
    """A place where tensors live: `device('cpu')`; `index` is None unless given (`'cpu:0'`)."""

    __slots__ = ("index", "type")

    type: str
    index: int | None

    def __init__(self, device: "device | str | int | None" = None, index: int | None = None, **named: str) -> None:
        if device is None and named.keys() == {"type"}:
            device = named.pop("type")
        if device is None or named:
            given = ", ".join(f"{name}={type(value).__name__}" for name, value in named.items())
            raise TypeError(
                f"device() received an invalid combination of arguments - got ({given}), but expected one of:\n"
                " * (torch.device device)\n * (str type, int index = -1)\n"
            )
        if isinstance(device, str):
            self.type, self.index = _parse(device)
            if index is not None:
                if self.index is not None:
                    raise RuntimeError(
                        f"type (string) must not include an index because index was passed explicitly: {device}"
                    )
                self.index = index
        elif isinstance(device, _Place):
            self.type, self.index = device.type, device.index
        elif isinstance(device, int):
            raise RuntimeError("Cannot access accelerator device when none is available.")
        else:
            raise TypeError(f"device(): argument 'device' must be torch.device or str, not {type(device).__name__}")

    def __repr__(self) -> str:
        where = "" if self.index is None else f", index={self.index}"
        return f"device(type='{self.type}'{where})"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> "tuple[object, tuple[str] | tuple[str, int]]":
        return (device, (self.type,) if self.index is None else (self.type, self.index))


device.__module__ = "torch"
_Place: Final = device  # the parameter of __init__ hides the class by its name, as in PyTorch


def _parse(text: str) -> tuple[str, int | None]:
    if not text:
        raise RuntimeError("Device string must not be empty")
    found = re.fullmatch(r"([a-z]+)(?::(0|[1-9][0-9]*))?", text)
    if found is None:
        raise RuntimeError(f"Invalid device string: '{text}'")
    kind, index = found.groups()
    if kind not in _TYPES.split(", "):
        raise RuntimeError(f"Expected one of {_TYPES} device type at start of device string: {text}")
    return kind, None if index is None else int(index)


CPU: Final = device("cpu")


def require_cpu(wanted: "device | str | None") -> None:
    """Accept None and the CPU. Other devices raise what PyTorch's build for the CPU does, or NotImplementedError."""
    if wanted is None:
        return
    found = wanted if isinstance(wanted, device) else device(wanted)
    if found.type in ("cuda", "xpu"):
        raise AssertionError(f"Torch not compiled with {found.type.upper()} enabled")
    if found.type == "mps":
        raise RuntimeError("PyTorch is not linked with support for mps devices")
    if found.type != "cpu":
        raise NotImplementedError(f"device '{found}' is not supported by the embedded engine; use device='cpu'")
