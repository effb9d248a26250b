"""Loads `decoder.gguf` in llama.cpp and compares its pieces and scores with `src/llm/local/fixtures/reference.jsonl`.

    pip install llama-cpp-python==0.3.36 numpy       # builds llama.cpp: some ten minutes on two cores
    python models/nano/train/decoder/llamacpp.py     # --write puts llama.cpp's scores into the fixtures

The plain tests compare our scores with the same fixtures (`src/llm/local/tests/carried.rs`).
"""

import argparse
import json
import sys
from pathlib import Path

import llama_cpp
import numpy as np

# Scores may be apart by so much in the mean and at most: llama.cpp rounds what goes into a product to 8 bits, too.
APART, FARTHEST = 0.1, 1.0


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--gguf", type=Path, default=Path("models/nano/decoder.gguf"))
    p.add_argument("--fixtures", type=Path, default=Path("src/llm/local/fixtures/reference.jsonl"))
    p.add_argument("--write", action="store_true", help="write llama.cpp's scores in the place of those there")
    a = p.parse_args()
    model = llama_cpp.Llama(str(a.gguf), n_ctx=512, logits_all=True, verbose=False)
    lines, apart = [json.loads(line) for line in open(a.fixtures, encoding="utf-8")], []
    for line in lines:
        ids = model.tokenize(line["text"].encode(), add_bos=True, special=True)
        if ids != line["ids"]:
            sys.exit(f"other pieces of {line['text']!r}: {ids}, not {line['ids']}")
        model.reset()
        model.eval(ids)
        scores = np.asarray(model.scores[len(ids) - 1])
        theirs = np.array([score for _, score in line["scores"]])
        ours = scores[[piece for piece, _ in line["scores"]]]
        if ours.argmax() != theirs.argmax():
            sys.exit(f"another best piece behind {line['text']!r}")
        apart.append(np.abs(ours - theirs))
        line["scores"] = [[piece, round(float(scores[piece]), 4)] for piece, _ in line["scores"]]
    apart = np.concatenate(apart)
    print(f"llama.cpp {llama_cpp.__version__}: {len(lines)} prompts, the same pieces; scores apart by {apart.mean():.4f} in the mean, {apart.max():.4f} at most")
    if a.write:
        a.fixtures.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    sys.exit(int(apart.mean() > APART or apart.max() > FARTHEST))


if __name__ == "__main__":
    main()
