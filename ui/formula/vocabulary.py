"""The words that gradient rules are written in, and how mathematics writes them. Plain tables."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from enum import Enum

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "eps": "ε", "epsilon": "ε", "lambd": "λ", "lambda_": "λ",
    "mu": "μ", "sigma": "σ", "tau": "τ", "theta": "θ", "pi": "π",
}  # fmt: skip

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in",
}  # fmt: skip
COMPARE_CALLS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}

MATRIX_PRODUCTS = frozenset({"mm", "matmul", "bmm", "mv", "times"})
TRANSPOSES = frozenset({"t", "transpose", "mT", "T", "swapaxes"})

# Change no number of their first argument, only its shape: a formula leaves them out, words tell of the shape.
# `filled` replaces what has no derivative (0 / 0) by a number, which the formula leaves to the reader.
SAME_NUMBERS = frozenset({
    "conj", "expand", "expand_as", "contiguous", "clone", "restore", "unreduce", "spread", "kept", "filled",
    "over_batch", "columns", "rows", "per_channel", "per_class", "per_item", "per_group", "per_matrix", "triangle",
})  # fmt: skip

SPELLED = {
    "log": "ln", "sgn": "sgn", "sign": "sgn", "sigmoid": "σ", "normal_cdf": "Φ", "normal_pdf": "φ", "digamma": "ψ",
    "zeta": "ζ", "maximum": "max", "minimum": "min",
}  # fmt: skip

# Functions written as a letter with a mark: (letter, below, above).
MARKED = {
    "_i1": ("I", "1", ""), "_i1e": ("Ie", "1", ""), "i0": ("I", "0", ""), "_i0e": ("Ie", "0", ""),
    "erfinv": ("erf", "", "−1"), "tanh_cdf": ("Φ", "tanh", ""), "tanh_pdf": ("φ", "tanh", ""),
    "tanh_pdf_slope": ("φ", "tanh", "′"), "first_half": ("", "1", ""), "second_half": ("", "2", ""),
}  # fmt: skip

# Numbers that are better known by name.
CONSTANTS = {math.log(2): "ln 2", math.log(10): "ln 10", math.pi: "π", math.e: "e"}

# Names of numbers, as formulas.
NUMBERS = {
    "LN2": "log(2)", "TWO_BY_ROOT_PI": "2 / sqrt(pi)", "ROOT_OF_TWO_PI": "sqrt(2 * pi)", "_DEGREE": "pi / 180",
    "_RADIAN": "180 / pi", "inf": "∞",
}  # fmt: skip


class Form(Enum):
    """How something too big for a formula, or a mere movement of elements, is named in one."""

    CALL = "pad(g)"
    BACK = "padᵀ(g)"  # the way back of a linear function is its transpose
    JACOBIAN = "Jᵀ of svd (g)"  # of any other function its Jacobian, transposed
    HOLE = "0 at index, g elsewhere"
    INFIX = "a ⋆ b"
    REFUSED = "no derivative"


@dataclass(frozen=True, slots=True)
class Named:
    """A name for what a function of a rule does.

    `word` is what is shown, `keeps` the places of the arguments that are shown with it; sizes, positions and switches
    would drown them. `by` names the operands where one function gives the gradients of all and an index chooses.
    """

    word: str
    form: Form = Form.CALL
    keeps: tuple[int, ...] = (0,)
    by: tuple[str, ...] = ()


def _all(form: Form, **words: str) -> dict[str, Named]:
    """Names of one form that show their first argument only."""
    return {name: Named(word, form) for name, word in words.items()}


_LSTM = ("input", "weight0", "weight1", "weight2", "weight3", "hx", "cx")

# What formulas name instead of writing it out: the one place for such names.
NAMED: dict[str, Named] = {
    # Elements moved: the same elements elsewhere.
    **_all(
        Form.CALL, reshape="reshape", view="view", squeeze="squeeze", unsqueeze="unsqueeze", permute="permute",
        flip="flip", roll="roll", tril="tril", triu="triu", diagonal="diagonal", diagonal_any="diagonal",
        select="select", select_any="select", slice="slice", slice_of="slice", gather="gather", gather_any="gather",
        take_as="take", slices_of="index_select", written="index", masked_source="masked_select", cut="split",
        unbind="unbind", blocks_of="blocks", stacked="stack", joined="cat", strided_part="as_strided",
        unfold_any="unfold", im2col="unfold", col2im="fold", rot90_any="rot90", pixel_shuffle_any="pixel_shuffle",
        pixel_unshuffle_any="pixel_unshuffle", pad_any="pad", resize="resize", averaged="avg_pool",
        adaptive_average="avg_pool", at_maxima="at_maxima", at_found="at_maxima", max_pool_double_backward="at_maxima",
        half="triangle", symmetric="sym",
    ),
    # Elements moved back, and added up where several went to one place.
    **_all(
        Form.BACK, permute_back="permute", select_back="select", slice_back="slice", slice_put_back="slice",
        diagonal_back="diagonal", index_back="index", index_select_back="index_select", gather_back="gather",
        take_back="take", masked_back="masked_select", unsqueezed_back="unsqueeze", trace_back="trace",
        constant_pad_back="pad", pad_back="pad", unrepeat="repeat", channel_shuffle_back="channel_shuffle",
        as_strided_backward="as_strided", unfold_backward="unfold", affine_back="affine_grid",
        put="pick", put_repeated="pick", embedding_back="embedding", bag_back="embedding_bag", resize_back="resize",
        unpooled="max_unpool", max_pool_backward="max_pool", adaptive_max_pool_backward="max_pool",
        fractional_backward="max_pool", avg_pool_backward="avg_pool", adaptive_avg_pool_backward="avg_pool",
        grid_sampler_input="grid_sample",
    ),
    "sum_of_slices": Named("Σ index_select"),
    # Elements overwritten by others, to which nothing goes back.
    **_all(
        Form.HOLE, without="at indices", fill_zeros="at index", scatter_zeros="at index", select_zeros="at index",
        slice_zeros="in slice", diagonal_zeros="on diagonal", put_zeros="at index", strided_kept="where set",
    ),
    "nll_loss": Named("nll_loss", keeps=(0, 1)),
    "nll_loss2d": Named("nll_loss", keeps=(0, 1)),
    # Convolutions: the gradient of the weight is the correlation of input and gradient.
    "convolution_input": Named("conv", Form.BACK, (0, 2)),
    "convolution_weight": Named("⋆", Form.INFIX, (1, 0)),
    "convolved": Named("conv", keeps=(0, 1)),
    "convolved_input": Named("conv", keeps=(1, 0)),
    # No short formula: the transposed Jacobian times the gradient, with the saved values that are used.
    "layer_back": Named("lstm", Form.JACOBIAN, (0, 1), _LSTM),
    "ctc_back": Named("ctc", Form.JACOBIAN, (0, 1)),
    "bag_weights_back": Named("embedding_bag", Form.JACOBIAN, (0, 1)),
    "grid_sampler_grid": Named("grid_sample", Form.JACOBIAN, (0, 1, 2)),
    "multi_margin_back": Named("multi_margin", Form.JACOBIAN, (0, 1, 2)),
    "multilabel_margin_back": Named("multilabel_margin", Form.JACOBIAN, (0, 1, 2)),
    "softmax_back": Named("softmax", Form.JACOBIAN, (1,)),
    "renorm_back": Named("renorm", Form.JACOBIAN, (0, 1)),
    "cdist_backward": Named("cdist", Form.JACOBIAN, (0, 1, 2, 4)),
    "pdist_backward": Named("pdist", Form.JACOBIAN, (0, 1, 3)),
    "svd_backward": Named("svd", Form.JACOBIAN, (0, 1)),
    "eigh_backward": Named("eigh", Form.JACOBIAN, (0, 1)),
    "qr_backward": Named("qr", Form.JACOBIAN, (0, 1)),
    "pinv_backward": Named("pinv", Form.JACOBIAN, (0, 2, 1)),
    "lstsq_backward": Named("lstsq", Form.JACOBIAN, (0, 1, 2), ("A", "B")),
    "factor_backward": Named("lu", Form.JACOBIAN, (0, 1)),
    "lu_backward": Named("lu", Form.JACOBIAN, (0, 1, 3, 4)),
    "unpack_backward": Named("lu_unpack", Form.BACK, (0,)),
    "factored_backward": Named("lu_solve", Form.JACOBIAN, (0, 1, 3)),
    "exp_backward": Named("matrix_exp", Form.JACOBIAN, (0, 1)),
    "reflections_backward": Named("householder", Form.JACOBIAN, (0, 1, 2), ("input", "τ")),
    "multiplied_backward": Named("ormqr", Form.JACOBIAN, (0, 1, 2, 3), ("input", "τ")),
    "multiplied": Named("ormqr", keeps=(0, 1, 2)),
    "solve_factored": Named("lu_solve", Form.BACK, (2, 0)),
    "old_values_backward": Named("triangular_solve", Form.JACOBIAN, (0, 1)),
    "old_triangle_backward": Named("triangular_solve", Form.JACOBIAN, (0, 1)),
    "to_self": Named("scatter_reduce", Form.JACOBIAN, (0, 1, 2)),
    "to_source": Named("scatter_reduce", Form.JACOBIAN, (0, 1, 2)),
    # Rows without a derivative, as in PyTorch.
    **_all(Form.REFUSED, no_derivative="", _no_derivative="", not_implemented="", _refuse=""),
}  # fmt: skip

# What the words of a formula mean that a reader may not know.
MEANINGS = {
    "hat": "x̂: the input, normalised; σ: its deviation",
    "normal_cdf": "Φ, φ: the normal distribution and its density",
    "tanh_cdf": "Φ, φ: the normal distribution and its density, by way of tanh",
    "mirrored": "mirrored: the lower half, mirrored at the diagonal, halved",
    "symmetric": "sym(a): a plus its transpose",
    "attention_weights": "P: the weights, softmax(query keyᵀ · scale)",
    "convolution_input": "convᵀ: the transposed convolution",
    "convolution_weight": "⋆: correlation",
    "avg_pool_backward": "avg_poolᵀ: each element of g is shared by its window",
    "adaptive_avg_pool_backward": "avg_poolᵀ: each element of g is shared by its window",
}
_BACK = "{}ᵀ: {} backwards, each element of g is added where it came from"
_JACOBIAN = "J: the Jacobian of {}, its matrix of derivatives"


def meaning(name: str) -> str:
    """In words what a function of a rule does, where its sign or name does not say so; else nothing."""
    entry = NAMED.get(name)
    if name in MEANINGS or entry is None:
        return MEANINGS.get(name, "")
    if entry.form is Form.BACK:
        return _BACK.format(entry.word, entry.word)
    return _JACOBIAN.format(entry.word) if entry.form is Form.JACOBIAN else ""
