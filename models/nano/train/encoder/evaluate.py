"""Figures of a checkpoint: held-out lines, a left-out source, lines only to be measured."""

import argparse
import json
from pathlib import Path

import torch
import torch.nn.functional as F

from bert import Encoder, load_base
from calibrate import figures, fit, logits, mixed, owners, truths
from lines import Tokens, held_out, load, pad, read

SHARE = 0.6  # of the goals in the intents: between the best for left-out and for known sources, see ENCODER.md
FINAL = 0.825  # the temperature over both: what `strangers.py` found for sources left out


def open_checkpoint(path):
    saved = torch.load(path / "encoder.pt")
    net = Encoder(len(saved["goals"])).eval()
    net.load_state_dict(saved["net"])
    return net, saved["goals"]


def balance(lines):
    """Weights by which written and public lines count alike; calibration is for customers, not for templates."""
    written = [d["source"].startswith("written") for d in lines]
    n = max(1, sum(written)), max(1, len(lines) - sum(written))
    return torch.tensor([0.5 / n[0] if w else 0.5 / n[1] for w in written])


def calibrated(net, goals, lines, tokens):
    """The held-out lines, the intent of every goal, and the temperatures fitted on those lines; says what they give."""
    index, owner = owners(goals, lines)
    held = [d for d in lines if held_out(d)]
    li, lg = logits(net, held, tokens)
    truth, goal = truths(held, goals)
    t = fit(li, lg, owner, truth, goal, balance(held), SHARE) | {"final": FINAL}
    print(t, figures(mixed(li, lg, owner, t), truth))
    return held, index, t


@torch.no_grad()
def nearness(net, lines, tokens, n=500):
    """Cosine between the vectors before and after training, over n lines: mean and 5th percentile."""
    texts = [d["text"] for d in lines][:: max(1, len(lines) // n)][:n]
    base, out = load_base(1).eval(), []
    for t in texts:
        row = pad([tokens.input(t)])
        out.append(F.cosine_similarity(net.trunk(*row)[1], base.trunk(*row)[1]).item())
    out.sort()
    return round(sum(out) / len(out), 4), round(out[len(out) // 20], 4)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--measure", type=Path, default=Path("../shared/data/intents/measure_only.jsonl"))
    p.add_argument("--without", default="")
    p.add_argument("--shares", default=str(SHARE), help="comma between")
    p.add_argument("checkpoint", type=Path)
    a = p.parse_args()
    torch.set_num_threads(1)
    (net, goals), tokens, lines = open_checkpoint(a.checkpoint), Tokens(), load(a.written, a.public)
    _, owner = owners(goals, lines)
    left = [d for d in lines if a.without and d["source"].startswith(a.without)]
    rest = [d for d in lines if not (a.without and d["source"].startswith(a.without))]
    held = [d for d in rest if held_out(d)]
    tests = {"held": held, "held written": [d for d in held if d["source"].startswith("written")],
             "held public": [d for d in held if not d["source"].startswith("written")], "left": left}
    if a.measure.exists():
        tests["measure_only"] = read(a.measure)
    ready = {k: (*logits(net, v, tokens), *truths(v, goals)) for k, v in tests.items() if v}
    for share in map(float, a.shares.split(",")):
        li, lg, truth, goal = ready["held"]
        t = fit(li, lg, owner, truth, goal, balance(held), share) | {"final": FINAL}
        print(json.dumps(t))
        for k, (li, lg, truth, goal) in ready.items():
            print(k, json.dumps(figures(mixed(li, lg, owner, t), truth)), flush=True)
    seen = ready["held"][3] >= 0
    print("goals", round((ready["held"][1][seen].argmax(-1) == ready["held"][3][seen]).float().mean().item(), 4), int(seen.sum()))
    if not a.without:
        print("cosine to the original", nearness(net, held, tokens))


if __name__ == "__main__":
    main()
