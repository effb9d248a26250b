"""How the decoder words a brief, likeliest piece after likeliest piece, with the cautions of `src/llm/local/caution.rs`."""

import torch

from pairs import HOLE
from vocabulary import ASSISTANT, BEGIN, END, SPACE, USER

FACTS, WORDS, MOST = 0.7, 0.25, 200
TELLING = ("cancel return exchang ship deliver refund confirm expir warrant promotion offer repair replac free valid late paid stock payment").split()


@torch.no_grad()
def say(net, pieces, brief):
    """The reply; `None` where it would have gone on unsure."""
    points = brief.split("\n", 1)[1]
    left = {n: HOLE.findall(points).count(n) for n in HOLE.findall(points)}
    untold = [word for word in TELLING if word not in points.lower()]
    ids, out = [BEGIN, USER, *pieces.encode(brief), END, ASSISTANT], []
    names = {i: HOLE.fullmatch(p.replace(SPACE, "")) for i, p in enumerate(pieces.pieces) if "{F" in p}
    names = {i: m[1] for i, m in names.items() if m}
    unknown = [i for i, n in names.items() if n not in left]
    while len(out) < MOST:
        scores = net(torch.tensor([ids + out]))[0, -1]
        likely = scores.softmax(-1)
        scores[unknown] = -torch.inf
        best = int(scores.argmax())
        if likely[best] < (FACTS if best in names or best == END else WORDS):
            return None
        if best == END:
            return pieces.decode(out)
        if best in names:
            left[names[best]] -= 1
            if left[names[best]] < 0:
                return None
        out.append(best)
        words = "".join(c if c.isalpha() else " " for c in pieces.decode(out).lower()).split()
        if best not in names and words and any(words[-1].startswith(word) for word in untold):
            return None
    return None
