"""Fine-tunes the trunk and the two heads, or a reading top on a trunk that stays; see `models/nano/ENCODER.md`."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import torch

from bert import INTENTS, LAYERS, load_base
from learn import MORE, READING, Progress, Recipe, device, halved, learn, to
from lines import Tokens, goal_names, held_out, load, pad
from opened import open_file


@torch.no_grad()
def accuracy(net, lines, tokens, owner):
    """Share of right intents by source: the intent head, and its mean with the goals summed."""
    where = device()
    net.eval()
    right, both, of = {}, {}, {}
    lines = sorted(lines, key=lambda d: len(d["text"]))
    for i in range(0, len(lines), 64):
        part = lines[i: i + 64]
        rows = [tokens.input(d["text"], d.get("history") or []) for d in part]
        with halved(where):
            logits, goals, _ = net(*to(pad(rows), where))
        heads = logits.float().softmax(-1)
        mixed = (heads + goals.float().softmax(-1) @ owner.to(where)) / 2
        for d, best, other in zip(part, heads.argmax(-1).tolist(), mixed.argmax(-1).tolist()):
            for s in (d["source"].split("-")[0], "all"):
                of[s] = of.get(s, 0) + 1
                right[s] = right.get(s, 0) + (INTENTS[best] == d["label"])
                both[s] = both.get(s, 0) + (INTENTS[other] == d["label"])
    net.train()
    return {s: (round(right[s] / of[s], 4), round(both[s] / of[s], 4)) for s in sorted(of)}


def arguments():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--measure", type=Path, default=Path("../shared/data/intents/measure_only.jsonl"))
    p.add_argument("--without", default="", help="leave out the sources whose names begin so, and test on them")
    p.add_argument("--all", action="store_true", help="learn from the held-out lines too (no figures then)")
    p.add_argument("--on", type=Path, help="learn a reading top on the lower layers of this encoder.gguf, which stay as they are")
    p.add_argument("--more", action="store_true", help="with --on: go on from the reading top the file has")
    p.add_argument("--top", type=int, default=LAYERS, help="layers of the reading top")
    p.add_argument("--epochs", type=float, help="the recipe's unless given; so the two below")
    p.add_argument("--lr", type=float)
    p.add_argument("--batch", type=int)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--resume", action="store_true", help="go on where the last epoch in --out ended")
    p.add_argument("--out", type=Path, required=True)
    return p.parse_args()


def main():
    a = arguments()
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    tokens, lines = Tokens(), load(a.written, a.public)
    goals = goal_names(lines)
    label_of = {d["goal"]: d["label"] for d in lines if d.get("goal")}
    owner = torch.tensor([[float(label_of[g] == i) for i in INTENTS] for g in goals])
    left = [d for d in lines if a.without and d["source"].startswith(a.without)]
    if a.without:
        lines = [d for d in lines if not d["source"].startswith(a.without)]
    train = [d for d in lines if a.all or not held_out(d)]
    tests = {"held": [d for d in lines if held_out(d)], "left": left}
    if a.measure.exists():
        tests["measure_only"] = [{**d, "source": "subjqa"} for d in map(json.loads, open(a.measure))]
    print("lines", len(train), {k: len(v) for k, v in tests.items()}, "on", device(), flush=True)
    given = {name: getattr(a, name) for name in ("epochs", "lr", "batch", "seed") if getattr(a, name) is not None}
    if a.on:
        net, recipe = open_file(a.on, goals, a.more)[0], replace(MORE if a.more else READING, **given)
        net.fixed = LAYERS - a.top
    else:
        net, recipe = load_base(len(goals)), replace(Recipe(), **given)

    def each(mean_net, step):
        state = {name: tensor.cpu() for name, tensor in mean_net.state_dict().items()}
        torch.save({"net": state, "goals": goals, "step": step}, a.out / "encoder.pt")
        for name, test in tests.items():
            if test:
                print(step, name, accuracy(mean_net, test, tokens, owner), flush=True)

    learn(net, train, goals, tokens, recipe, each, Progress(a.out, a.resume))


if __name__ == "__main__":
    main()
