"""A softmax over many classes of which few are frequent: `AdaptiveLogSoftmaxWithLoss`."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from ..ops.table import METHODS, PUBLIC
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module


class _ASMoutput(NamedTuple):
    """The log probability of each target, and the loss."""

    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """Frequent classes, below the first of `cutoffs`, by one layer; the others by clusters, the rarer the narrower.

    Source: Grave et al., "Efficient softmax approximation for GPUs" (2017).
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        bounds = list(cutoffs)
        if not bounds:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        in_order = bounds == sorted(set(bounds)) and all(int(bound) == bound for bound in bounds)
        if not in_order or bounds[0] <= 0 or bounds[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each "
                "value is between 1 and n_classes-1"
            )
        self.in_features, self.n_classes = in_features, n_classes
        self.cutoffs = [*bounds, n_classes]
        self.div_value, self.head_bias = div_value, head_bias
        self.shortlist_size = bounds[0]
        self.n_clusters = len(bounds)
        self.head_size = self.shortlist_size + self.n_clusters
        options = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for place, (low, high) in enumerate(pairwise(self.cutoffs)):
            width = int(in_features // (div_value ** (place + 1)))
            narrow = Linear(in_features, width, bias=False, **options)
            self.tail.append(Sequential(narrow, Linear(width, high - low, bias=False, **options)))

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for cluster in self.tail:
            for layer in cluster:
                layer.reset_parameters()

    def forward(self, input_: Any, target_: Any) -> _ASMoutput:
        """The log probabilities of the targets, (N, in_features) and (N,) to (N,), and the mean of their negatives."""
        is_batched = self._check(input_, target_)
        input = input_ if is_batched else input_.unsqueeze(0)
        target = target_ if is_batched else target_.unsqueeze(0)
        count, used = target.size(0), 0
        output = input.new_zeros(count)
        places = target.new_empty(count)
        for cluster, (low, high) in enumerate(pairwise([0, *self.cutoffs]), -1):
            mask = (target >= low) & (target < high)
            rows = mask.nonzero().squeeze()
            if rows.numel() == 0:
                continue
            used += rows.numel()
            if cluster < 0:
                places.index_copy_(0, rows, target[mask])
                continue
            within = target[mask] - low
            logits = self.tail[cluster](input.index_select(0, rows))
            places.index_fill_(0, rows, self.shortlist_size + cluster)
            chances = _log_softmax(logits).gather(1, within.unsqueeze(1))
            output.index_copy_(0, rows, chances.squeeze(1))
        if used != count:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()}, "
                f"{target.max().item()}] were found. "
            )
        output += _log_softmax(self.head(input)).gather(1, places.unsqueeze(1)).squeeze()
        loss = (-output).mean()
        return _ASMoutput(output if is_batched else output.squeeze(0), loss)

    def _check(self, input: Any, target: Any) -> bool:
        """Whether there is a batch. Raises RuntimeError for shapes that do not go together."""
        dims = target.dim()
        if dims > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if dims == 1 and input.size(0) != target.size(0):
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if input.dim() != dims + 1:
            raise RuntimeError(
                f"{dims}D target tensor expects {dims + 1}D input tensors, but found inputs with size {input.size()}"
            )
        return bool(dims)

    def _all_log_probs(self, input: Any, head_output: Any) -> Any:
        found = input.new_empty((head_output.size(0), self.n_classes))
        chances = _log_softmax(head_output)
        found[:, : self.shortlist_size] = chances[:, : self.shortlist_size]
        for place, (low, high) in enumerate(pairwise(self.cutoffs)):
            within = _log_softmax(self.tail[place](input))
            found[:, low:high] = within + chances[:, self.shortlist_size + place].unsqueeze(1)
        return found

    def log_prob(self, input: Any) -> Any:
        """The log probabilities of all classes, (N, in_features) to (N, n_classes)."""
        return self._all_log_probs(input, self.head(input))

    def predict(self, input: Any) -> Any:
        """The likeliest class of each row."""
        head_output = self.head(input)
        output = METHODS["argmax"](head_output, dim=1)
        is_rare = output >= self.shortlist_size
        if is_rare.any():
            rare = self._all_log_probs(input[is_rare], head_output[is_rare])
            output[is_rare] = METHODS["argmax"](rare, dim=1)
        return output


def _log_softmax(logits: Any) -> Any:
    return PUBLIC["log_softmax"](logits, 1)


AdaptiveLogSoftmaxWithLoss.__module__ = "torch.nn.modules.adaptive"
