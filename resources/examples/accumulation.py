# Two passes without zero_grad: .grad keeps the sum
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)

(w * 3).sum().backward()
print(w.grad)  # 3

(w * w).sum().backward()
print(w.grad)  # 3 + 2w: before + added = after

w.grad.zero_()
(w * w).sum().backward()
print(w.grad)  # 2w
