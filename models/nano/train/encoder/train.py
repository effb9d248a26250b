"""Fine-tunes the trunk and the two heads, or a reading top on a trunk that stays; see `models/nano/ENCODER.md`."""

import argparse
import json
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from bert import INTENTS, LAYERS, load_base
from opened import open_file
from lines import Tokens, batches, epoch_lines, goal_names, held_out, load, new_rng, pad, pools, vary

NEAR = 3.0  # weight of staying near the published sentence vectors
GOAL = 0.5  # weight of the goals beside the intents; 1 in a reading top
SMOOTH = 0.05
AVERAGE = 0.99  # running average of the weights, per step


def groups(net, lr):
    """Lower layers learn slower; the word table is left as published, and layers that are fixed as they are."""
    net.word.weight.requires_grad_(False)
    out = [{"params": [*net.intent.parameters(), *net.goal.parameters()], "lr": lr * 20}]
    if net.fixed:
        for part in (net.position, net.segment, net.embd_norm, *net.layers[: net.fixed]):
            part.requires_grad_(False)
    for i in range(net.fixed, LAYERS):
        out.append({"params": list(net.layers[i].parameters()), "lr": lr * 0.85 ** (LAYERS - 1 - i)})
    if net.fixed:
        return out
    low = [net.position.weight, net.segment.weight, *net.embd_norm.parameters()]
    out.append({"params": low, "lr": lr * 0.85 ** LAYERS})
    return out


def shares(wanted, goals):
    """What each row asks of the goal head: one, split where a line wants several things, or nothing."""
    out = torch.zeros(len(wanted), goals)
    for row, own in zip(out, wanted):
        row[own] = 1 / max(1, len(own))
    return out


@torch.no_grad()
def teacher(lines, tokens):
    """The published vectors of the lines without history, by text."""
    net, out = load_base(1).eval(), {}
    texts = sorted({d["text"] for d in lines}, key=len)
    for i in range(0, len(texts), 64):
        part = texts[i: i + 64]
        with torch.autocast("cpu", torch.bfloat16):
            _, mean = net.trunk(*pad([tokens.input(t) for t in part]))
        out.update(zip(part, F.normalize(mean.float(), dim=-1)))
    return out


@torch.no_grad()
def accuracy(net, lines, tokens, owner):
    """Share of right intents by source: the intent head, and its mean with the goals summed."""
    net.eval()
    right, both, of = {}, {}, {}
    lines = sorted(lines, key=lambda d: len(d["text"]))
    for i in range(0, len(lines), 64):
        part = lines[i: i + 64]
        rows = [tokens.input(d["text"], d.get("history") or []) for d in part]
        with torch.autocast("cpu", torch.bfloat16):
            logits, goals, _ = net(*pad(rows))
        heads = logits.float().softmax(-1)
        mixed = (heads + goals.float().softmax(-1) @ owner) / 2
        for d, best, other in zip(part, heads.argmax(-1).tolist(), mixed.argmax(-1).tolist()):
            for s in (d["source"].split("-")[0], "all"):
                of[s] = of.get(s, 0) + 1
                right[s] = right.get(s, 0) + (INTENTS[best] == d["label"])
                both[s] = both.get(s, 0) + (INTENTS[other] == d["label"])
    net.train()
    return {s: (round(right[s] / of[s], 4), round(both[s] / of[s], 4)) for s in sorted(of)}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--measure", type=Path, default=Path("../shared/data/intents/measure_only.jsonl"))
    p.add_argument("--without", default="", help="leave out the sources whose names begin so, and test on them")
    p.add_argument("--all", action="store_true", help="learn from the held-out lines too (no figures then)")
    p.add_argument("--on", type=Path, help="learn a reading top on the lower layers of this encoder.gguf, which stay as they are")
    p.add_argument("--top", type=int, default=3, help="layers of the reading top")
    p.add_argument("--epochs", type=float, default=3)
    p.add_argument("--lr", type=float, default=4e-5)
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(a.seed)
    rng, tokens, lines = new_rng(a.seed), Tokens(), load(a.written, a.public)
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
    behind = pools(train)
    counts = [sum(1 if d["source"].startswith("written") else 0.2 for d in train if d["label"] == i) for i in INTENTS]
    weight = torch.tensor([(sum(counts) / (5 * c)) ** 0.5 for c in counts])
    print("lines", len(train), {k: len(v) for k, v in tests.items()}, "weights", weight.tolist(), flush=True)
    start = time.time()
    if a.on:
        near, net = {}, open_file(a.on, goals)[0].train()
        net.fixed = LAYERS - a.top
    else:
        near, net = teacher(train, tokens), load_base(len(goals)).train()
    print("teacher", round(time.time() - start), "s", flush=True)
    opt = torch.optim.AdamW(groups(net, a.lr), weight_decay=0.01)
    per = (len(epoch_lines(train, new_rng(0))) + 31) // 32
    total, step = int(per * a.epochs), 0
    goal_weight = 1.0 if a.on else GOAL
    peak = [g["lr"] for g in opt.param_groups]
    mean_net = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE))
    while step < total:
        items = []
        for d in epoch_lines(train, rng):
            text, history = vary(d, behind, rng)
            ids, seg = tokens.input(text, history)
            wanted = [goals.index(g) for g in (d["goal"], *d.get("also", []))] if d.get("goal") else []
            items.append((ids, seg, INTENTS.index(d["label"]), wanted, None if history else near.get(d["text"])))
        for rows in batches(items, 32, rng):
            if step >= total:
                break
            warm = min(1.0, (step + 1) / (0.06 * total))
            for g, lr in zip(opt.param_groups, peak):
                g["lr"] = lr * warm * max(0.02, 1 - step / total)
            with torch.autocast("cpu", torch.bfloat16):
                li, lg, mean = net(*pad(rows), p=0.1)
            li, lg, mean = li.float(), lg.float(), mean.float()
            loss = F.cross_entropy(li, torch.tensor([r[2] for r in rows]), weight, label_smoothing=SMOOTH)
            g = shares([r[3] for r in rows], len(goals))
            seen = g.sum(-1) > 0
            if seen.any():
                loss = loss + goal_weight * F.cross_entropy(lg[seen], g[seen], label_smoothing=SMOOTH) * seen.float().mean()
            keep = [i for i, r in enumerate(rows) if r[4] is not None]
            if keep:
                far = 1 - F.cosine_similarity(mean[keep], torch.stack([rows[i][4] for i in keep]))
                loss = loss + NEAR * far.mean()
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([q for g in opt.param_groups for q in g["params"]], 1.0)
            opt.step()
            mean_net.update_parameters(net)
            step += 1
            if step % 50 == 0:
                print(f"step {step}/{total} loss {loss.item():.3f} far {far.mean().item() if keep else 0:.3f} {time.time() - start:.0f} s", flush=True)
            if step % max(1, per // 2) == 0 or step == total:
                torch.save({"net": mean_net.module.state_dict(), "goals": goals, "step": step}, a.out / "encoder.pt")
                for name, test in tests.items():
                    if test:
                        print(step, name, accuracy(mean_net.module, test, tokens, owner), flush=True)


if __name__ == "__main__":
    main()
