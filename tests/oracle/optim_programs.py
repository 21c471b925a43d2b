"""Programs of `torch.optim` that run with real PyTorch and with the engine; `make_optim.py` stores the results."""

import warnings

import numpy as np

OPTIMIZERS = {
    "SGD": lambda optim, params: optim.SGD(params, lr=0.01),
    "SGD with Nesterov's momentum": lambda optim, params: optim.SGD(
        params, lr=0.01, momentum=0.9, weight_decay=0.1, nesterov=True
    ),
    "SGD with dampening": lambda optim, params: optim.SGD(params, 0.01, 0.9, 0.5),
    "ASGD": lambda optim, params: optim.ASGD(params, t0=2),
    "Adam": lambda optim, params: optim.Adam(params, 0.1),
    "Adam with amsgrad": lambda optim, params: optim.Adam(params, 0.1, amsgrad=True, weight_decay=0.1),
    "Adam that maximizes": lambda optim, params: optim.Adam(params, maximize=True),
    "AdamW": lambda optim, params: optim.AdamW(params, 0.1),
    "NAdam": lambda optim, params: optim.NAdam(params, weight_decay=0.1),
    "RAdam": lambda optim, params: optim.RAdam(params, 0.1, betas=(0.9, 0.9)),
    "Adamax": lambda optim, params: optim.Adamax(params, weight_decay=0.1),
    "Adagrad": lambda optim, params: optim.Adagrad(params, lr_decay=0.1, initial_accumulator_value=0.1),
    "Adadelta": lambda optim, params: optim.Adadelta(params, weight_decay=0.1),
    "RMSprop": lambda optim, params: optim.RMSprop(params),
    "RMSprop centered": lambda optim, params: optim.RMSprop(params, momentum=0.9, centered=True, weight_decay=0.1),
    "Rprop": lambda optim, params: optim.Rprop(params),
    "LBFGS": lambda optim, params: optim.LBFGS(params, lr=0.1, max_iter=6, history_size=4),
    "LBFGS with a line search": lambda optim, params: optim.LBFGS(
        params, line_search_fn="strong_wolfe", max_iter=5, history_size=3
    ),
}
SCHEDULERS = {
    "StepLR": lambda s, o: s.StepLR(o, 3),
    "MultiStepLR": lambda s, o: s.MultiStepLR(o, [2, 5, 5]),
    "ConstantLR": lambda s, o: s.ConstantLR(o),
    "LinearLR": lambda s, o: s.LinearLR(o),
    "ExponentialLR": lambda s, o: s.ExponentialLR(o, 0.9),
    "PolynomialLR": lambda s, o: s.PolynomialLR(o, 6, 2.0),
    "CosineAnnealingLR": lambda s, o: s.CosineAnnealingLR(o, 4, 0.01),
    "CosineAnnealingWarmRestarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, 2),
    "LambdaLR": lambda s, o: s.LambdaLR(o, [lambda epoch: 0.95**epoch, lambda epoch: 1 / (1 + epoch)]),
    "MultiplicativeLR": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.95),
    "CyclicLR": lambda s, o: s.CyclicLR(o, 0.01, 0.1, step_size_up=3, mode="triangular2"),
    "CyclicLR by steps": lambda s, o: s.CyclicLR(
        o, 0.01, [0.1, 0.2], step_size_up=3, step_size_down=2, mode="exp_range", gamma=0.9
    ),
    "OneCycleLR": lambda s, o: s.OneCycleLR(o, 0.1, total_steps=15),
    "OneCycleLR in three phases": lambda s, o: s.OneCycleLR(
        o, 0.1, epochs=3, steps_per_epoch=5, three_phase=True, anneal_strategy="linear"
    ),
    "SequentialLR": lambda s, o: s.SequentialLR(o, [s.ConstantLR(o, 0.1, 2), s.ExponentialLR(o, 0.9)], [4]),
    "ChainedScheduler": lambda s, o: s.ChainedScheduler([s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9)], o),
}
ERRORS = {
    "no parameters": lambda torch: torch.optim.SGD([], 0.1),
    "a negative rate": lambda torch: torch.optim.SGD([torch.ones(2)], -1),
    "a tensor for a list": lambda torch: torch.optim.Adam(torch.ones(2)),
    "a number for a tensor": lambda torch: torch.optim.Adam([1]),
    "a non-leaf": lambda torch: torch.optim.Adam([torch.ones(2, requires_grad=True) * 2]),
    "a set": lambda torch: torch.optim.Adam([{"params": {torch.ones(1)}}]),
    "negative momentum": lambda torch: torch.optim.SGD([torch.ones(1)], momentum=-1),
    "Nesterov without momentum": lambda torch: torch.optim.SGD([torch.ones(1)], nesterov=True),
    "a beta too large": lambda torch: torch.optim.Adam([torch.ones(1)], betas=(0.9, 1.9)),
    "a parameter twice": lambda torch: _twice(torch),
    "names for some": lambda torch: torch.optim.SGD([("a", torch.ones(1)), torch.ones(1)]),
    "a scheduler of a number": lambda torch: torch.optim.lr_scheduler.StepLR(3, 3),
    "the base class": lambda torch: torch.optim.Optimizer([torch.ones(1)], {}).step(),
    "a state dict of another": lambda torch: torch.optim.SGD([torch.ones(1)]).load_state_dict(
        {"state": {}, "param_groups": []}
    ),
    "a milestone too few": lambda torch: _sequential(torch),
}


