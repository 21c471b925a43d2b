"""Gives Tensor the operations of the table, and the torch namespace its functions. Importing it does so."""

from collections.abc import Callable
from typing import Any

from . import (
    attributes as _attributes,  # noqa: F401 - puts properties in the table
    autograd as _autograd,  # noqa: F401 - installs Tensor.backward
    node_call as _node_call,  # noqa: F401 - lets nodes be called
)
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
from .ops.neural import (  # noqa: F401
    activations,
    adaptive_pooling,
    attention,
    average_pooling,
    batch_norm,
    class_loss,
    convolution,
    ctc_loss,
    distance,
    dropout,
    embedding,
    embedding_bag,
    fold,
    fractional_pooling,
    grid_sample,
    group_norm,
    layer_norm,
    lstm_layer,
    margin_loss,
    max_pooling,
    multi_margin_loss,
    packed,
    probability_loss,
    regression_loss,
    resize,
    unpooling,
    weight_norm,
)
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

for _name, _member in METHODS.items():
    setattr(Tensor, _name, _member)
refuse_writing(Tensor, "torch._C.TensorBase")


def functions() -> dict[str, Callable[..., Any]]:
    """Every function of the torch namespace: the table's, and those that make tensors."""
    return {**names(), **PUBLIC}
