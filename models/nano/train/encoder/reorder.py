"""Puts the channels that swing widest side by side, without changing what the network computes.

The fast kernels round a row of activations in blocks of 256 under one scale each; one wide channel
in a block costs all its neighbours precision. Sorted, the wide ones share a block of their own.
The order of the hidden channels and of those inside a layer is free: this is exact.
"""

import torch

from bert import HIDDEN
from lines import pad


@torch.no_grad()
def reorder(net, lines, tokens):
    """Sorts the channels of `net` in place, by their widest swing on some of the lines."""
    net.eval()
    swing, hooks = {}, []

    def watch(key):
        def hook(_, args):
            top = args[0].abs().flatten(0, -2).amax(0)
            swing[key] = torch.maximum(swing[key], top) if key in swing else top
        return hook

    for i, layer in enumerate(net.layers):
        hooks += [part.register_forward_pre_hook(watch((i, name)))
                  for name, part in {"q": layer.q, "up": layer.up, "down": layer.down}.items()]
    for d in lines[:: max(1, len(lines) // 300)]:
        net(*pad([tokens.input(d["text"], d.get("history") or [])]))
    for hook in hooks:
        hook.remove()

    hidden = torch.stack([v for (_, name), v in swing.items() if name != "down"])
    order = (hidden / hidden.median(-1, keepdim=True).values).amax(0).argsort()
    twice = torch.cat([order, order + HIDDEN])
    for table in (net.word, net.position, net.segment):
        table.weight.data = table.weight[:, order]
    norms = [net.embd_norm] + [n for l in net.layers for n in (l.attn_norm, l.out_norm)]
    for norm in norms:
        norm.weight.data, norm.bias.data = norm.weight[order], norm.bias[order]
    for i, l in enumerate(net.layers):
        for part in (l.q, l.k, l.v, l.up):
            part.weight.data = part.weight[:, order]
        for part in (l.o, l.down):
            part.weight.data, part.bias.data = part.weight[order], part.bias[order]
        inner = swing[i, "down"].argsort()
        l.up.weight.data, l.up.bias.data = l.up.weight[inner], l.up.bias[inner]
        l.down.weight.data = l.down.weight[:, inner]
    for head in (net.intent, net.goal):
        head.weight.data = head.weight[:, twice]
    return net
