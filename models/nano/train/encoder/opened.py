"""Parts of a network in an `encoder.gguf`: how they are called and written there, and the network they make again."""

import gguf
import numpy as np
import torch

from bert import HIDDEN, LAYERS, Encoder

PARTS = {"q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output", "up": "ffn_up", "down": "ffn_down",
         "attn_norm": "attn_output_norm", "out_norm": "layer_output_norm"}


def texts(reader, key):
    field = reader.fields[key]
    return [bytes(field.parts[i]).decode() for i in field.data]


def temperatures(path):
    """How a file weighs and cools its two heads, as `calibrate.mixed` takes it."""
    fields = gguf.GGUFReader(path).fields
    number = lambda key: float(fields[f"electromart.{key}"].parts[-1][0])
    names = {"share": "goal_share", "intent": "temperature", "goal": "goal_temperature", "final": "final_temperature"}
    return {name: number(key) for name, key in names.items()}


def open_file(path, goals=None, reading=False):
    """The network of a file, and its goals. Of other goals than the file's, those it knows keep their rows.
    With `reading`, the layers that read what a message is for stand in the place of those that place it."""
    reader = gguf.GGUFReader(path)
    known = texts(reader, "electromart.goals")
    raw = {t.name: torch.tensor(gguf.quants.dequantize(t.data, t.tensor_type).astype(np.float32)) for t in reader.tensors}
    net = Encoder(len(goals or known))
    state = net.state_dict()
    state["word.weight"] = raw["token_embd.weight"]
    rows = raw["position_embd.weight"]
    state["position.weight"][: len(rows)] = rows
    state["segment.weight"] = raw["token_types.weight"].reshape(2, HIDDEN)
    for end in ("weight", "bias"):
        state[f"embd_norm.{end}"] = raw[f"token_embd_norm.{end}"]
        state[f"intent.{end}"] = raw[f"electromart.intent.{end}"]
        head = raw[f"electromart.goal.{end}"]
        for i, goal in enumerate(goals or known):
            if goal in known:
                state[f"goal.{end}"][i] = head[known.index(goal)]
        for i in range(LAYERS):
            for ours, theirs in PARTS.items():
                own = raw.get(f"electromart.reading.{i}.{theirs}.{end}") if reading else None
                state[f"layers.{i}.{ours}.{end}"] = raw[f"blk.{i}.{theirs}.{end}"] if own is None else own
    net.load_state_dict(state)
    return net, goals or known


def put(w, name, tensor, q8):
    data = tensor.detach().float().contiguous().numpy()
    if q8:
        kind = gguf.GGMLQuantizationType.Q8_0
        w.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)
    else:
        w.add_tensor(name, data)


def both(w, name, part, q8):
    """A part's weight, Q8_0 or 32-bit, and its bias, always 32-bit."""
    put(w, f"{name}.weight", part.weight, q8)
    put(w, f"{name}.bias", part.bias, False)


def put_layer(w, name, layer):
    for ours, theirs in PARTS.items():
        both(w, f"{name}.{theirs}", getattr(layer, ours), "norm" not in ours)
