"""Products of vectors and matrices, one row each: dot, mv, mm, bmm, addmm, outer. `matmul` is made of them."""

from typing import Any

import numpy as np

from ...tensor import TENSORS, Tensor, from_array
from ...types.dtype import C_NAMES, bool_, of_numpy
from ..offer import Chosen, run_inplace
from ..operands import require_tensor
from ..out import through
from ..shape.expand import expand
from ..shape.shape import reshape_to
from ..single import one
from ..table import FUNCTIONS, Gradient, Row, expose
from ..tools import mT, sum_to, t


def as_it_lies(left: Any, right: Any, strides: tuple[int, ...]) -> Any:
    """left @ right, by columns in memory where `strides` are those of a transposed matrix."""
    return t(t(right) @ t(left)) if strides[0] < strides[1] else left @ right


def product_of(left: Any, right: Any) -> Any:
    """left.dot(right) of a matrix and a matrix or vector.

    Of a single element NumPy makes a scaling, which skips zero times nan; here it is an elementwise product.
    """
    if left.shape[1] == 1 and (left.size == 1 or right.size == 1):
        return left * right if right.ndim == 2 else (left * right)[:, 0]
    return left.dot(right)


def outer_of(x: Any, y: Any) -> Any:
    """Each element of the vector x times each of the vector y."""
    return x.reshape(-1, 1) * y


_mm = one(
    Row(
        "mm",
        product_of,  # as np.matmul, and quicker where there is no batch
        ("self", "mat2"),
        (
            Gradient("grad @ t(mat2)", lambda grad, mat2: grad @ t(mat2)),
            Gradient(
                "t(self) @ grad",
                lambda grad, self, mat2_sym_strides: as_it_lies(t(self), grad, mat2_sym_strides),
            ),
        ),
        node="MmBackward0",
        saves=("self", "self_sym_sizes", "self_sym_strides", "mat2", "mat2_sym_sizes", "mat2_sym_strides"),
        domain="matrices",
    )
)
_mv = one(
    Row(
        "mv",
        product_of,
        ("self", "vec"),
        (
            Gradient("outer_of(grad, vec)", lambda grad, vec: outer_of(grad, vec)),
            Gradient("t(self) @ grad", lambda grad, self: t(self) @ grad),
        ),
        node="MvBackward0",
        domain="matrices",
    )
)
_dot = one(
    Row(
        "dot",
        np.ndarray.dot,
        ("self", "tensor"),
        (
            Gradient("grad * tensor", lambda grad, tensor: grad * tensor),
            Gradient("grad * self", lambda grad, self: grad * self),
        ),
        node="DotBackward0",
        domain="matrices",
    )
)
_bmm = one(
    Row(
        "bmm",
        np.matmul,
        ("self", "mat2"),
        (
            Gradient("bmm(grad, mT(mat2))", lambda grad, mat2: batched(grad, mT(mat2))),
            Gradient("bmm(mT(self), grad)", lambda grad, self: batched(mT(self), grad)),
        ),
        node="BmmBackward0",
        domain="matrices",
    )
)
_addmm = one(
    Row(
        "addmm",
        lambda self, mat1, mat2, beta, alpha: summed(self, product_of(mat1, mat2), beta, alpha),
        ("self", "mat1", "mat2"),
        (
            Gradient(
                "sum_to(grad * beta, self_shape)",
                lambda grad, self_shape, beta: sum_to(scaled(grad, beta), self_shape),
            ),
            Gradient("(grad @ t(mat2)) * alpha", lambda grad, mat2, alpha: scaled(grad @ t(mat2), alpha)),
            Gradient(
                "(t(mat1) @ grad) * alpha",
                lambda grad, mat1, mat2_sym_strides, alpha: scaled(as_it_lies(t(mat1), grad, mat2_sym_strides), alpha),
            ),
        ),
        node="AddmmBackward0",
        arguments=("beta", "alpha"),
        saves=(
            *("alpha", "beta", "mat1", "mat1_sym_sizes", "mat1_sym_strides"),
            *("mat2", "mat2_sym_sizes", "mat2_sym_strides"),
        ),
        domain="matrices",
    )
)


@expose("mm")
def mm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """The product of two matrices."""
    if out is not None:
        return through("mm", out, mm, input, mat2)  # type: ignore[no-any-return]  # it is `out`
    if type(input) not in TENSORS or type(mat2) not in TENSORS:
        require_tensor("mm", "input", 1, input)
        require_tensor("mm", "mat2", 2, mat2)
    left, right = input.array, mat2.array
    if left.ndim != 2 or right.ndim != 2:
        raise RuntimeError(f"{'self' if left.ndim != 2 else 'mat2'} must be a matrix")
    if left.shape[1] != right.shape[0] or left.dtype is not right.dtype or left.dtype.kind == "b":
        _check_product(input, mat2)
    return _mm((input, mat2))


