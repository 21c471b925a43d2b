"""Tables of vectors looked up by index: Embedding and EmbeddingBag."""

from typing import Any, Self

from ..grad_mode import no_grad
from ..ops.neural.embedding.embedding import embedding
from ..ops.neural.embedding.embedding_bag import embedding_bag
from ..ops.table import METHODS
from ..tensor import Tensor
from .fill import blank, normal_
from .module import Module
from .parameter import Parameter


class _Table(Module):
    """What both share: the table and the row of the padding."""

    num_embeddings: int
    padding_idx: int | None

    def _take_table(
        self, given: Tensor | None, shape: tuple[int, int], padding_idx: int | None, freeze: bool, options: Any
    ) -> None:
        self.num_embeddings, self.embedding_dim = shape
        if padding_idx is not None:
            if not -shape[0] <= padding_idx < max(shape[0], 1):
                raise AssertionError("Padding_idx must be within num_embeddings")
            padding_idx %= max(shape[0], 1)
        self.padding_idx = padding_idx
        if given is None:
            self.weight = blank(*shape, **options)
            self.reset_parameters()
            return
        if list(given.shape) != list(shape):
            raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
        self.weight = Parameter(given, requires_grad=not freeze)

    def reset_parameters(self) -> None:
        """Draw the table anew: normal numbers, zeros for the padding."""
        normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                METHODS["zero_"](self.weight[self.padding_idx])  # type: ignore[index]  # from the table of operations


class Embedding(_Table):
    """Rows of `weight` by index."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        options = {"device": device, "dtype": dtype}
        self._take_table(_weight, (num_embeddings, embedding_dim), padding_idx, _freeze, options)

    def forward(self, input: Tensor) -> Any:
        """See Module."""
        return embedding(
            input,
            self.weight,
            self.padding_idx,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.sparse,
        )

    def extra_repr(self) -> str:
        """See Module."""
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        shown += f", padding_idx={self.padding_idx}" if self.padding_idx is not None else ""
        shown += f", max_norm={self.max_norm}" if self.max_norm is not None else ""
        shown += f", norm_type={self.norm_type}" if self.norm_type != 2 else ""
        shown += f", scale_grad_by_freq={self.scale_grad_by_freq}" if self.scale_grad_by_freq else ""
        return shown + (", sparse=True" if self.sparse else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Self:
        """A layer over a table that exists; frozen unless told otherwise."""
        if embeddings.array.ndim != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.array.shape
        return cls(rows, columns, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, embeddings, freeze)


class EmbeddingBag(_Table):
    """The sum, mean or maximum of the rows that each bag of indices names."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        options = {"device": device, "dtype": dtype}
        self._take_table(_weight, (num_embeddings, embedding_dim), padding_idx, False, options)
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Any:
        """See Module."""
        return embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """See Module."""
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        shown += f", max_norm={self.max_norm}" if self.max_norm is not None else ""
        shown += f", norm_type={self.norm_type}" if self.norm_type != 2 else ""
        shown += f", scale_grad_by_freq={self.scale_grad_by_freq}" if self.scale_grad_by_freq else ""
        shown += f", mode={self.mode!r}"
        return shown + (f", padding_idx={self.padding_idx}" if self.padding_idx is not None else "")

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> Self:
        """A layer over a table that exists; frozen unless told otherwise."""
        if embeddings.array.ndim != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.array.shape
        made = cls(
            rows,
            columns,
            max_norm,
            norm_type,
            scale_grad_by_freq,
            mode,
            sparse,
            embeddings,
            include_last_offset,
            padding_idx,
        )
        made.weight.requires_grad = not freeze
        return made


for _layer in (_Table, Embedding, EmbeddingBag):
    _layer.__module__ = "torch.nn.modules.sparse"
