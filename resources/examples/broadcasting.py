# Broadcasting: a bias gets the sum over the batch
import torch

x = torch.arange(12.0).reshape(4, 3)
bias = torch.zeros(3, requires_grad=True)

y = x + bias  # (4, 3) + (3,)
loss = (y * y).mean()

loss.backward()
print(bias.grad)  # summed over dim 0: (4, 3) -> (3,)
