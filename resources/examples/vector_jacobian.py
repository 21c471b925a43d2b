# A loop, and a vector as the first gradient
import torch

torch.manual_seed(0)
x = torch.randn(3, requires_grad=True)

y = x * 2
while y.data.norm() < 1000:
    y = y * 2

# y is no scalar: backward() needs the vector v of v^T J.
v = torch.tensor([0.1, 1.0, 0.0001])
y.backward(v)
print(x.grad)
