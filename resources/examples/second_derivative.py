# A gradient penalty: the gradient of a gradient
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = (x**3).sum()
(first,) = torch.autograd.grad(y, x, create_graph=True)
penalty = (first**2).mean()
penalty.backward()
print(first, x.grad)
