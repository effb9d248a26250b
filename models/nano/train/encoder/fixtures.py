"""Writes the fixtures of `src/llm/encoder/tests.rs`: the original tokenizer's numbers, and what PyTorch makes of
the file's own weights."""

import argparse
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

from calibrate import mixed, owners
from lines import Tokens, load, new_rng, pad
from opened import open_file, temperatures

ODD = [
    "", " ", "\t\n\r", "ÀÉÎÕÜ naïve café Straße ﬁne", "İstanbul I\u0307 ı", "日本語のテキスト and English", "你好世界", "한국어 텍스트",
    "привет как дела", "γειά σου Κόσμε ΣΑΣ", "مرحبا بالعالم", "שלום עולם", "สวัสดีชาวโลก", "नमस्ते दुनिया", "x\u0000y\ufffdz", "a\u200bb\u00adc\u2060d",
    "tab\tand\nline\r\nbreak", "nb\u00a0space\u2003em\u3000wide", "smile 😀 👩‍👩‍👧 🇩🇪 ❤️ 🫠", "£5 €5 ¥5 ₹5 $5 5¢", "½ ¼ ² ³ ①", "“quotes” ‘single’ «angle» — – …",
    "¿qué? ¡hola!", "e\u0301 a\u030a o\u0308", "A" * 99, "A" * 100, "A" * 101, "http://shop.example/a?b=c&d=e#f", "me@shop.example", "v1.2.3-beta+4",
    "5/8\" x 10' (2m)", "under_score~tilde^caret`tick|pipe", "ORD-2024-00017", "don't can't I'll you're", "##ing ##", "[ SEP ]", "unaffable supercalifragilistic",
    "𝒻𝒶𝓃𝒸𝓎 ｆｕｌｌ ＷＩＤＴＨ", "\u202eright to left\u202c", "\ue000private", "Ǆ ǅ ǆ ẞ", "x\u0b00y \U0001e900", "㈱ ㍿ ℃ №", "\u20001\u2028line\u2029para\u0085next",
]


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--gguf", type=Path, default=Path("models/nano/encoder.gguf"))
    p.add_argument("--out", type=Path, default=Path("src/llm/encoder/fixtures"))
    a = p.parse_args()
    torch.set_num_threads(1)
    (placing, goals), (net, _) = open_file(a.gguf), open_file(a.gguf, reading=True)
    placing, net, tokens, lines = placing.eval(), net.eval(), Tokens(), load(a.written, a.public)
    rng = new_rng(3)
    written = [d for d in lines if d["source"].startswith("written")]
    texts = ODD + [d["text"] for d in rng.sample(written, 1000 - len(ODD) - 150)]
    letters = "".join(t for t in ODD if len(t) < 60 and "[" not in t) + "abcdefghij etaoin shrdlu .,!?"
    texts += ["".join(rng.choices(letters, k=rng.randint(3, 14))) for _ in range(150)]
    with open(a.out / "wordpiece.jsonl", "w", encoding="utf-8") as f:
        for t in texts:
            f.write(json.dumps({"text": t, "ids": tokens.ids(t)}, ensure_ascii=False, separators=(",", ":")) + "\n")

    t = temperatures(a.gguf)
    _, owner = owners(goals, lines)
    picked = rng.sample([d for d in written if d.get("history")], 14) + rng.sample(written, 24)
    picked += [{"text": ""}, {"text": " ".join(d["text"] for d in written[:40])}]
    with torch.no_grad(), open(a.out / "scores.jsonl", "w", encoding="utf-8") as f:
        for i, d in enumerate(picked):
            li, lg, _ = net(*pad([tokens.input(d["text"], d.get("history") or [])]))
            fine = (lg[0] / t["goal"]).softmax(-1)
            best = fine.argmax().item()
            row = {"text": d["text"], "history": d.get("history") or [],
                   "intents": [round(x, 5) for x in mixed(li, lg, owner, t)[0].tolist()],
                   "goal": goals[best], "goal_p": round(fine[best].item(), 5)}
            if i % 5 == 0 and len(tokens.ids(d["text"])) <= 64:
                mean = F.normalize(placing.trunk(*pad([tokens.input(d["text"])]))[1][0], dim=-1)
                row["embedding"] = [round(x, 4) for x in mean.tolist()]
                assert math.isclose(sum(x * x for x in row["embedding"]), 1, abs_tol=0.01)
            f.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
