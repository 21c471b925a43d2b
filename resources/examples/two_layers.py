# A network of two layers, written by hand
import torch

# %% Data: the sum of two numbers
torch.manual_seed(0)
inputs = torch.randn(8, 2)
targets = inputs.sum(dim=1, keepdim=True)

# %% Parameters
w1 = torch.randn(2, 4, requires_grad=True)
b1 = torch.zeros(4, requires_grad=True)
w2 = torch.randn(4, 1, requires_grad=True)

# %% Forward and backward
hidden = torch.relu(inputs @ w1 + b1)
prediction = hidden @ w2
loss = ((prediction - targets) ** 2).mean()
loss.backward()
print(loss.item(), w1.grad)

# %% One step of gradient descent
with torch.no_grad():
    for parameter in (w1, b1, w2):
        parameter.sub_(0.1 * parameter.grad)
        parameter.grad = None
