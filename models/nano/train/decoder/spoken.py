"""How the decoder words a brief, likeliest piece after likeliest piece, with the cautions of `src/llm/local/caution.rs`."""

import torch

from pairs import HOLE
from vocabulary import ASSISTANT, BEGIN, END, SPACE, USER

FACTS, WORDS, MOST = 0.6, 0.25, 200
TELLING = ("cancel return exchang ship deliver refund confirm expir warrant promotion offer repair replac free valid late paid stock payment").split()


@torch.no_grad()
def steps(net, pieces, brief):
    """The likeliest pieces up to the end: each with its likelihood, and the number where it is a placeholder. Placeholders that the
    brief has not are left out, as the shop's constraint does."""
    names = {i: HOLE.fullmatch(p.replace(SPACE, "")) for i, p in enumerate(pieces.pieces) if "{F" in p}
    names = {i: m[1] for i, m in names.items() if m}
    told = set(HOLE.findall(brief.split("\n", 1)[1]))
    unknown = [i for i, n in names.items() if n not in told]
    ids = [BEGIN, USER, *pieces.encode(brief), END, ASSISTANT]
    for _ in range(MOST):
        scores = net(torch.tensor([ids]))[0, -1]
        likely = scores.softmax(-1)
        scores[unknown] = -torch.inf
        best = int(scores.argmax())
        yield best, float(likely[best]), names.get(best)
        if best == END:
            return
        ids.append(best)


def say(net, pieces, brief):
    """The reply; `None` where it would have gone on unsure."""
    points = brief.split("\n", 1)[1]
    left = {n: HOLE.findall(points).count(n) for n in HOLE.findall(points)}
    untold, out = [word for word in TELLING if word not in points.lower()], []
    for best, likely, named in steps(net, pieces, brief):
        if likely < (FACTS if named or best == END else WORDS):
            return None
        if best == END:
            return pieces.decode(out)
        if named:
            left[named] -= 1
            if left[named] < 0:
                return None
        out.append(best)
        words = "".join(c if c.isalpha() else " " for c in pieces.decode(out).lower()).split()
        if not named and words and any(words[-1].startswith(word) for word in untold):
            return None
    return None
