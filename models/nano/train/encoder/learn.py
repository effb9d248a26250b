"""One fit of the network: batches, loss, learning rates, and how to go on after an interruption."""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import torch.nn.functional as F

from bert import INTENTS, LAYERS, load_base
from lines import batches, epoch_lines, new_rng, pad, pools, vary

AVERAGE = 0.99  # running average of the weights, per step
WARM = 0.06  # share of the steps in which the learning rate rises


@dataclass
class Recipe:
    """What a fit is made with; as it stands, that of the trunk."""

    epochs: float = 4
    lr: float = 4e-5
    seed: int = 7
    batch: int = 32
    near: float = 3.0  # weight of staying near the published sentence vectors
    goal: float = 0.5  # weight of the goals beside the intents
    dropout: float = 0.1
    smooth: float = 0.05  # share of the labels that is spread over all of them


# That of the reading top, found among sixteen by what was right on the held-out lines and on `goals_eval.jsonl`.
READING = Recipe(epochs=8, lr=2e-4, batch=64, near=0, goal=1, dropout=0.15, smooth=0.1)


# A reading top that has learnt, once more over everything, with lines that were added since.
MORE = replace(READING, epochs=1, lr=6e-5)


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def halved(where):
    """Products in 16 bits where that is faster: a processor without instructions for it takes three times as long."""
    return torch.autocast(where.type, torch.bfloat16, enabled=where.type == "cuda")


def to(rows, where):
    return [r.to(where, non_blocking=True) for r in rows]


def groups(net, lr):
    """Lower layers learn slower; the word table is left as published, and what is fixed as it is."""
    net.word.weight.requires_grad_(False)
    out = [{"params": [*net.intent.parameters(), *net.goal.parameters()], "lr": lr * 20}]
    for i in range(net.fixed or 0, LAYERS):
        out.append({"params": list(net.layers[i].parameters()), "lr": lr * 0.85 ** (LAYERS - 1 - i)})
    low = [net.position.weight, net.segment.weight, *net.embd_norm.parameters()]
    if net.fixed is None:
        return [*out, {"params": low, "lr": lr * 0.85 ** LAYERS}]
    for part in (*low, *(q for layer in net.layers[: net.fixed] for q in layer.parameters())):
        part.requires_grad_(False)
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
    where = device()
    net, out = load_base(1).eval().to(where), {}
    texts = sorted({d["text"] for d in lines}, key=len)
    for i in range(0, len(texts), 64):
        part = texts[i: i + 64]
        with halved(where):
            _, mean = net.trunk(*to(pad([tokens.input(t) for t in part]), where))
        out.update(zip(part, F.normalize(mean.float(), dim=-1).cpu()))
    return out


def weights(train):
    """Of the intents, so that rare ones are not forgotten; public lines say little new and count a fifth."""
    counts = [sum(1 if d["source"].startswith("written") else 0.2 for d in train if d["label"] == i) for i in INTENTS]
    return torch.tensor([(sum(counts) / (5 * max(1, c))) ** 0.5 for c in counts])


def loss_of(net, rows, goals, weight, recipe, where):
    """Of a batch of (ids, segments, intent, goals, published vector)."""
    with halved(where):
        li, lg, mean = net(*to(pad(rows), where), p=recipe.dropout)
    li, lg, mean = li.float(), lg.float(), mean.float()
    loss = F.cross_entropy(li, torch.tensor([r[2] for r in rows], device=where), weight, label_smoothing=recipe.smooth)
    g = shares([r[3] for r in rows], len(goals))
    seen = g.sum(-1) > 0
    if seen.any():
        share = seen.float().mean().item()
        seen, g = seen.to(where), g.to(where)
        loss = loss + recipe.goal * F.cross_entropy(lg[seen], g[seen], label_smoothing=recipe.smooth) * share
    keep = [i for i, r in enumerate(rows) if r[4] is not None]
    if keep:
        far = 1 - F.cosine_similarity(mean[keep], torch.stack([rows[i][4] for i in keep]).to(where))
        loss = loss + recipe.near * far.mean()
    return loss


class Progress:
    """What an interrupted fit needs to go on where an epoch ended."""

    def __init__(self, path: Path | None, resume: bool):
        self.path = path and path / "progress.pt"
        self.saved = torch.load(self.path, weights_only=False) if resume and self.path and self.path.exists() else None

    def restore(self, net, mean_net, opt, rng):
        if not self.saved:
            return 0
        net.load_state_dict(self.saved["net"])
        mean_net.load_state_dict(self.saved["mean"])
        opt.load_state_dict(self.saved["opt"])
        rng.setstate(self.saved["rng"])
        torch.set_rng_state(self.saved["torch"])
        return self.saved["step"]

    def save(self, net, mean_net, opt, rng, step):
        if self.path:
            whole = {"net": net.state_dict(), "mean": mean_net.state_dict(), "opt": opt.state_dict()}
            torch.save({**whole, "rng": rng.getstate(), "torch": torch.get_rng_state(), "step": step}, self.path)


def learn(net, train, goals, tokens, recipe: Recipe, each=None, progress=None, say=print):
    """Fits `net` and returns the running average of its weights. `each(net, step)` is called after every
    half epoch and at the end."""
    torch.manual_seed(recipe.seed)
    rng, where, start = new_rng(recipe.seed), device(), time.time()
    near = teacher(train, tokens) if recipe.near else {}
    net, behind, weight = net.train().to(where), pools(train), weights(train).to(where)
    opt = torch.optim.AdamW(groups(net, recipe.lr), weight_decay=0.01)
    peak = [g["lr"] for g in opt.param_groups]
    mean_net = torch.optim.swa_utils.AveragedModel(net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE))
    per = -(-len(epoch_lines(train, new_rng(0))) // recipe.batch)
    total = max(1, int(per * recipe.epochs))
    step = progress.restore(net, mean_net, opt, rng) if progress else 0
    while step < total:
        items = []
        for d in epoch_lines(train, rng):
            text, history = vary(d, behind, rng)
            ids, seg = tokens.input(text, history)
            wanted = [goals.index(g) for g in (d["goal"], *d.get("also", []))] if d.get("goal") else []
            items.append((ids, seg, INTENTS.index(d["label"]), wanted, None if history else near.get(d["text"])))
        for rows in batches(items, recipe.batch, rng):
            if step >= total:
                break
            warm = min(1.0, (step + 1) / (WARM * total))
            for g, lr in zip(opt.param_groups, peak):
                g["lr"] = lr * warm * max(0.02, 1 - step / total)
            loss = loss_of(net, rows, goals, weight, recipe, where)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([q for g in opt.param_groups for q in g["params"]], 1.0)
            opt.step()
            mean_net.update_parameters(net)
            step += 1
            if step % 50 == 0:
                say(f"step {step}/{total} loss {loss.item():.3f} {time.time() - start:.0f} s", flush=True)
            if each and (step % max(1, per // 2) == 0 or step == total):
                each(mean_net.module, step)
        if progress and step < total:
            progress.save(net, mean_net, opt, rng, step)
    return mean_net.module.eval()
