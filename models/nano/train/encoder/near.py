"""How much the written lines repeat each other, and what they share with the lines they are measured on.

Words are compared in lower case, numbers and words with capitals or digits inside a line masked. Two lines are near when
the Jaccard index of their sets of three neighbouring letters is at least `--near`. With `--remove`, lines of four words and more that are near one of
`goals_eval*.jsonl` are taken out of the files learnt from; shorter ones ("how much is it") are what everybody says.
"""

import argparse
import json
import re
from pathlib import Path

from lines import read

NUMBER = re.compile(r"\S*\d\S*")


def masked(text):
    """Without what names or numbers something."""
    first, *rest = text.split() or [""]
    words = [first, *("<name>" if w[:1].isupper() and w.lower() != "i" else w for w in rest)]
    return " ".join(NUMBER.sub("<number>", " ".join(words).lower()).split())


def letters(text):
    text = f"  {text} "
    return frozenset(text[i: i + 3] for i in range(len(text) - 2))


class Index:
    """Finds the line nearest to another by the groups of letters they share."""

    def __init__(self, texts):
        self.sets, self.by = [letters(t) for t in texts], {}
        for i, own in enumerate(self.sets):
            for group in own:
                self.by.setdefault(group, []).append(i)

    def nearest(self, text, but=None):
        """How near the nearest line is, from 0 to 1; `but` is the number of one that does not count."""
        own, shared = letters(text), {}
        for group in sorted(own, key=lambda g: len(self.by.get(g, ())))[: max(8, len(own) // 3)]:
            for i in self.by.get(group, ()):
                shared[i] = shared.get(i, 0) + 1
        likely = sorted((i for i in shared if i != but), key=lambda i: -shared[i])[:20]
        near = lambda i: len(own & self.sets[i]) / len(own | self.sets[i])
        return max(map(near, likely), default=0.0)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", type=Path, default=Path("models/nano/data"))
    p.add_argument("--near", type=float, default=0.75)
    p.add_argument("--remove", action="store_true")
    a = p.parse_args()
    files = {path: read(path) for path in sorted(a.data.glob("utterances_*.jsonl"))}
    texts = [masked(d["text"]) for lines in files.values() for d in lines]
    count = {}
    for text in texts:
        count[text] = count.get(text, 0) + 1
    twice = sum(n - 1 for n in count.values())
    long = [t for t in texts if len(t.split()) > 3]
    index, sample = Index(long), range(0, len(long), max(1, len(long) // 2000))
    likeness = sorted(index.nearest(long[i], i) for i in sample)
    print(f"{len(texts)} written lines; equal to another once masked: {twice} ({twice / len(texts):.1%})")
    print(f"nearest other line of four words and more: median {likeness[len(likeness) // 2]:.2f}, "
          f"95th of 100 {likeness[len(likeness) * 95 // 100]:.2f} ({len(likeness)} lines)")
    measured = [masked(d["text"]) for path in sorted(a.data.glob("goals_eval*.jsonl")) for d in read(path)]
    against = Index([t for t in measured if len(t.split()) > 3])
    removed = 0
    for path, lines in files.items():
        keep = []
        for d in lines:
            text = masked(d["text"])
            if len(text.split()) > 3 and against.nearest(text) >= a.near:
                print("near a measured line:", path.name, json.dumps(d["text"], ensure_ascii=False))
            else:
                keep.append(d)
        removed += len(lines) - len(keep)
        if a.remove and len(keep) < len(lines):
            path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in keep), encoding="utf-8")
    print(removed, "removed" if a.remove else "near what is measured")


if __name__ == "__main__":
    main()
