# Attention by hand: who looks at whom
import torch

torch.manual_seed(0)
query, key, value = (torch.randn(4, 3, requires_grad=True) for _ in range(3))

scores = query @ key.T / 3**0.5
scores = scores.masked_fill(torch.triu(torch.ones(4, 4, dtype=torch.bool), 1), float("-inf"))
weights = scores.softmax(dim=-1)
out = weights @ value

out.sum().backward()
print(weights)
print(value.grad)
