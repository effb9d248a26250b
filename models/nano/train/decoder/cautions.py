"""What the cautions cost and what they are worth: over briefs held out, how often the decoder speaks to its end and tells every fact
exactly as often as it was told to, by the least likelihood of a fact and of a word.

    python models/nano/train/decoder/cautions.py
"""

import argparse
from pathlib import Path

import torch

from fixtures import opened
from pairs import held_out, load, numbered, phrases, tells_all, told
from spoken import steps
from vocabulary import END

FACTS, WORDS = (0, 0.3, 0.5, 0.6, 0.7, 0.8), (0, 0.15, 0.2, 0.25, 0.3)


def spoken(net, pieces, pair):
    """(least likelihood of a fact, of a word, whether every fact is told as often as it should be, whether in other words)."""
    facts = words = 1.0
    out = []
    for piece, likely, named in steps(net, pieces, told(pair.message, pair.say)):
        facts, words = (min(facts, likely), words) if named or piece == END else (facts, min(words, likely))
        out.append(piece)
    said = pieces.decode(out[:-1])
    return facts, words, tells_all(said, pair.say) and out[-1:] == [END], said != phrases(pair.say)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--gguf", type=Path, default=Path("models/nano/decoder.gguf"))
    p.add_argument("--data", type=Path, default=Path("models/nano/data"))
    p.add_argument("--briefs", type=int, default=400)
    a = p.parse_args()
    torch.set_num_threads(1)
    net, pieces = opened(a.gguf)
    pairs = [numbered(pair) for pair in load(a.data)[0] if held_out(pair.message)][:a.briefs]
    rows = [spoken(net, pieces, pair) for pair in pairs]
    print(f"{len(rows)} briefs held out; every fact as often as told, left to itself: {sum(r[2] for r in rows) / len(rows):.3f}")
    for least in FACTS:
        for word in WORDS:
            kept = [r for r in rows if r[0] >= least and r[1] >= word]
            right = sum(r[2] for r in kept) / max(1, len(kept))
            print(f"fact {least} word {word}: speaks in {len(kept)}, right {right:.3f}, in other words {sum(r[3] for r in kept)}")


if __name__ == "__main__":
    main()
