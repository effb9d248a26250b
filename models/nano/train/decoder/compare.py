"""The decoder beside the shop's own phrases: the same conversations in two shops, then a blind judgement.

    python models/nano/train/decoder/compare.py play --phrases http://127.0.0.1:8081 --decoder http://127.0.0.1:8082 --out pairs.jsonl
    # somebody writes verdicts.jsonl, {"n", "better": "A" | "B" | "same"}, from pairs.jsonl, in which nothing says which is which
    python models/nano/train/decoder/compare.py report pairs.jsonl verdicts.jsonl --out models/nano/SPEECH.md

Played are conversations that only serve to measure. A turn counts where the decoder worded something.
"""

import argparse
import collections
import hashlib
import json
import sys
import urllib.request
from pathlib import Path


def said_by(path):
    """Conversations as lists of what the customer says."""
    out = {}
    for line in map(json.loads, open(path, encoding="utf-8")):
        out.setdefault(line["conversation"], []).append(line["text"])
    return list(out.values())


def say(url, text, session):
    body = {"text": text, **({"session_id": session[0], "token": session[1]} if session else {})}
    request = urllib.request.Request(url + "/api/chat", json.dumps(body).encode(), {"content-type": "application/json"})
    got = json.load(urllib.request.urlopen(request))
    return got, session or (got["session_id"], got["token"])


def decoder_first(n):
    """Which of a pair is A: drawn by its number, so that the report can be made from the verdicts alone."""
    return hashlib.sha256(f"pair {n}".encode()).digest()[0] % 2 == 0


def play(a):
    pairs, worded, turns = [], 0, 0
    for said in said_by(a.conversations):
        plain = learnt = None
        for text in said:
            (phrases, plain), (decoder, learnt) = say(a.phrases, text, plain), say(a.decoder, text, learnt)
            turns += 1
            if decoder["provider"] != "local":
                continue
            worded += 1
            one, two = decoder["text"], phrases["text"]
            if one != two:
                pairs.append({"message": text, "decoder": one, "phrases": two})
    step = max(1, len(pairs) // a.turns)
    with open(a.out, "w", encoding="utf-8") as out:
        for n, pair in enumerate(pairs[::step][:a.turns]):
            both = (pair["decoder"], pair["phrases"]) if decoder_first(n) else (pair["phrases"], pair["decoder"])
            out.write(json.dumps({"n": n, "message": pair["message"], "A": both[0], "B": both[1]}, ensure_ascii=False) + "\n")
    print(turns, "turns,", worded, "worded by the decoder,", len(pairs), "of them in other words than the phrases")


def report(a):
    pairs = [json.loads(line) for line in open(a.pairs, encoding="utf-8")]
    judged = [{v["n"]: v["better"] for v in map(json.loads, open(path, encoding="utf-8"))} for path in a.verdicts]
    name = lambda n, v: "same" if v == "same" else ("decoder" if (v == "A") == decoder_first(n) else "phrases")
    out = ["# The decoder beside the phrases", "",
           f"{len(pairs)} turns of conversations nobody learnt from, told once by the shop's phrases and once by the decoder; both say the same records.",
           "Who judged saw two replies in random order and nothing that says which is which (`train/decoder/compare.py`).", "",
           "| judge | decoder better | the same | phrases better |", "|---|---|---|---|"]
    for i, verdicts in enumerate(judged, 1):
        count = collections.Counter(name(n, v) for n, v in verdicts.items())
        out.append(f"| {i} | {count['decoder']} | {count['same']} | {count['phrases']} |")
    for pair in pairs:
        n, one, two = pair["n"], pair["A"], pair["B"]
        if not decoder_first(n):
            one, two = two, one
        quote = lambda text: text.replace("\n", "\n  > ")
        better = ", ".join(name(n, v[n]) for v in judged if n in v)
        out += ["", f"**{n + 1}.** {pair['message']}", f"- decoder\n  > {quote(one)}", f"- phrases\n  > {quote(two)}", f"- better: {better}"]
    a.out.write_text("\n".join(out) + "\n", encoding="utf-8")
    print("\n".join(out[5:8 + len(judged)]))


def main():
    p = argparse.ArgumentParser()
    sub = p.add_subparsers(dest="what", required=True)
    one = sub.add_parser("play")
    one.add_argument("--conversations", type=Path, default=Path("models/nano/data/goals_eval_2.jsonl"))
    one.add_argument("--phrases", required=True)
    one.add_argument("--decoder", required=True)
    one.add_argument("--turns", type=int, default=100)
    one.add_argument("--out", type=Path, required=True)
    two = sub.add_parser("report")
    two.add_argument("pairs", type=Path)
    two.add_argument("verdicts", type=Path, nargs="+")
    two.add_argument("--out", type=Path, default=Path("models/nano/SPEECH.md"))
    a = p.parse_args()
    sys.exit({"play": play, "report": report}[a.what](a))


if __name__ == "__main__":
    main()