@expose("mv")
def mv(input: Tensor, vec: Tensor, *, out: Any = None) -> Tensor:
    """A matrix times a vector."""
    if out is not None:
        return through("mv", out, mv, input, vec)  # type: ignore[no-any-return]  # it is `out`
    if type(input) not in TENSORS or type(vec) not in TENSORS:
        require_tensor("mv", "input", 1, input)
        require_tensor("mv", "vec", 2, vec)
    matrix, vector = input.array, vec.array
    if matrix.ndim != 2 or vector.ndim != 1:
        if not matrix.ndim:
            raise IndexError("Dimension specified as 0 but tensor has no dimensions")
        raise RuntimeError(f"vector + matrix @ vector expected, got 1, {matrix.ndim}, {vector.ndim}")
    if matrix.shape[1] != vector.shape[0]:
        rows, columns = matrix.shape
        raise RuntimeError(f"size mismatch, got input ({rows}), mat ({rows}x{columns}), vec ({vector.shape[0]})")
    if matrix.dtype is not vector.dtype and matrix.dtype != vector.dtype:
        one_type, other = input.dtype.scalar_type, vec.dtype.scalar_type
        raise RuntimeError(f"addmv input tensors must have the same dtype, but got {other}, {one_type}, and {other}")
    if matrix.dtype.kind == "b":
        _refuse_bool(input, "addmv_impl_cpu")
    return _mv((input, vec))


@expose("dot")
def dot(input: Tensor, tensor: Tensor, *, out: Any = None) -> Tensor:
    """The sum of the products of two vectors' elements."""
    if out is not None:
        return through("dot", out, dot, input, tensor)  # type: ignore[no-any-return]  # it is `out`
    _check_vectors("dot", input, tensor, "tensor")
    return _dot((input, tensor))


def _check_vectors(op: str, input: Tensor, tensor: Tensor, name: str) -> None:
    """Raise in PyTorch's words unless both are vectors of one length and dtype."""
    if type(input) not in TENSORS or type(tensor) not in TENSORS:
        require_tensor(op, "input", 1, input)
        require_tensor(op, name, 2, tensor)
    one_array, other = input.array, tensor.array
    if one_array.ndim != 1 or other.ndim != 1:
        raise RuntimeError(f"1D tensors expected, but got {one_array.ndim}D and {other.ndim}D tensors")
    if one_array.dtype != other.dtype:
        raise RuntimeError(
            "dot : expected both vectors to have same dtype, but found "
            f"{input.dtype.scalar_type} and {tensor.dtype.scalar_type}"
        )
    a, b = one_array.size, other.size
    if a != b:
        raise RuntimeError(
            f"inconsistent tensor size, expected tensor [{a}] and src [{b}] to have the same number of elements, but "
            f"got {a} and {b} elements respectively"
        )
    _refuse_bool(input, "dot")


@expose("bmm")
def bmm(input: Tensor, mat2: Tensor, *, out: Any = None) -> Tensor:
    """The products of two batches of matrices."""
    if out is not None:
        return through("bmm", out, bmm, input, mat2)  # type: ignore[no-any-return]  # it is `out`
    if type(input) not in TENSORS or type(mat2) not in TENSORS:
        require_tensor("bmm", "input", 1, input)
        require_tensor("bmm", "mat2", 2, mat2)
    first, second = input.array, mat2.array
    for place, array in enumerate((first, second)):
        if array.ndim != 3:
            raise RuntimeError(f"batch{place + 1} must be a 3D tensor")
    if second.shape[:2] != (first.shape[0], first.shape[2]):
        raise RuntimeError(
            f"Expected size for first two dimensions of batch2 tensor to be: [{first.shape[0]}, {first.shape[2]}] but "
            f"got: [{second.shape[0]}, {second.shape[1]}]."
        )
    if first.dtype != second.dtype:
        raise RuntimeError(f"expected scalar type {input.dtype.scalar_type} but found {mat2.dtype.scalar_type}")
    _refuse_bool(input, "bmm")
    return _bmm((input, mat2))


@expose("addmm")
def addmm(input: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1, out: Any = None) -> Tensor:
    """beta * input + alpha * (mat1 @ mat2); `input` broadcasts."""
    if out is not None:
        return through("addmm", out, addmm, input, mat1, mat2, beta=beta, alpha=alpha)  # type: ignore[no-any-return]  # it is `out`
    _check_added(input, mat1, mat2)
    return _addmm((input, mat1, mat2), (beta, alpha))


@expose("addmm_", function=False)
def addmm_(self: Tensor, mat1: Tensor, mat2: Tensor, *, beta: float = 1, alpha: float = 1) -> Tensor:
    """`addmm` over its first operand."""
    _check_added(self, mat1, mat2)
    size = (mat1.array.shape[0], mat2.array.shape[1])
    if self.array.shape != size:
        raise RuntimeError(
            f"Bad in-place call: input tensor size {list(self.array.shape)} and output tensor size {list(size)} "
            "should match"
        )
    made: Tensor = run_inplace(self, Chosen("addmm", (self, mat1, mat2), (beta, alpha)))
    return made


