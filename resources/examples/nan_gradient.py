# Where a NaN gradient is born
import torch

x = torch.tensor([0.0, 1.0, 4.0], requires_grad=True)

root = torch.sqrt(x)  # its slope at 0 is infinite
loss = (root * x).sum()  # 0 times infinity is NaN

loss.backward()
print(x.grad)
