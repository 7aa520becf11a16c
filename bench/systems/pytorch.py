"""PyTorch, one thread or its default: speaks the protocol of worker.ts, JSON lines on stdin and stdout."""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F

CHECK_STEPS = 10


def arrays_of(message):
    """The numbers that the other systems use too: float32 values one after the other in a file."""
    with open(message["data"], "rb") as file:
        flat = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    arrays, start = {}, 0
    for name, shape in message["shapes"]:
        count = 1
        for size in shape:
            count *= size
        arrays[name] = flat[start:start + count].reshape(shape).clone()
        start += count
    return arrays


def network(workload, activation, arrays):
    layers = []
    if "convolutions" in workload:
        channels, kernel = workload["convolutions"]["channels"], workload["convolutions"]["kernel"]
        for i in range(len(channels) - 1):
            layer = torch.nn.Conv2d(channels[i], channels[i + 1], kernel)
            layers += [loaded(layer, arrays[f"k{i}"], arrays[f"c{i}"]), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]
        layers.append(torch.nn.Flatten())
    sizes = workload["sizes"]
    for i in range(len(sizes) - 1):
        if i > 0:
            layers.append(torch.nn.Sigmoid() if activation == "sigmoid" else torch.nn.ReLU())
        layers.append(loaded(torch.nn.Linear(sizes[i], sizes[i + 1]), arrays[f"w{i}"], arrays[f"b{i}"]))
    return torch.nn.Sequential(*layers)


def loaded(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    return layer


def checksum(values):
    flat = values.reshape(-1).abs().double()
    return float((flat * (torch.arange(len(flat)) % 7 + 1)).sum() / len(flat))


class Train:
    def __init__(self, workload, arrays):
        self.model = network(workload, workload["activation"], arrays)
        kind = torch.optim.Adam if workload["optimizer"] == "adam" else torch.optim.SGD
        self.optimizer = kind(self.model.parameters(), lr=workload["lr"])
        self.loss = F.mse_loss if workload["loss"] == "mse" else F.cross_entropy
        self.x = arrays["x"]
        self.y = arrays["y"] if workload["loss"] == "mse" else arrays["y"].long()
        for _ in range(CHECK_STEPS):
            loss = self.step(self.x, self.y)
        self.check = loss.item()

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss

    def run(self, count):
        for _ in range(count):
            self.step(self.x, self.y)


class Infer:
    def __init__(self, workload, arrays):
        self.model = network(workload, "relu", arrays).eval()
        self.x = arrays["x"]
        with torch.inference_mode():
            self.check = checksum(self.model(self.x))

    def run(self, count):
        with torch.inference_mode():
            for _ in range(count):
                self.model(self.x).numpy()


class Matmul:
    def __init__(self, workload, arrays):
        self.a, self.b = arrays["a"], arrays["b"]
        self.c = self.a @ self.b
        self.check = checksum(self.c)

    def run(self, count):
        for _ in range(count):
            torch.matmul(self.a, self.b, out=self.c)


class Elementwise:
    def __init__(self, workload, arrays):
        self.x, self.y = arrays["x"], arrays["y"]
        self.check = self.once()

    def once(self):
        return torch.sigmoid(self.x * self.y + self.x).sum().item()

    def run(self, count):
        for _ in range(count):
            self.once()


def read_digits(folder, part):
    def read(name, header):
        with open(f"{folder}/{part}-{name}-ubyte", "rb") as file:
            return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)

    return read("images-idx3", 16).reshape(-1, 784).float().div_(255), read("labels-idx1", 8).long()


class Epoch:
    """The fastest loop: all images as floats beforehand, a batch is one gather, no DataLoader."""

    check = None

    def __init__(self, workload, arrays, folder):
        self.batch = workload["batch"]
        self.x, self.y = read_digits(folder, "train")
        self.test = read_digits(folder, "t10k")
        settings = dict(workload, activation="relu", loss="crossEntropy", optimizer="adam")
        self.trainer = Train(settings, dict(arrays, x=self.x[:1], y=self.y[:1]))
        self.trainer.model = network(workload, "relu", arrays)
        self.trainer.optimizer = torch.optim.Adam(self.trainer.model.parameters(), lr=workload["lr"])

    def run(self, count):
        for _ in range(count):
            for rows in torch.randperm(len(self.y)).split(self.batch):
                self.trainer.step(self.x[rows], self.y[rows])

    def finish(self):
        x, y = self.test
        with torch.inference_mode():
            return float((self.trainer.model(x).argmax(1) == y).double().mean())


def prepare(message):
    workload = message["workload"]
    arrays = arrays_of(message)
    if workload["kind"] == "epoch":
        return Epoch(workload, arrays, message["mnist"])
    return {"train": Train, "infer": Infer, "matmul": Matmul, "elementwise": Elementwise}[workload["kind"]](workload, arrays)


def measure(prepared, seconds, chunk):
    """Seconds per run: the median over stretches of `chunk` runs that fill the time."""
    times = []
    end = time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        prepared.run(chunk)
        now = time.perf_counter()
        times.append((now - start) / chunk)
        if now >= end:
            return statistics.median(times)


def blas():
    """The library that multiplies matrices, as far as the system tells."""
    try:
        with open("/proc/self/maps") as file:
            names = {line.split("/")[-1].strip() for line in file if "blas" in line.lower() or "mkl" in line.lower()}
        return ", ".join(sorted(names)) or "what is built in"
    except OSError:
        return "an unknown library"


def note():
    return f"PyTorch {torch.__version__}, its matrices multiplied by {blas()}; threads: {torch.get_num_threads()}"


def main():
    prepared, chunk = None, 1
    if sys.argv[1] == "1":
        torch.set_num_threads(1)
    for line in sys.stdin:
        message = json.loads(line)
        reply = {}
        if message["do"] == "prepare":
            prepared = prepare(message)
            reply = {"check": prepared.check, "note": note()}
        elif message["do"] == "slice":
            reply = {"seconds": measure(prepared, message["seconds"], message["chunk"])}
        elif message["do"] == "finish":
            reply = {"check": prepared.finish()}
        print(json.dumps(reply), flush=True)


main()
