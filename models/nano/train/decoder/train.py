"""Learns the decoder: `python models/nano/train/decoder/train.py --out decoder.pt`, on two cores or a CUDA device.

First mostly from the shop's own phrases, then mostly from written replies. Goes on where it was stopped.
"""

import argparse
import math
import random
import time
from pathlib import Path

import torch
from torch.nn import functional as F

from llama import Llama, Shape
from pairs import drawn, held_out, ids, load, numbered, told
from vocabulary import Pieces, learn

STAGES = [(4, 1.0), (12, 0.4)]  # epochs, and phrased replies for each written one
RATE, BATCH, DROPOUT, SEED, BRIEF = 2e-3, 4_096, 0.2, 7, 0.1


def batches(pairs, pieces, context):
    """Batches of like lengths: pieces, and what each counts."""
    made = sorted((x for x in (ids(p, pieces) for p in pairs) if len(x[0]) <= context), key=lambda x: len(x[0]))
    at = 0
    while at < len(made):
        end = at + 1
        while end < len(made) and (end + 1 - at) * len(made[end][0]) <= BATCH:
            end += 1
        rows, at = made[at:end], end
        long = len(rows[-1][0])
        x = torch.zeros(len(rows), long, dtype=torch.long)
        w = torch.zeros(len(rows), long)
        for i, (row, begin) in enumerate(rows):
            x[i, :len(row)] = torch.tensor(row)
            w[i, :begin], w[i, begin:len(row)] = BRIEF, 1.0
        yield x, w


def loss_of(net, x, w):
    scores = net(x[:, :-1])
    each = F.cross_entropy(scores.flatten(0, 1), x[:, 1:].flatten(), reduction="none")
    return (each * w[:, 1:].flatten()).sum(), w[:, 1:].sum()


@torch.no_grad()
def measure(net, pairs, pieces, device):
    """Mean loss of a piece of the replies."""
    net.eval()
    total = count = 0.0
    for x, w in batches(pairs, pieces, net.s.context):
        a, n = loss_of(net, x.to(device), (w == 1.0).float().to(device))
        total, count = total + a.item(), count + n.item()
    net.train()
    return total / max(count, 1)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", type=Path, default=Path("models/nano/data"))
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--pieces", type=int, default=2_048)
    p.add_argument("--replies", type=int, default=0, help="learn from so many written replies only, for the curve")
    p.add_argument("--epochs", type=float, default=1.0, help="times the epochs of the recipe")
    a = p.parse_args()
    torch.manual_seed(SEED)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    written, phrased = load(a.data)
    kept = [numbered(x) for x in written if held_out(x.message)]
    written, phrased = ([x for x in part if not held_out(x.message)] for part in (written, phrased))
    pick = random.Random(SEED)
    pieces = Pieces(learn([told(x.message, x.say) for x in phrased] + [x.reply for x in written] * 4, a.pieces))
    if a.replies:
        written = pick.sample(written, a.replies)
    net = Llama(Shape(len(pieces.pieces)), DROPOUT).to(device)
    print(len(written), "written,", len(phrased), "phrased,", len(kept), "held out;", sum(p.numel() for p in net.parameters()), "numbers")
    plan = [share for epochs, share in STAGES for _ in range(round(epochs * a.epochs))]
    optimiser = torch.optim.AdamW(net.parameters(), RATE, (0.9, 0.98), weight_decay=0.05)
    done, begun = 0, time.time()
    if a.out.exists() and (old := torch.load(a.out, weights_only=False)).get("optimiser"):
        net.load_state_dict(old["net"])
        optimiser.load_state_dict(old["optimiser"])
        done = old["done"]
        pick.setstate(old["pick"])
        torch.set_rng_state(old["torch"])
    for epoch in range(done, len(plan)):
        made = list(batches(drawn(written, phrased, pick, plan[epoch]), pieces, net.s.context))
        pick.shuffle(made)
        total = count = 0.0
        for i, (x, w) in enumerate(made):
            at = (epoch + i / len(made)) / len(plan)
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, at * 25) * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * at)))
            loss, n = loss_of(net, x.to(device), w.to(device))
            optimiser.zero_grad()
            (loss / n).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            total, count = total + loss.item(), count + n.item()
        print(f"epoch {epoch + 1}/{len(plan)} loss {total / count:.3f} held out {measure(net, kept, pieces, device):.3f} {time.time() - begun:.0f} s", flush=True)
        torch.save({"net": net.state_dict(), "optimiser": optimiser.state_dict(), "done": epoch + 1, "pick": pick.getstate(),
                    "torch": torch.get_rng_state(), "pieces": pieces.pieces}, a.out)


if __name__ == "__main__":
    main()
