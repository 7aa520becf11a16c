"""The first trained step of XOR with PyTorch. Fails unless the loss is sound."""
import sys

import torch
import torch.nn.functional as F

if sys.argv[1] == "1":
    torch.set_num_threads(1)
x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([0, 1, 1, 0])
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Sigmoid(), torch.nn.Linear(3, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
loss = F.cross_entropy(model(x), y)
loss.backward()
optimizer.step()
sys.exit(0 if 0.3 < loss.item() < 3 else 1)
