"""RNN, LSTM and GRU over sequences."""

import math
import warnings
from typing import Any

from ..ops.neural.recurrent.cells import CELLS, run_stack
from ..ops.neural.recurrent.lstm_layer import run_lstm_layer
from ..ops.neural.recurrent.packed import packed_layer
from ..ops.table import PUBLIC
from ..types.dtype import float32
from .fill import blank, blank_tensor, uniform_
from .module import Module
from .packed_sequence import PackedSequence

_GATES = {"LSTM": 4, "GRU": 3, "RNN_TANH": 1, "RNN_RELU": 1}


class RNNBase(Module):
    """What they share: the weights of all layers and directions, and the checks of input and state."""

    def __init__(
        self,
        mode: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        _check(input_size, hidden_size, num_layers, bias, batch_first, dropout, proj_size)
        if mode not in _GATES:
            raise ValueError("Unrecognized RNN mode: " + mode)
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        self._directions = 2 if bidirectional else 1
        self._all_weights: list[list[str]] = []
        seen = proj_size or hidden_size  # how wide the state is that other layers see
        gates = _GATES[mode] * hidden_size
        for layer in range(num_layers):
            width = input_size if layer == 0 else seen * self._directions
            for direction in range(self._directions):
                shapes: dict[str, tuple[int, ...]] = {"weight_ih": (gates, width), "weight_hh": (gates, seen)}
                shapes |= {"bias_ih": (gates,), "bias_hh": (gates,)} if bias else {}
                shapes |= {"weight_hr": (proj_size, hidden_size)} if proj_size else {}
                suffix = f"_l{layer}" + ("_reverse" if direction else "")
                for name, shape in shapes.items():
                    setattr(self, name + suffix, blank(*shape, device=device, dtype=dtype))
                self._all_weights.append([name + suffix for name in shapes])
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw all weights and biases anew, uniformly in +-1/sqrt(hidden_size)."""
        reach = 1.0 / math.sqrt(self.hidden_size)
        for weight in self.parameters():
            uniform_(weight, reach)

    def flatten_parameters(self) -> None:
        """Do nothing: this orders memory for GPUs."""

    @property
    def _flat_weights_names(self) -> list[str]:
        return [name for names in self._all_weights for name in names]

    @property
    def _flat_weights(self) -> list[Any]:
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self) -> list[list[Any]]:
        """The parameters of each layer and direction."""
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def extra_repr(self) -> str:
        """See Module."""
        shown = f"{self.input_size}, {self.hidden_size}"
        shown += f", proj_size={self.proj_size}" if self.proj_size else ""
        shown += f", num_layers={self.num_layers}" if self.num_layers != 1 else ""
        shown += f", bias={self.bias}" if not self.bias else ""
        shown += f", batch_first={self.batch_first}" if self.batch_first else ""
        shown += f", dropout={self.dropout}" if self.dropout else ""
        return shown + (f", bidirectional={self.bidirectional}" if self.bidirectional else "")

    def _checked(self, input: Any) -> tuple[Any, bool]:
        """The input with a batch dim, and whether it had one."""
        if input.dim() not in (2, 3):
            kind = self.mode.partition("_")[0]
            words = "tensor instead" if kind == "RNN" else "instead"
            raise ValueError(f"{kind}: Expected input to be 2D or 3D, got {input.dim()}D {words}")
        batched = input.dim() == 3
        return (input if batched else input.unsqueeze(0 if self.batch_first else 1)), batched

    def _check_input(self, input: Any) -> None:
        wanted = getattr(self, self._all_weights[0][0]).dtype
        if input.dtype is not wanted:
            raise ValueError(
                f"RNN input dtype ({input.dtype}) does not match weight dtype ({wanted}). Convert input: "
                f"input.to({wanted}), or convert model: model.to({input.dtype})"
            )
        if input.shape[-1] != self.input_size:
            raise RuntimeError(
                f"input.size(-1) must be equal to input_size. Expected {self.input_size}, got {input.shape[-1]}"
            )

    def _state_shape(self, input: Any, width: int) -> tuple[int, int, int]:
        return len(self._all_weights), input.shape[0 if self.batch_first else 1], width

    def _run(self, input: Any, states: list[Any], layer: Any = None) -> tuple[Any, list[Any]]:
        """The outputs and the last state of each layer and direction."""
        if self.batch_first:
            input = input.transpose(0, 1)
        more = () if layer is None else (layer,)
        return self._stack(input, states, *more)

    def _stack(self, input: Any, states: list[Any], *layer: Any) -> tuple[Any, list[Any]]:
        return run_stack(
            CELLS[self.mode],
            input,
            states,
            self.all_weights,
            self._directions,
            self.dropout,
            self.training,
            *layer,
        )

    def _run_packed(self, packed: PackedSequence, states: tuple[Any, ...] | None) -> tuple[Any, tuple[Any, ...]]:
        """The packed outputs and the last states, in the sequences' first order."""
        data, batch_sizes, order, back = packed
        self._check_input(data)
        if data.dim() != 2:
            raise RuntimeError(f"input must have 2 dimensions, got {data.dim()}")
        seen = self.proj_size or self.hidden_size
        widths = (seen, self.hidden_size) if self.mode == "LSTM" else (seen,)
        shapes = [(len(self._all_weights), int(batch_sizes.array[0]), width) for width in widths]
        if states is None:
            states = tuple(blank_tensor(*shape, dtype=data.dtype) for shape in shapes)
        for place, (state, shape) in enumerate(zip(states, shapes, strict=True)):
            if state.shape != shape:
                name = f"hidden[{place}]" if len(widths) == 2 else "hidden"
                raise RuntimeError(f"Expected {name} size {shape}, got {list(state.shape)}")
        if order is not None:
            states = tuple(state.index_select(1, order) for state in states)
        each = [list(PUBLIC["unbind"](state, 0)) for state in states]
        firsts = each[0] if len(each) == 1 else list(zip(*each, strict=True))
        output, last = self._stack(data, firsts, packed_layer(batch_sizes.array))
        lasts = [last] if len(each) == 1 else list(zip(*last, strict=True))
        ends = [PUBLIC["stack"](list(state), 0) for state in lasts]
        if back is not None:
            ends = [state.index_select(1, back) for state in ends]
        return PackedSequence(output, batch_sizes, order, back), tuple(ends)

    def _zeros(self, input: Any, width: int) -> Any:
        return blank_tensor(*self._state_shape(input, width), dtype=input.dtype)


class _OneState(RNNBase):
    """RNN and GRU, whose state is one tensor."""

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, Any]:
        """The outputs of the last layer, and the last states of all."""
        if isinstance(input, PackedSequence):
            outputs, (last_state,) = self._run_packed(input, None if hx is None else (hx,))
            return outputs, last_state
        input, batched = self._checked(input)
        if hx is not None:
            kind, dims = ("batched 3-D", 3) if batched else ("unbatched 2-D", 2)
            if hx.dim() != dims:
                raise RuntimeError(f"For {kind} input, hx should also be {dims}-D but got {hx.dim()}-D tensor")
            hx = hx if batched else hx.unsqueeze(1)
        state = self._zeros(input, self.hidden_size) if hx is None else hx
        self._check_input(input)
        wanted = self._state_shape(input, self.hidden_size)
        if state.shape != wanted:
            raise RuntimeError(f"Expected hidden size {wanted}, got {list(state.shape)}")
        output, last = self._run(input, list(PUBLIC["unbind"](state, 0)))
        if self.batch_first:
            output = output.transpose_(0, 1)
        hidden = PUBLIC["stack"](last, 0)
        if batched:
            return output, hidden
        return output.squeeze(0 if self.batch_first else 1), hidden.squeeze(1)


