"""Gives Tensor the operations of the table, and the torch namespace its functions. Importing it does so."""

from collections.abc import Callable
from typing import Any

from . import (
    attributes as _attributes,  # noqa: F401 - puts properties in the table
    autograd as _autograd,  # noqa: F401 - installs Tensor.backward
    node_call as _node_call,  # noqa: F401 - lets nodes be called
)
from .calls.guard import guard, guarded
from .calls.parser import METHODS as METHOD, is_known
from .names import names

# Each of these puts its operations in the table. An operation that is in none of them is not offered.
from .ops import protocol  # noqa: F401
from .ops.linear import (  # noqa: F401
    added,
    bilinear,
    cholesky,
    contractions,
    determinant,
    distances,
    eigen,
    einsum,
    ldl,
    least_squares,
    lowrank,
    lu,
    matmul,
    matrix_norms,
    powers,
    products,
    qr,
    reflections,
    solve,
    svd,
    tensors,
    triangular,
)
from .ops.neural import dropout  # noqa: F401
from .ops.neural.activations import functional as _activations  # noqa: F401
from .ops.neural.attention import attention  # noqa: F401
from .ops.neural.convolution import convolution, fold  # noqa: F401
from .ops.neural.embedding import embedding, embedding_bag  # noqa: F401
from .ops.neural.loss import (  # noqa: F401
    class_loss,
    ctc_loss,
    distance,
    margin_loss,
    multi_margin_loss,
    numbered,
    probability_loss,
    regression_loss,
)
from .ops.neural.normalisation import batch_norm, group_norm, layer_norm, weight_norm  # noqa: F401
from .ops.neural.pooling import (  # noqa: F401
    adaptive as adaptive_pooling,
    average as average_pooling,
    fractional as fractional_pooling,
    maximum as max_pooling,
    unpooling,
)
from .ops.neural.recurrent import lstm_layer, packed  # noqa: F401
from .ops.neural.resizing import grid_sample, resize  # noqa: F401
from .ops.pointwise import (  # noqa: F401
    binary,
    cast,
    clamp,
    compare,
    components,
    division,
    draws,
    elementary,
    fill_random,
    fused,
    gamma_draws,
    pairs,
    power,
    special,
    special_pairs,
    special_untracked,
    trigonometry,
    truth,
    where,
)
from .ops.reductions import (  # noqa: F401
    covariance,
    cumulative,
    differences,
    extremes,
    histograms,
    medians,
    nans,
    norms,
    pair_distances,
    quantiles,
    reduce,
    running,
    searching,
    softmax,
    sorting,
    statistics,
    trapezoids,
    uniques,
)
from .ops.shape import (  # noqa: F401
    combine,
    complex_views,
    copies,
    dimensions,
    expand,
    gather,
    geometry,
    index,
    index_write,
    inplace_views,
    join,
    locate,
    out_forms,
    pad,
    parts,
    rearrange,
    resize as _resize_in_place,
    scatter,
    scatter_part,
    scatter_reduce,
    shape,
    shuffle,
    slices,
    sparse_names,
    split_at,
    storage,
    strided,
    take,
    turn,
    windows,
)
from .ops.table import METHODS, PUBLIC
from .readonly import refuse_writing
from .tensor import Tensor
from .transforms import tangents as _tangents  # noqa: F401 - tells carriers how tangents go through rows

_OWN = {_name: _member for _name, _member in vars(Tensor).items() if is_known(f"{METHOD}{_name}")}  # not of the table
for _name, _member in (_OWN | METHODS).items():
    setattr(Tensor, _name, guarded(f"{METHOD}{_name}", _member))
refuse_writing(Tensor, "torch._C.TensorBase")


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the torch namespace: the table's, and those that make tensors."""
    return guard("torch", {**names(), **PUBLIC})
