"""Programs with something to see while stepping, and their traces as the recorder makes them."""

from functools import cache

from tests.engine.programs import Recording
from ui.stepping import PassSteps

PROGRAMS = {
    "hooks": """x = torch.ones(3, requires_grad=True)
y = x * 2
def double(g):
    return g * 2
y.register_hook(double)
y.grad_fn.register_prehook(lambda gs: None)
y.grad_fn.register_hook(lambda gi, go: (gi[0] + 1, None))
x.register_post_accumulate_grad_hook(lambda t: t.grad.mul_(0.5))
y.sum().backward()""",
    "custom": """class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x ** 3

    @staticmethod
    def backward(ctx, g):
        x, = ctx.saved_tensors
        return g * 2 * x  # wrong: 3 x ** 2

x = torch.tensor([1., 2.], requires_grad=True)
Cube.apply(x).sum().backward()""",
    "custom returns too many": """class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2, g

x = torch.tensor([1., 2.], requires_grad=True)
Twice.apply(x).sum().backward()""",
    "penalty": """x = torch.tensor([1., 2., 3.], requires_grad=True)
w = torch.tensor([.5, -1., 2.], requires_grad=True)
out = (w * x ** 2).sum()
g, = torch.autograd.grad(out, x, create_graph=True)
penalty = ((g.norm() - 1) ** 2)
penalty.backward()""",
    "log of zero": """x = torch.tensor([0., 1.], requires_grad=True)
y = (x * torch.log(x)).sum()
y.backward()""",
    "edited": """x = torch.ones(3, requires_grad=True)
y = x.exp()
y += 1
y.sum().backward()""",
    "edited without grad": """w = torch.ones(3, requires_grad=True)
y = (w * w).sum()
with torch.no_grad():
    w -= 0.1 * w
y.backward()""",
    "second backward": """x = torch.ones(3, requires_grad=True)
y = x.exp().sum()
y.backward()
y.backward()""",
    "retained": """x = torch.ones(3, requires_grad=True)
y = x.exp().sum()
y.backward(retain_graph=True)
y.backward()""",
    "mlp twice": """torch.manual_seed(0)
w1, b1 = torch.randn(3, 4, requires_grad=True), torch.zeros(4, requires_grad=True)
w2 = torch.randn(4, 1, requires_grad=True)
data = torch.randn(8, 3)
for step in range(2):
    h = torch.tanh(data @ w1 + b1)
    loss = ((h @ w2) ** 2).mean()
    loss.backward()""",
    "rnn": """torch.manual_seed(0)
w, u = torch.randn(4, 4, requires_grad=True), torch.randn(4, 4, requires_grad=True)
h = torch.zeros(2, 4)
for t in range(50):
    h = torch.tanh(h @ w + torch.randn(2, 4) @ u)
h.sum().backward()""",
    "double backward": """x = torch.tensor([1., 2.], requires_grad=True)
g, = torch.autograd.grad((x**3).sum(), x, create_graph=True)
g.sum().backward()""",
    "forward fails": """a = torch.ones(2, 3, requires_grad=True)
b = torch.ones(2, 3)
c = a * 2
d = c @ b""",
    "many contributions": """x = torch.tensor([1., 2.], requires_grad=True)
y = x * 1
total = 0
for i in range(40):
    total = total + (y * (i + 1)).sum()
total.backward()""",
    "two outputs": """x = torch.arange(6., requires_grad=True)
a, b = x.split(3)
(a * 2 + b).sum().backward()""",
}


@cache
def recorded(name):
    """The trace of one of the programs; what fails in it is part of it."""
    recording = Recording()
    recording.run(PROGRAMS[name])
    return recording.trace


def position_of(trace, op, pass_id=0):
    """The first step of a pass that runs `op`."""
    steps = PassSteps(trace, pass_id)
    return next(k for k in range(1, steps.count + 1) if trace.node(steps.node(k)).op == op)
