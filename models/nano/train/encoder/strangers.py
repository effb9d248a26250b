"""What customers nobody here has heard may expect, and how sure of them to be: every public source is left out at once.

The trunk is fitted to written lines alone, then learns on over them as the file that ships did. The temperatures of the heads are
fitted on held-out written lines; those lines were written to be hard, and the shop would be less sure of strangers than it is right. So the
last temperature (`FINAL` in `evaluate.py`) is the one of least log loss on public lines; what it gives on a source is measured with the one that the
other sources ask for. About an hour on two cores.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from bert import load_base
from calibrate import figures, fit, logits, mixed, owners, sharpened, truths
from evaluate import SHARE, balance
from folds import SOURCES
from learn import MORE, Recipe, learn
from lines import Tokens, goal_names, held_out, load

GRID = [0.4 + 0.025 * i for i in range(33)]


def best(p, truth):
    """The temperature of least log loss."""
    return min(GRID, key=lambda t: -sharpened(p, t)[torch.arange(len(truth)), truth].clamp_min(1e-6).log().mean().item())


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--seed", type=int, default=7)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    tokens, lines = Tokens(), load(a.written, a.public)
    strangers = [d for d in lines if not d["source"].startswith("written")]
    lines = [d for d in lines if d["source"].startswith("written")]
    train, held = [d for d in lines if not held_out(d)], [d for d in lines if held_out(d)]
    goals = goal_names(lines)
    _, owner = owners(goals, lines)
    net = learn(load_base(len(goals)), train, goals, tokens, replace(Recipe(), epochs=2, seed=a.seed))
    for again in (0, 1):
        net = learn(net, train, goals, tokens, replace(MORE, dropout=0.1, seed=a.seed + again))
    truth, goal = truths(held, goals)
    heads = fit(*logits(net, held, tokens), owner, truth, goal, balance(held), SHARE)
    p, truth = mixed(*logits(net, strangers, tokens), owner, heads), truths(strangers, goals)[0]
    print(heads, "before", figures(p, truth))
    for source in SOURCES:
        own = torch.tensor([d["source"].startswith(source) for d in strangers])
        t = best(p[~own], truth[~own])
        print(source, round(t, 3), figures(sharpened(p[own], t), truth[own]), flush=True)
    t = best(p, truth)
    print("all", round(t, 3), figures(sharpened(p, t), truth))


if __name__ == "__main__":
    main()
