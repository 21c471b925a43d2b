"""One step of RNN, LSTM and GRU."""

import math
from typing import Any

from ..ops.neural.recurrent.cells import CELLS, from_input
from .fill import blank, blank_tensor, uniform_
from .module import Module


class RNNCellBase(Module):
    """What they share: the weights, and a batch dim where the input has none."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool,
        num_chunks: int,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        gates = num_chunks * hidden_size
        self.weight_ih = blank(gates, input_size, device=device, dtype=dtype)
        self.weight_hh = blank(gates, hidden_size, device=device, dtype=dtype)
        for name in ("bias_ih", "bias_hh"):
            self.register_parameter(name, blank(gates, device=device, dtype=dtype) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights and biases anew, uniformly in +-1/sqrt(hidden_size)."""
        reach = 1.0 / math.sqrt(self.hidden_size) if self.hidden_size > 0 else 0.0
        for weight in self.parameters():
            uniform_(weight, reach)

    def extra_repr(self) -> str:
        """See Module."""
        shown = f"{self.input_size}, {self.hidden_size}"
        shown += f", bias={self.bias}" if self.bias is not True else ""
        nonlinearity = self.__dict__.get("nonlinearity", "tanh")
        return shown + (f", nonlinearity={nonlinearity}" if nonlinearity != "tanh" else "")

    def _weights(self) -> list[Any]:
        biases = [self.bias_ih, self.bias_hh] if self.bias else []
        return [self.weight_ih, self.weight_hh, *biases]

    def _check_dims(self, what: str, given: Any) -> None:
        if given.dim() not in (1, 2):
            raise ValueError(f"{type(self).__name__}: Expected {what} to be 1D or 2D, got {given.dim()}D instead")

    def _check_sizes(self, input: Any, hidden: Any, name: int) -> None:
        if input.shape[-1] != self.input_size:
            raise RuntimeError(f"input has inconsistent input_size: got {input.shape[-1]} expected {self.input_size}")
        if input.shape[0] != hidden.shape[0]:
            raise RuntimeError(
                f"Input batch size {input.shape[0]} doesn't match hidden{name} batch size {hidden.shape[0]}"
            )
        if hidden.shape[-1] != self.hidden_size:
            raise RuntimeError(
                f"hidden{name} has inconsistent hidden_size: got {hidden.shape[-1]}, expected {self.hidden_size}"
            )

    def _step(self, mode: str, input: Any, hx: Any) -> Any:
        """One step of a cell whose state is one tensor."""
        self._check_dims("input", input)
        if hx is not None:
            self._check_dims("hidden", hx)
        batched = input.dim() == 2
        input = input if batched else input.unsqueeze(0)
        if hx is None:
            hx = blank_tensor(input.shape[0], self.hidden_size, dtype=input.dtype)
        elif not batched:
            hx = hx.unsqueeze(0)
        self._check_sizes(input, hx, 0)
        weights = self._weights()
        made = CELLS[mode](from_input(input, weights), hx, weights)
        return made if batched else made.squeeze(0)


class RNNCell(RNNCellBase):
    """h = tanh(W_ih x + b_ih + W_hh h + b_hh), or with relu."""

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The new state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        return self._step(f"RNN_{self.nonlinearity.upper()}", input, hx)


class GRUCell(RNNCellBase):
    """A gated recurrent unit."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> Any:
        """The new state."""
        return self._step("GRU", input, hx)


class LSTMCell(RNNCellBase):
    """Long short-term memory: its state is (h, c)."""

    def __init__(
        self, input_size: int, hidden_size: int, bias: bool = True, device: Any = None, dtype: Any = None
    ) -> None:
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The new (h, c)."""
        self._check_dims("input", input)
        for place, state in enumerate(hx or ()):
            self._check_dims(f"hx[{place}]", state)
        batched = input.dim() == 2
        input = input if batched else input.unsqueeze(0)
        if hx is None:
            zeros = blank_tensor(input.shape[0], self.hidden_size, dtype=input.dtype)
            hx = (zeros, zeros)
        elif not batched:
            hx = (hx[0].unsqueeze(0), hx[1].unsqueeze(0))
        for place, state in enumerate(hx):
            self._check_sizes(input, state, place)
        weights = self._weights()
        h, c = CELLS["LSTM"](from_input(input, weights), tuple(hx), weights)
        return (h, c) if batched else (h.squeeze(0), c.squeeze(0))


for _layer in (RNNCellBase, RNNCell, GRUCell, LSTMCell):
    _layer.__module__ = "torch.nn.modules.rnn"