def train(torch, name, dtype):
    """Seven steps on a small problem: losses, parameters, versions, the optimizer's text and state."""
    random = np.random.RandomState(0)

    def tensor(*shape, requires_grad=False):
        return torch.tensor(random.randn(*shape), dtype=getattr(torch, dtype), requires_grad=requires_grad)

    weight, bias = tensor(3, 4, requires_grad=True), tensor(3, requires_grad=True)
    inputs, wanted = tensor(5, 4), tensor(5, 3)
    optimizer = OPTIMIZERS[name](torch.optim, [weight, bias])

    def closure():
        optimizer.zero_grad()
        loss = ((inputs @ weight.t() + bias - wanted) ** 2).sum() + (weight**4).sum() * 0.1
        loss.backward()
        return loss

    losses = []
    for _ in range(7):
        if name.startswith("LBFGS"):
            losses.append(optimizer.step(closure).item())
        else:
            losses.append(closure().item())
            optimizer.step()
    state = optimizer.state_dict()
    return {
        "losses": losses,
        "weight": weight.tolist(),
        "bias": bias.tolist(),
        "version": weight._version,
        "text": repr(optimizer),
        "state": {key: sorted(value) for key, value in state["state"].items()} if state["state"] else {},
        "groups": repr(state["param_groups"]),
    }


def schedule(torch, name):
    """The rates and momenta of two groups over fourteen steps."""
    groups = [
        {"params": [torch.ones(2, requires_grad=True)], "lr": 0.5},
        {"params": [torch.ones(2, requires_grad=True)]},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = SCHEDULERS[name](torch.optim.lr_scheduler, optimizer)
        found = []
        for _ in range(14):
            optimizer.step()
            scheduler.step()
            found.append([*scheduler.get_last_lr(), *(group["momentum"] for group in optimizer.param_groups)])
    return found


def plateau(torch, mode):
    """The rates that a plateau of measured values gives."""
    optimizer = torch.optim.SGD([torch.ones(2, requires_grad=True)], lr=0.1)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode, patience=1, cooldown=1)
    found = []
    for value in [5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3]:
        scheduler.step(torch.tensor(float(value)))
        found.append(scheduler.get_last_lr())
    return found


def error(torch, name):
    """The type and message of what is raised."""
    try:
        ERRORS[name](torch)
    except Exception as raised:
        return [type(raised).__name__, str(raised)]
    return ["nothing", ""]


def _twice(torch):
    parameter = torch.ones(1)
    return torch.optim.SGD([{"params": [parameter]}, {"params": [parameter]}])


def _sequential(torch):
    optimizer = torch.optim.SGD([torch.ones(1)])
    scheduler = torch.optim.lr_scheduler
    return scheduler.SequentialLR(optimizer, [scheduler.StepLR(optimizer, 2)], [1])
