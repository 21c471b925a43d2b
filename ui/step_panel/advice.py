"""What to do about an error message of autograd: the next move, by what the message says. Plain text."""

from __future__ import annotations

import re

_ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"modified by an inplace operation",
        "Write the new value to a new tensor (y = y + 1 instead of y += 1), or clone() what is overwritten before it "
        "is saved.",
    ),
    (
        r"backward through the graph a second time",
        "Give the first call retain_graph=True, or compute the forward pass again before the second backward().",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "Reduce to one number first, as in y.sum().backward(), or give the gradient: y.backward(torch.ones_like(y)).",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "Nothing that led here requires grad: create a leaf with requires_grad=True, and look for detach(), .data or "
        "no_grad() on the way.",
    ),
    (
        r"appears to not have been used in the graph",
        "Leave the tensor out of the inputs, or pass allow_unused=True and expect None for it.",
    ),
    (
        r"leaf Variable that requires grad is being used in an in-place",
        "Write to a parameter inside torch.no_grad(), or use an operation that makes a new tensor.",
    ),
    (
        r"returned an incorrect number of gradients|returned a gradient different than None",
        "backward must return one gradient per argument of forward, in their order, and None for what is no tensor.",
    ),
    (
        r"returned an invalid gradient at index",
        "The gradient of an input must have that input's shape and dtype: sum over the dims that were broadcast.",
    ),
    (r"returned nan values in its", "Step back: the numbers of each step show where the first NaN was made."),
    (
        r"shapes cannot be multiplied|size mismatch|must match the size|shape mismatch|not broadcastable",
        "Compare the shapes of the operands below: one of them may need .T, reshape or unsqueeze.",
    ),
    (
        r"hook .* has (changed|returned)|hook returned",
        "A hook must return a gradient of the same shape and dtype, or None.",
    ),
    (r"expected .* but (got|found)|must be", "Compare the operands below with what the message asks for."),
)
_COMPILED = tuple((re.compile(pattern), advice) for pattern, advice in _ADVICE)

OTHERWISE = "Everything before this step is complete: step back to see what it was given."


def advice_for(message: str) -> str:
    """The next move for a message; never empty."""
    return next((advice for pattern, advice in _COMPILED if pattern.search(message)), OTHERWISE)
