# A small image network: convolution, pooling, a flat layer
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(
    nn.Conv2d(1, 4, kernel_size=3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(4 * 4 * 4, 3),
)
images, classes = torch.rand(2, 1, 8, 8), torch.tensor([0, 2])
loss = nn.functional.cross_entropy(net(images), classes)
loss.backward()
print(net[0].weight.grad.shape, loss)