class RNN(_OneState):
    """h = tanh(W_ih x + b_ih + W_hh h + b_hh), or with relu."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        if len(args) > 3:
            nonlinearity, args = args[3], args[:3] + args[4:]
        else:
            nonlinearity = kwargs.pop("nonlinearity", "tanh")
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'.")
        super().__init__(f"RNN_{nonlinearity.upper()}", *args, **kwargs)
        self.nonlinearity = nonlinearity


class GRU(_OneState):
    """Gated recurrent units."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if "proj_size" in kwargs:
            raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
        super().__init__("GRU", *args, **kwargs)


class LSTM(RNNBase):
    """Long short-term memory: its state is (h, c)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__("LSTM", *args, **kwargs)

    def forward(self, input: Any, hx: Any = None) -> tuple[Any, tuple[Any, Any]]:
        """The outputs of the last layer, and the last (h, c) of all."""
        if isinstance(input, PackedSequence):
            outputs, (last_h, last_c) = self._run_packed(input, hx)
            return outputs, (last_h, last_c)
        input, batched = self._checked(input)
        seen = self.proj_size or self.hidden_size
        if hx is None:
            h, c = self._zeros(input, seen), self._zeros(input, self.hidden_size)
        else:
            h, c = hx
            dims = 3 if batched else 2
            if h.dim() != dims or c.dim() != dims:
                kind = "batched 3-D" if batched else "unbatched 2-D"
                raise RuntimeError(
                    f"For {kind} input, hx and cx should also be {dims}-D but got ({h.dim()}-D, {c.dim()}-D) tensors"
                )
            if not batched:
                h, c = h.unsqueeze(1), c.unsqueeze(1)
        self._check_input(input)
        for place, (state, width) in enumerate(((h, seen), (c, self.hidden_size))):
            wanted = self._state_shape(input, width)
            if state.shape != wanted:
                raise RuntimeError(f"Expected hidden[{place}] size {wanted}, got {list(state.shape)}")
        output, last = self._run_lstm(input, h, c)
        if self.batch_first:
            output = output.transpose(0, 1)
        stacked = [PUBLIC["stack"]([state[place] for state in last], 0) for place in (0, 1)]
        if batched:
            return output, (stacked[0], stacked[1])
        return output.squeeze(0 if self.batch_first else 1), (stacked[0].squeeze(1), stacked[1].squeeze(1))

    def _run_lstm(self, input: Any, h: Any, c: Any) -> tuple[Any, list[Any]]:
        if self.proj_size or input.dtype is not float32 or not input.array.size:
            hs, cs = PUBLIC["unbind"](h, 0), PUBLIC["unbind"](c, 0)
            return self._run(input, list(zip(hs, cs, strict=True)))
        options = (2, self.hidden_size, self.num_layers, self.bias, self.bidirectional, self.batch_first, self.training)
        states = [(h[place], c[place]) for place in range(len(self._all_weights))]
        return self._run(input, states, run_lstm_layer(options))


def _check(
    input_size: Any, hidden_size: Any, num_layers: int, bias: Any, batch_first: Any, dropout: Any, proj_size: int
) -> None:
    if isinstance(dropout, bool) or not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
        raise ValueError(
            "dropout should be a number in range [0, 1] representing the probability of an element being zeroed"
        )
    if dropout > 0 and num_layers == 1:
        warnings.warn(
            "dropout option adds dropout after all but last recurrent layer, so non-zero dropout expects num_layers "
            f"greater than 1, but got dropout={dropout} and num_layers={num_layers}",
            UserWarning,
            stacklevel=4,
        )
    for name, given, kind in (
        ("bias", bias, bool),
        ("batch_first", batch_first, bool),
        ("input_size", input_size, int),
        ("hidden_size", hidden_size, int),
    ):
        if not isinstance(given, kind):
            raise TypeError(f"{name} should be of type {kind.__name__}, got: {type(given).__name__}")
    for name, given in (("input_size", input_size), ("hidden_size", hidden_size), ("num_layers", num_layers)):
        if given <= 0:
            raise ValueError(f"{name} must be greater than zero")
    if proj_size < 0:
        raise ValueError("proj_size should be a positive integer or zero to disable projections")
    if proj_size >= hidden_size:
        raise ValueError("proj_size has to be smaller than hidden_size")


for _layer in (RNNBase, _OneState, RNN, LSTM, GRU):
    _layer.__module__ = "torch.nn.modules.rnn"