def require_same_dtypes(input: Tensor, mat1: Tensor, mat2: Tensor) -> None:
    """Raise PyTorch's RuntimeError unless what is multiplied and what it is added to have one dtype."""
    for left, right, name in ((input, mat2, "self"), (mat1, mat2, "mat1")):
        if left.array.dtype != right.array.dtype:
            raise RuntimeError(
                f"{name} and mat2 must have the same dtype, but got {left.dtype.scalar_type} and "
                f"{right.dtype.scalar_type}"
            )


def _check_added(input: Tensor, mat1: Tensor, mat2: Tensor) -> None:
    """Raise in PyTorch's words where an addmm does not fit."""
    if type(input) not in TENSORS:
        require_tensor("addmm", "input", 1, input)
    for name, place, matrix in (("mat1", 2, mat1), ("mat2", 3, mat2)):
        if type(matrix) not in TENSORS:
            require_tensor("addmm", name, place, matrix)
    one_array, other = mat1.array, mat2.array
    if not input.array.dtype is one_array.dtype is other.dtype:
        require_same_dtypes(input, mat1, mat2)
    for name, matrix in (("mat1", mat1), ("mat2", mat2)):
        if matrix.array.ndim != 2:
            raise RuntimeError(f"{name} must be a matrix, got {matrix.array.ndim}-D tensor")
    if one_array.shape[1] != other.shape[0] or one_array.dtype.kind == "b":
        _check_product(mat1, mat2)
    require_expandable(input, (one_array.shape[0], other.shape[1]))


_vdot = one(
    Row(
        "vdot",
        np.ndarray.dot,
        ("self", "other"),
        (
            Gradient("grad * other", lambda grad, other: grad * other),
            Gradient("grad * self", lambda grad, self: grad * self),
        ),
        node="VdotBackward0",
        domain="matrices",
    )
)


@expose("vdot")
def vdot(input: Tensor, other: Tensor, *, out: Any = None) -> Tensor:
    """As `dot`: all numbers are real."""
    if out is not None:
        return through("vdot", out, vdot, input, other)  # type: ignore[no-any-return]  # it is `out`
    _check_vectors("vdot", input, other, "other")
    return _vdot((input, other))


@expose("outer", "ger")
def outer(input: Tensor, vec2: Tensor, *, out: Any = None) -> Tensor:
    """Each element of a vector times each of another: (n,) and (m,) give (n, m)."""
    if out is not None:
        return through("outer", out, outer, input, vec2)  # type: ignore[no-any-return]  # it is `out`
    for name, given in (("self", input), ("vec2", vec2)):
        if given.array.ndim != 1:
            raise RuntimeError(f"outer: Expected 1-D argument {name}, but got {given.array.ndim}-D")
    made: Tensor = FUNCTIONS["mul"](reshape_to(input, (input.array.size, 1)), vec2)
    return made


def require_expandable(tensor: Tensor, size: tuple[int, ...]) -> None:
    """Raise in PyTorch's words unless the tensor broadcasts to that size."""
    shape = tensor.array.shape
    if shape == size or (len(shape) == 1 and shape[0] in (1, size[-1])):
        return
    expand(from_array(tensor.array), size)


def batched(x: Any, y: Any) -> Any:
    """`bmm` on arrays and tensors."""
    return x.bmm(y) if type(x) in TENSORS else np.matmul(x, y)


def scaled(x: Any, factor: float) -> Any:
    """x times a number, which for integers is one too."""
    if factor == 1:
        return x
    return x * (factor if x.dtype.kind == "f" else int(factor)) if type(x) not in TENSORS else x * factor


def summed(start: Any, product: Any, beta: float, alpha: float) -> Any:
    """beta * start + alpha * product of arrays; `start` is not looked at where beta is zero."""
    if beta == 1 and alpha == 1:
        return start + product
    return scaled(product, alpha) if beta == 0 else scaled(start, beta) + scaled(product, alpha)


def _check_product(mat1: Tensor, mat2: Tensor) -> None:
    one_shape, other = mat1.array.shape, mat2.array.shape
    if one_shape[1] != other[0]:
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({one_shape[0]}x{one_shape[1]} and {other[0]}x{other[1]})"
        )
    if mat1.array.dtype != mat2.array.dtype:
        raise RuntimeError(
            "expected m1 and m2 to have the same dtype, but got: "
            f"{C_NAMES[mat1.dtype.name]} != {C_NAMES[mat2.dtype.name]}"
        )
    _refuse_bool(mat1, "addmm_impl_cpu_")


def _refuse_bool(tensor: Tensor, kernel: str) -> None:
    if of_numpy(tensor.array.dtype) is bool_:
        raise NotImplementedError(f"\"{kernel}\" not implemented for 'Bool'")
