"""Writes `src/llm/local/fixtures/reference.jsonl`: what PyTorch makes of the weights in `decoder.gguf`.

`llamacpp.py --write` then puts llama.cpp's scores in their place, after it has compared the two.

A line is a prompt as text, its pieces, and the scores (logits) of what may follow: of every eighth piece and of the
twenty best.
"""

import argparse
import json
from pathlib import Path

import gguf
import torch

from llama import Llama, Shape
from vocabulary import ASSISTANT, BEGIN, END, USER, Pieces

EVERY, BEST = 8, 20
PROMPTS = [
    ("is the grey one in stock", ["{F6} is in stock.", "It costs {F18}."], ""),
    ("is the grey one in stock", ["{F6} is in stock.", "It costs {F18}."], "Yes, {F6} is"),
    ("does it work on laptops", ["{F1} is valid: {F18} off {F6} on orders of at least {F19}, until {F25}."], ""),
    ("does it work on laptops", ["{F1} is valid: {F18} off {F6} on orders of at least {F19}, until {F25}."], "Yes, {F1} takes {F18} off {F6}, until"),
    ("wo ist mein Päckchen?? 📦", ["Order {F1} has been shipped.", "In it: {F6}.", "It travels in {F30} parcels."], "Order"),
    ("  two  spaces, a tab\tand \"quotes\" – naïve", ["Yes. {F12}: {F35} {F40}."], "Yes"),
]


def opened(path):
    """The network with the weights of the file, and its pieces."""
    file = gguf.GGUFReader(path)
    field = file.fields["tokenizer.ggml.tokens"]
    pieces = [bytes(field.parts[i]).decode() for i in field.data]
    net = Llama(Shape(len(pieces)))
    weights = {t.name: torch.tensor(gguf.quants.dequantize(t.data, t.tensor_type)) for t in file.tensors}
    net.load_state_dict(weights)
    return net.eval(), Pieces(pieces)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--gguf", type=Path, default=Path("models/nano/decoder.gguf"))
    p.add_argument("--out", type=Path, default=Path("src/llm/local/fixtures/reference.jsonl"))
    a = p.parse_args()
    net, pieces = opened(a.gguf)
    a.out.parent.mkdir(exist_ok=True)
    with open(a.out, "w", encoding="utf-8") as out, torch.no_grad():
        for message, say, begun in PROMPTS:
            brief = "\n".join([message, *say])
            ids = [BEGIN, USER, *pieces.encode(brief), END, ASSISTANT, *pieces.encode(begun)]
            scores = net(torch.tensor([ids]))[0, -1]
            kept = sorted(set(range(0, len(scores), EVERY)) | set(scores.topk(BEST).indices.tolist()))
            line = {"text": f"<|user|>{brief}<|im_end|><|assistant|>{begun}", "ids": ids, "scores": [[i, round(scores[i].item(), 4)] for i in kept]}
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
