# One tensor used twice: its gradients add up
import torch

a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)

square = a * a  # two arrows from a: slot 0 and slot 1
loss = (square + a).sum()

loss.backward()
print(a.grad)  # 2a + 1
