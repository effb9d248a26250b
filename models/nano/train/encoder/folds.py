"""Leaves one public source out after another, with more and more of the written lines: what a shop's own customers,
whom nobody here has heard, may expect, and whether writing more still pays.

A fit is the recipe of the reading top on the published trunk, so that nothing in it has seen the source left out; the temperatures are fitted
on the held-out lines of the other sources. One JSON line a fit; `--jobs` fits run beside each other on a CUDA device.
"""

import argparse
import json
import multiprocessing
from dataclasses import replace
from pathlib import Path

import torch

from bert import load_base
from calibrate import figures, fit, logits, mixed, owners, truths
from evaluate import SHARE, balance
from learn import READING, learn
from lines import Tokens, goal_names, held_out, load, new_rng, read

SOURCES = ["bitext", "clinc150", "banking77", "multidogo", "rasa", "chorus"]


def some(lines, count, seed):
    """Written lines in random order, conversations whole, until there are `count`; what the public sources hold stays."""
    groups, rest = {}, []
    for i, d in enumerate(lines):
        if d["source"].startswith("written"):
            groups.setdefault((d["source"], d.get("conversation", -i)), []).append(d)
        else:
            rest.append(d)
    order, out = list(groups.values()), []
    new_rng(seed).shuffle(order)
    for group in order:
        out += group if len(out) < count else []
    return out + rest


def one(task):
    a, source, count = task
    torch.set_num_threads(a.threads)
    torch.manual_seed(a.seed)  # the heads begin at random
    tokens, lines = Tokens(), load(a.written, a.public)
    goals = goal_names(lines)
    # A few lines may not have all the goals.
    _, owner = owners(goals, lines)
    left = [d for d in lines if d["source"].startswith(source)]
    lines = some([d for d in lines if not d["source"].startswith(source)], count, a.seed)
    train, held = [d for d in lines if not held_out(d)], [d for d in lines if held_out(d)]
    written = sum(d["source"].startswith("written") for d in train)
    recipe = replace(READING, epochs=a.epochs, lr=a.lr, seed=a.seed, batch=a.batch, dropout=a.dropout)
    net = learn(load_base(len(goals)), train, goals, tokens, recipe, say=lambda *_, **__: None)
    truth, goal = truths(held, goals)
    t = fit(*logits(net, held, tokens), owner, truth, goal, balance(held), SHARE)
    tests = {"left": left, "held": held} | ({"subjqa": read(a.measure)} if a.measure.exists() else {})
    out = {"without": source, "written": written}
    for name, test in tests.items():
        out[name] = figures(mixed(*logits(net, test, tokens), owner, t), truths(test, goals)[0])
    return out


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--measure", type=Path, default=Path("../shared/data/intents/measure_only.jsonl"))
    p.add_argument("--sources", default=",".join(SOURCES), help="comma between")
    p.add_argument("--sizes", default="1000000", help="numbers of written lines, comma between")
    p.add_argument("--epochs", type=float, default=3)
    p.add_argument("--lr", type=float, default=1.6e-4)
    p.add_argument("--batch", type=int, default=64)
    p.add_argument("--dropout", type=float, default=0.1)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--jobs", type=int, default=1)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    tasks = [(a, s, int(n)) for n in a.sizes.split(",") for s in a.sources.split(",")]
    with multiprocessing.get_context("spawn").Pool(a.jobs) as pool:
        for out in pool.imap_unordered(one, tasks, chunksize=1):
            print(json.dumps(out), flush=True)


if __name__ == "__main__":
    main()
