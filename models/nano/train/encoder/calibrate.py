"""Temperatures on the held-out lines, and the figures of the result."""

import torch

from bert import INTENTS
from lines import pad

BINS = 15  # of the probabilities, where calibration is measured and drawn


@torch.no_grad()
def logits(net, lines, tokens):
    """Intent and goal logits of every line, as the runtime would see it, in 32-bit floats."""
    net.eval()
    where = next(net.parameters()).device
    order = sorted(range(len(lines)), key=lambda i: len(lines[i]["text"]))
    out = [None] * len(lines)
    for i in range(0, len(order), 64):
        part = order[i: i + 64]
        rows = pad([tokens.input(lines[j]["text"], lines[j].get("history") or []) for j in part])
        li, lg, _ = net(*(r.to(where) for r in rows))
        for j, a, b in zip(part, li.cpu(), lg.cpu()):
            out[j] = (a, b)
    return torch.stack([a for a, _ in out]), torch.stack([b for _, b in out])


def sharpened(p, t):
    """Probabilities at a temperature."""
    return (p.clamp_min(1e-9).log() / t).softmax(-1)


def mixed(li, lg, owner, t):
    """The runtime's probabilities: `src/llm/encoder/scores.rs`."""
    p = (1 - t["share"]) * (li / t["intent"]).softmax(-1) + t["share"] * (lg / t["goal"]).softmax(-1) @ owner
    return sharpened(p, t.get("final", 1))


def fit(li, lg, owner, truth, goal_truth, weight, share):
    """Temperatures of least weighted log loss; a plain grid, for it is two numbers."""
    grid = [0.5 + 0.05 * i for i in range(51)]
    seen = goal_truth >= 0
    nll = lambda t: torch.nn.functional.cross_entropy(lg[seen] / t, goal_truth[seen]).item()
    goal = min(grid, key=nll)

    def loss(t):
        p = mixed(li, lg, owner, {"share": share, "intent": t, "goal": goal})
        return -(weight * p[torch.arange(len(truth)), truth].clamp_min(1e-6).log()).sum().item()

    return {"intent": min(grid, key=loss), "goal": goal, "share": share}


def bins(p, truth):
    """For each fifteenth of the probabilities that holds any line: their mean, the share that is right, how many lines."""
    top, best = p.max(-1)
    right, out = (best == truth).float(), []
    for i in range(BINS):
        inside = (top > i / BINS) & (top <= (i + 1) / BINS)
        if inside.any():
            out.append((top[inside].mean().item(), right[inside].mean().item(), int(inside.sum())))
    return out


def figures(p, truth):
    """Accuracy, expected calibration error, and what a threshold of 0.85 gives."""
    top, best = p.max(-1)
    right = (best == truth).float()
    ece = sum(abs(right_share - mean) * n for mean, right_share, n in bins(p, truth)) / len(truth)
    sure = top >= 0.85
    return {
        "lines": len(truth), "accuracy": round(right.mean().item(), 4), "ece": round(ece, 4),
        "coverage_085": round(sure.float().mean().item(), 4),
        "precision_085": round(right[sure].mean().item(), 4) if sure.any() else None,
    }


def owners(goals, lines):
    label = {d["goal"]: d["label"] for d in lines if d.get("goal")}
    index = [INTENTS.index(label[g]) for g in goals]
    return index, torch.eye(len(INTENTS))[index]


def truths(lines, goals):
    goal = torch.tensor([goals.index(d["goal"]) if d.get("goal") in goals else -100 for d in lines])
    return torch.tensor([INTENTS.index(d["label"]) for d in lines]), goal
