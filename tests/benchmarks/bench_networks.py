"""Training steps of small networks: the engine beside real PyTorch (CPU, 2 threads), HIPS autograd and MyGrad.

Milliseconds per step (forward, loss, backward, update), medians of rounds that go through all libraries in turn in one
process; `ratio` is engine / PyTorch. HIPS autograd has a convolution only with SciPy, so LeNet leaves it out.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from engine import torch as ours

ROUNDS = 60
RATE = 0.01
Step = Callable[[], object]
Arrays = dict[str, np.ndarray]
random = np.random.default_rng(0)


def single(*shape: int) -> np.ndarray:
    """Small random numbers in single precision."""
    return (random.standard_normal(shape) * 0.05).astype(np.float32)


MLP = {"w1": single(256, 784), "b1": single(256), "w2": single(128, 256), "b2": single(128)}
MLP |= {"w3": single(10, 128), "b3": single(10)}
MLP_DATA = (single(64, 784), random.integers(0, 10, 64))
WIDE = {f"w{number}": single(1024, 1024) for number in (1, 2, 3)}
WIDE_DATA = (single(1024, 1024), None)
LENET = {"k1": single(6, 1, 5, 5), "c1": single(6), "k2": single(16, 6, 5, 5), "c2": single(16)}
LENET |= {"w1": single(120, 256), "b1": single(120), "w2": single(84, 120), "b2": single(84)}
LENET |= {"w3": single(10, 84), "b3": single(10)}
LENET_DATA = (single(32, 1, 28, 28), random.integers(0, 10, 32))


def torch_step(torch: Any, model: Callable[..., Any], arrays: Arrays, data: tuple[Any, Any]) -> Step:
    """The same code for PyTorch and for the engine."""
    weights = {name: torch.tensor(array, requires_grad=True) for name, array in arrays.items()}
    x, target = torch.tensor(data[0]), None if data[1] is None else torch.tensor(data[1])

    def step() -> None:
        loss = model(torch, weights, x, target)
        for weight in weights.values():
            weight.grad = None
        loss.backward()
        with torch.no_grad():
            for weight in weights.values():
                weight.sub_(weight.grad, alpha=RATE)

    return step


def torch_dense(torch: Any, p: Any, x: Any, target: Any) -> Any:
    """The layers after the first ones; cross entropy of what they say."""
    f = torch.nn.functional
    x = f.relu(f.linear(x, p["w1"], p["b1"]))
    x = f.relu(f.linear(x, p["w2"], p["b2"]))
    return f.cross_entropy(f.linear(x, p["w3"], p["b3"]), target)


def torch_wide(torch: Any, p: Any, x: Any, _target: Any) -> Any:
    """Three layers without bias and the mean of what they give."""
    for name in ("w1", "w2", "w3"):
        x = (x @ p[name]).relu()
    return x.mean()


def torch_lenet(torch: Any, p: Any, x: Any, target: Any) -> Any:
    """Two convolutions with pooling, three dense layers."""
    f = torch.nn.functional
    x = f.max_pool2d(f.relu(f.conv2d(x, p["k1"], p["c1"])), 2)
    x = f.max_pool2d(f.relu(f.conv2d(x, p["k2"], p["c2"])), 2)
    return torch_dense(torch, p, x.flatten(1), target)


def hips_step(model: Callable[..., Any], arrays: Arrays, data: tuple[Any, Any]) -> Step:
    """HIPS autograd: a function of the weights, and its gradient."""
    gradient = import_module("autograd").grad(lambda weights: model(weights, *data))
    weights = {name: array.copy() for name, array in arrays.items()}

    def step() -> None:
        for name, found in gradient(weights).items():
            weights[name] -= RATE * found

    return step


def hips_dense(p: Any, x: Any, target: Any) -> Any:
    """The layers of `torch_dense`."""
    np_ = import_module("autograd.numpy")
    x = np_.maximum(np_.dot(x, p["w1"].T) + p["b1"], 0)
    x = np_.maximum(np_.dot(x, p["w2"].T) + p["b2"], 0)
    x = np_.dot(x, p["w3"].T) + p["b3"]
    top = np_.max(x, axis=1, keepdims=True)
    logs = x - top - np_.log(np_.sum(np_.exp(x - top), axis=1, keepdims=True))
    return -np_.mean(logs[np.arange(len(target)), target])


def hips_wide(p: Any, x: Any, _target: Any) -> Any:
    """The layers of `torch_wide`."""
    np_ = import_module("autograd.numpy")
    for name in ("w1", "w2", "w3"):
        x = np_.maximum(np_.dot(x, p[name]), 0)
    return np_.mean(x)


def mygrad_step(model: Callable[..., Any], arrays: Arrays, data: tuple[Any, Any]) -> Step:
    """MyGrad: tensors that keep their gradients."""
    mygrad = import_module("mygrad")
    weights = {name: mygrad.tensor(array) for name, array in arrays.items()}

    def step() -> None:
        model(weights, *data).backward()
        for weight in weights.values():
            weight.data -= np.float32(RATE) * weight.grad
            weight.null_grad()

    return step


def mygrad_dense(p: Any, x: Any, target: Any) -> Any:
    """The layers of `torch_dense`."""
    mygrad, nnet = import_module("mygrad"), import_module("mygrad.nnet")
    x = nnet.activations.relu(mygrad.matmul(x, p["w1"].T) + p["b1"])
    x = nnet.activations.relu(mygrad.matmul(x, p["w2"].T) + p["b2"])
    return nnet.losses.softmax_crossentropy(mygrad.matmul(x, p["w3"].T) + p["b3"], target)


def mygrad_wide(p: Any, x: Any, _target: Any) -> Any:
    """The layers of `torch_wide`."""
    mygrad, nnet = import_module("mygrad"), import_module("mygrad.nnet")
    for name in ("w1", "w2", "w3"):
        x = nnet.activations.relu(mygrad.matmul(x, p[name]))
    return x.mean()


def mygrad_lenet(p: Any, x: Any, target: Any) -> Any:
    """The layers of `torch_lenet`."""
    nnet = import_module("mygrad.nnet")
    for kernel, bias in (("k1", "c1"), ("k2", "c2")):
        made = nnet.layers.conv_nd(x, p[kernel], stride=1, padding=0) + p[bias].reshape(1, -1, 1, 1)
        x = nnet.layers.max_pool(nnet.activations.relu(made), (2, 2), 2)
    return mygrad_dense(p, x.reshape(len(target), -1), target)


CASES: dict[str, tuple[Arrays, tuple[Any, Any], Any, Any, Any]] = {
    "MLP 784-256-128-10, batch 64": (MLP, MLP_DATA, torch_dense, hips_dense, mygrad_dense),
    "three 1024x1024 layers": (WIDE, WIDE_DATA, torch_wide, hips_wide, mygrad_wide),
    "LeNet 32x1x28x28": (LENET, LENET_DATA, torch_lenet, None, mygrad_lenet),
}


def available(name: str) -> bool:
    """Whether a library is installed; says so when it is not."""
    try:
        import_module(name)
    except ImportError:
        print(f"{name} is not installed: left out (pip install {name})")
        return False
    return True


def measure(steps: dict[str, Step], rounds: int) -> dict[str, float]:
    """The median milliseconds of each step, one round after the other."""
    for step in steps.values():
        step()
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            started = time.perf_counter()
            step()
            times[name].append(time.perf_counter() - started)
    return {name: statistics.median(found) * 1e3 for name, found in times.items()}


def main() -> None:
    """Print the table."""
    libraries = [name for name in ("torch", "autograd", "mygrad") if available(name)]
    if "torch" in libraries:
        import_module("torch").set_num_threads(2)
    print(f"{'':32}{'torch ms':>10}{'engine ms':>11}{'ratio':>7}{'autograd ms':>13}{'mygrad ms':>11}")
    for title, (arrays, data, model, hips, mygrad) in CASES.items():
        steps = {"engine": torch_step(ours, model, arrays, data)}
        if "torch" in libraries:
            steps["torch"] = torch_step(import_module("torch"), model, arrays, data)
        if "autograd" in libraries and hips is not None:
            steps["autograd"] = hips_step(hips, arrays, data)
        if "mygrad" in libraries:
            steps["mygrad"] = mygrad_step(mygrad, arrays, data)
        found = measure(steps, ROUNDS // 4 if arrays is WIDE else ROUNDS)
        shown = {name: f"{found[name]:.2f}" if name in found else "-" for name in ("torch", "autograd", "mygrad")}
        ratio = f"{found['engine'] / found['torch']:.2f}" if "torch" in found else "-"
        print(
            f"{title:32}{shown['torch']:>10}{found['engine']:11.2f}{ratio:>7}{shown['autograd']:>13}"
            f"{shown['mygrad']:>11}"
        )


if __name__ == "__main__":
    main()
