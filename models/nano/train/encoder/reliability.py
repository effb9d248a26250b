"""Draws how often the encoder is right where it says how sure it is: `models/nano/reliability.svg`.

Each dot is a fifteenth of the probabilities; its size is how many of the held-out lines lie there. On the diagonal a probability says
what it means.
"""

import argparse
from pathlib import Path

from calibrate import bins, figures, logits, mixed, owners, truths
from lines import Tokens, held_out, load
from opened import open_file, temperatures

SIDE, EDGE = 320, 48


def drawn(points, title):
    x = lambda v: EDGE + v * SIDE
    y = lambda v: EDGE + (1 - v) * SIDE
    most = max(n for *_, n in points)
    size = SIDE + 2 * EDGE
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" font-family="sans-serif" font-size="12" role="img">',
           f"<title>{title}</title>", f'<rect width="{size}" height="{size}" fill="#fff"/>']
    for i in range(6):
        v = i / 5
        out += [f'<path d="M{x(v):.0f} {y(0):.0f}V{y(1):.0f}M{x(0):.0f} {y(v):.0f}H{x(1):.0f}" stroke="#ddd"/>',
                f'<text x="{x(v):.0f}" y="{y(0) + 18:.0f}" text-anchor="middle">{v:.1f}</text>',
                f'<text x="{x(0) - 8:.0f}" y="{y(v) + 4:.0f}" text-anchor="end">{v:.1f}</text>']
    out.append(f'<path d="M{x(0):.0f} {y(0):.0f}L{x(1):.0f} {y(1):.0f}" stroke="#999" stroke-dasharray="4"/>')
    for p, right, n in points:
        out.append(f'<circle cx="{x(p):.1f}" cy="{y(right):.1f}" r="{3 + 11 * (n / most) ** 0.5:.1f}" fill="#2563eb" fill-opacity=".55"/>')
    out += [f'<text x="{x(0.5):.0f}" y="{size - 8}" text-anchor="middle">probability of the best intent</text>',
            f'<text transform="translate(14 {y(0.5):.0f}) rotate(-90)" text-anchor="middle">share that is right</text>',
            f'<text x="{x(0.5):.0f}" y="24" text-anchor="middle" font-size="13">{title}</text>', "</svg>"]
    return "\n".join(out) + "\n"


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--model", type=Path, default=Path("models/nano/encoder.gguf"))
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--out", type=Path, default=Path("models/nano/reliability.svg"))
    a = p.parse_args()
    (net, goals), tokens, lines = open_file(a.model, reading=True), Tokens(), load(a.written, a.public)
    held = [d for d in lines if held_out(d)]
    _, owner = owners(goals, lines)
    probabilities, truth = mixed(*logits(net, held, tokens), owner, temperatures(a.model)), truths(held, goals)[0]
    found = figures(probabilities, truth)
    title = f"{found['lines']} held-out lines: calibration error {found['ece']:.3f}"
    a.out.write_text(drawn(bins(probabilities, truth), title), encoding="utf-8")
    print(a.out, found)


if __name__ == "__main__":
    main()
