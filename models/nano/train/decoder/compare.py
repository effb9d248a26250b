"""The decoder beside the shop's own phrases: pairs of the same facts, then a blind judgement.

    python models/nano/train/decoder/compare.py briefs --out pairs.jsonl     # of decisions held out of the training
    # or in two running shops, the same conversations in both:
    python models/nano/train/decoder/compare.py play --phrases http://127.0.0.1:8081 --decoder http://127.0.0.1:8082 --out pairs.jsonl
    # somebody writes verdicts.jsonl, {"n", "better": "A" | "B" | "same"}, from pairs.jsonl, in which nothing says which is which
    python models/nano/train/decoder/compare.py report pairs.jsonl verdicts.jsonl --out models/nano/SPEECH.md

A turn counts where the decoder worded something, and in other words than the phrases.
"""

import argparse
import collections
import hashlib
import json
import re
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path


# What only the phrases say (`is_beyond_small_models` in `src/turn/speaker/plan.rs`): the decoder is told what stands before it.
BEYOND = re.compile(r"waiting to be confirmed|confirmed and being prepared")


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


def facts(reply):
    """What a reply tells of; tickets, which every shop numbers for itself, by their fields alone."""
    return sorted((e["kind"], e["field"]) if e["ref"].startswith("TCK-") else (e["kind"], e["field"], e["ref"]) for e in reply["evidence"])


def decoder_first(n):
    """Which of a pair is A: drawn by its number, so that the report can be made from the verdicts alone."""
    return hashlib.sha256(f"pair {n}".encode()).digest()[0] % 2 == 0


def varied(pairs):
    """The first of every kind, then the second of every kind, and so on."""
    before, order = collections.Counter(), []
    for pair in pairs:
        order.append((before[pair["kind"]], len(order)))
        before[pair["kind"]] += 1
    return [pairs[at] for _, at in sorted(order)]


def write(pairs, a):
    """So many pairs as are asked for, of as many kinds as there are, in an order drawn for each."""
    with open(a.out, "w", encoding="utf-8") as out:
        for n, pair in enumerate(varied(pairs)[:a.turns]):
            both = (pair["decoder"], pair["phrases"]) if decoder_first(n) else (pair["phrases"], pair["decoder"])
            out.write(json.dumps({"n": n, "message": pair["message"], "A": both[0], "B": both[1]}, ensure_ascii=False) + "\n")


def filled(text, facts):
    """With what the placeholders stand for."""
    of = dict(re.match(r"(\{F\d+\}) = (.*) \(", fact, re.S).groups() for fact in facts if " (" in fact)
    return re.sub(r"\{F\d+\}", lambda m: of.get(m[0], m[0]), text)


def briefs(a):
    """As `play`, without a shop: what the decoder and the phrases make of decisions that were held out of its training,
    with the cautions of `src/llm/local/caution.rs`."""
    import torch

    from fixtures import opened
    from pairs import HOLE, held_out, named, numbered, numbers, phrases, read_written, tells_all, told, unlisted
    from spoken import say

    (net, pieces), pairs, asked, spoke = opened(Path("models/nano/decoder.gguf")), [], 0, 0
    torch.set_num_threads(1)
    for line in read_written(Path("models/nano/data")):
        at = next((i for i, point in enumerate(line["say"]) if BEYOND.search(point)), len(line["say"]))
        first = line["say"][:at]
        pair = unlisted(line | {"say": first}, phrases(first)) if first else None
        if pair is None or not held_out(line["message"]):
            continue
        asked += 1
        own = numbered(pair)
        said = say(net, pieces, told(own.message, own.say))
        if said is None or not tells_all(said, own.say):
            continue
        spoke += 1
        if said != phrases(own.say):
            back = dict(zip(numbers(own), numbers(pair)))
            both = [named(replace(own, reply=text), back).reply for text in (said, phrases(own.say))]
            rest = line["say"][len(pair.say):]
            between = "\n" if rest and rest[0].startswith("- ") else " "
            whole = [filled(between.join(filter(None, (text, phrases(rest)))), line["facts"]) for text in both]
            kind = " ".join(HOLE.sub("{F}", said) for said in own.say)
            pairs.append({"message": line["message"], "kind": kind, "decoder": whole[0], "phrases": whole[1]})
    write(pairs, a)
    print(asked, "decisions,", spoke, "worded by the decoder to the end,", len(pairs), "of them in other words than the phrases")


def play(a):
    pairs, worded, turns = [], 0, 0
    for said in (said for path in a.conversations for said in said_by(path)):
        plain = learnt = None
        for text in said:
            (phrases, plain), (decoder, learnt) = say(a.phrases, text, plain), say(a.decoder, text, learnt)
            turns += 1
            # What is read of a message hangs on how the last reply was worded: where the facts part, both begin anew.
            if facts(decoder) != facts(phrases):
                plain = learnt = None
                continue
            if decoder["provider"] == "local":
                worded += 1
                if decoder["text"] != phrases["text"]:
                    pairs.append({"message": text, "kind": " ".join(decoder["acts"]), "decoder": decoder["text"], "phrases": phrases["text"]})
    write(pairs, a)
    print(turns, "turns,", worded, "of the same facts worded by the decoder,", len(pairs), "of them in other words than the phrases")


def report(a):
    pairs = [json.loads(line) for line in open(a.pairs, encoding="utf-8")]
    judged = [{v["n"]: v["better"] for v in map(json.loads, open(path, encoding="utf-8"))} for path in a.verdicts]
    name = lambda n, v: "same" if v == "same" else ("decoder" if (v == "A") == decoder_first(n) else "phrases")
    out = ["# The decoder beside the phrases", "",
           f"{len(pairs)} turns that the decoder has not learnt from, told once by the shop's phrases and once by the decoder; both say the same records.",
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
    told, played, judged = (sub.add_parser(name) for name in ("briefs", "play", "report"))
    for command in (told, played):
        command.add_argument("--turns", type=int, default=100)
        command.add_argument("--out", type=Path, required=True)
    played.add_argument("--conversations", type=Path, nargs="+",
                        default=[Path("models/nano/data/goals_eval.jsonl"), Path("models/nano/data/goals_eval_2.jsonl")])
    played.add_argument("--phrases", required=True)
    played.add_argument("--decoder", required=True)
    judged.add_argument("pairs", type=Path)
    judged.add_argument("verdicts", type=Path, nargs="+")
    judged.add_argument("--out", type=Path, default=Path("models/nano/SPEECH.md"))
    a = p.parse_args()
    sys.exit({"briefs": briefs, "play": play, "report": report}[a.what](a))


if __name__ == "__main__":
    main()
