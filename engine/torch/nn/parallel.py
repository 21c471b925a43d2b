"""`torch.nn.parallel`: one device, so a module wrapped for several runs as it is."""

from typing import Any

from ...nn.module import Module
from ..names import missing as _missing


class DataParallel(Module):
    """Calls the module it holds, as PyTorch's does where there is no GPU."""

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[int] = []
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """See Module."""
        return self.module(*inputs, **kwargs)


DataParallel.__module__ = "torch.nn.parallel.data_parallel"


def __getattr__(name: str) -> object:
    raise _missing("torch.nn.parallel", name)


__all__ = ["DataParallel"]
