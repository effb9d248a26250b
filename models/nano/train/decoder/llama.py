"""The network of the decoder: llama, as GGUF lays it out (rotary pairs side by side, table of words shared with the output)."""

import torch
from torch import nn
from torch.nn import functional as F

EPS, ROPE = 1e-5, 10_000.0


class Shape:
    """Sizes of a network."""

    def __init__(self, words, width=192, layers=4, heads=6, kv_heads=2, inner=512, context=512):
        self.words, self.width, self.layers, self.heads, self.kv_heads = words, width, layers, heads, kv_heads
        self.inner, self.context, self.head = inner, context, width // heads


def rotate(x, cos, sin):
    """Turns neighbouring numbers of a head by their position's angle."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2)


class Layer(nn.Module):
    def __init__(self, s, dropout):
        super().__init__()
        self.s, self.p = s, dropout
        self.attn_norm, self.ffn_norm = nn.RMSNorm(s.width, EPS), nn.RMSNorm(s.width, EPS)
        self.attn_q = nn.Linear(s.width, s.heads * s.head, bias=False)
        self.attn_k = nn.Linear(s.width, s.kv_heads * s.head, bias=False)
        self.attn_v = nn.Linear(s.width, s.kv_heads * s.head, bias=False)
        self.attn_output = nn.Linear(s.heads * s.head, s.width, bias=False)
        self.ffn_gate = nn.Linear(s.width, s.inner, bias=False)
        self.ffn_up = nn.Linear(s.width, s.inner, bias=False)
        self.ffn_down = nn.Linear(s.inner, s.width, bias=False)

    def forward(self, x, cos, sin):
        n, t, s = x.shape[0], x.shape[1], self.s
        h = self.attn_norm(x)
        q = self.attn_q(h).view(n, t, s.heads, s.head).transpose(1, 2)
        k = self.attn_k(h).view(n, t, s.kv_heads, s.head).transpose(1, 2)
        v = self.attn_v(h).view(n, t, s.kv_heads, s.head).transpose(1, 2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = (y.repeat_interleave(s.heads // s.kv_heads, 1) for y in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(n, t, -1)
        x = x + F.dropout(self.attn_output(y), self.p, self.training)
        h = self.ffn_norm(x)
        return x + F.dropout(self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h)), self.p, self.training)


class Llama(nn.Module):
    """Pieces to scores of what follows each: [n, t] to [n, t, words]."""

    def __init__(self, shape, dropout=0.0):
        super().__init__()
        self.s, self.p = shape, dropout
        self.token_embd = nn.Embedding(shape.words, shape.width)
        self.blk = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, EPS)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                deep = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(p, std=0.04 / (2 * shape.layers) ** 0.5 if deep else 0.04)

    def forward(self, ids):
        at = torch.arange(ids.shape[1], device=ids.device)[:, None]
        turn = at * ROPE ** (-torch.arange(0, self.s.head, 2, device=ids.device) / self.s.head)
        x = F.dropout(self.token_embd(ids), self.p, self.training)
        for layer in self.blk:
            x = layer(x, turn.cos(), turn.sin())
        return self.output_norm(x) @ self.token_embd.weight.T
