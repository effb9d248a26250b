"""How much the written replies repeat each other, and what those held out share with those learnt from.

Placeholders are masked. Near is what `../encoder/near.py` calls so. A reply to a bare fact ("It costs {F1}.") has few good wordings, so equal
replies are expected; what would make the figures of the held-out ones too kind is a pair whose message and reply are both near one learnt from.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "encoder"))
from near import Index, masked  # noqa: E402
from pairs import HOLE, held_out, load  # noqa: E402


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", type=Path, default=Path("models/nano/data"))
    p.add_argument("--near", type=float, default=0.75)
    a = p.parse_args()
    written, _ = load(a.data)
    text = lambda pair: HOLE.sub("{F}", pair.reply)
    replies = [text(pair) for pair in written]
    print(f"{len(replies)} written replies; equal to another once placeholders are masked: {1 - len(set(replies)) / len(replies):.1%}")
    long = [r for r in replies if len(r.split()) > 8]
    index = Index(long)
    likeness = sorted(index.nearest(r, i) for i, r in enumerate(long))
    print(f"nearest other reply of nine words and more: median {likeness[len(likeness) // 2]:.2f}, "
          f"95th of 100 {likeness[len(likeness) * 95 // 100]:.2f} ({len(likeness)})")
    learnt, kept = ([p for p in written if held_out(p.message) == out] for out in (False, True))
    both = Index([f"{masked(p.message)} | {text(p)}" for p in learnt])
    near = [p for p in kept if both.nearest(f"{masked(p.message)} | {text(p)}") >= a.near]
    for pair in near:
        print("near one learnt from:", pair.message, "=>", pair.reply.replace("\n", " / "))
    print(f"{len(near)} of {len(kept)} held out are near one learnt from, message and reply together")


if __name__ == "__main__":
    main()
