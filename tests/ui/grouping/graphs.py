"""Programs whose graphs are grouped in these tests, run on the engine with a recorder."""

from functools import cache

from tests.engine.programs import record
from ui.snapshot import Snapshot

LAYERS = """
class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.near, self.far = torch.nn.Linear(4, 4), torch.nn.Linear(4, 4)
    def forward(self, x):
        return x + self.far(torch.relu(self.near(x)))
class Encoder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(*[Layer() for _ in range(12)])
        self.head = torch.nn.Linear(4, 1)
    def forward(self, x):
        return self.head(self.layers(x)).sum()
net = Encoder()
loss = net(torch.ones(3, 4))
"""

RECURRENT = """
w = torch.ones(4, requires_grad=True)
h = torch.zeros(4)
for step in range(50):
    h = torch.tanh(h * w + 1)
loss = h.sum()
"""

TRAINING = """
def loss_of(w, b):
    return ((w * 2 + b) ** 2).sum()
w, b = torch.ones(2, requires_grad=True), torch.zeros(2, requires_grad=True)
for i in range(200):
    loss = loss_of(w, b)
    loss.backward()
    with torch.no_grad():
        for p in (w, b):
            p -= 0.01 * p.grad
            p.grad = None
"""

BRANCHES = """
x = torch.ones(2, requires_grad=True)
for i in range(6):
    x = x * 2 if i != 3 else x.exp() + 1
"""


@cache
def snapshot(*cells):
    return Snapshot.of(record(*cells))
