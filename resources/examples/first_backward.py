# The first backward pass: x, y, z and out
import torch

x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()

out.backward()
print(x.grad)  # d(out)/dx = 3/2 (x + 2) = 4.5
