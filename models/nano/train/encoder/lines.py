"""The lines to learn from, how they become token ids, and which of them are held out."""

import hashlib
import json
import random
from pathlib import Path

import torch
from tokenizers import Tokenizer

from bert import INTENTS, base_dir

# Input format 1. Ids: [CLS] text [SEP] role line [SEP] role line [SEP], history newest first, at
# most two lines, `role` one word piece. Segment 0 up to the first [SEP], 1 after it. A line longer
# than its share keeps its first and its last half. `src/llm/encoder/input.rs` does the same.
FORMAT, TEXT_TOKENS, HISTORY_TOKENS, HISTORY_LINES = 1, 64, 24, 2
CLS, SEP = 101, 102
ROLE_WORDS = {"user": "customer", "agent": "assistant"}
# Lines an epoch takes from the sources that repeat themselves; of the others it takes all.
PER_EPOCH = {"bitext": 450, "clinc150": 350, "banking77": 325, "multidogo-software": 325}


class Tokens:
    def __init__(self):
        self.inner = Tokenizer.from_file(str(base_dir() / "tokenizer.json"))
        self.inner.no_truncation()
        self.inner.no_padding()
        self.roles = {k: self.inner.token_to_id(v) for k, v in ROLE_WORDS.items()}
        assert all(self.roles.values())

    def ids(self, text: str) -> list[int]:
        return self.inner.encode(text, add_special_tokens=False).ids

    def input(self, text, history=()):
        ids = [CLS, *clip(self.ids(text), TEXT_TOKENS), SEP]
        first = len(ids)
        for line in list(reversed(history))[:HISTORY_LINES]:
            ids += [self.roles[line["role"]], *clip(self.ids(line["text"]), HISTORY_TOKENS), SEP]
        return ids, [0] * first + [1] * (len(ids) - first)


def clip(ids, limit):
    return ids if len(ids) <= limit else ids[: limit // 2] + ids[-(limit // 2):]


def read(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(l) for l in f if l.strip()]


def book(path: Path, intent_of):
    """Lines of the book of wishes, which says of each in what situations it means its goal. Goals that no written line has are
    left out: fewer were told apart when the trunk was made."""
    out = []
    for row in open(path, encoding="utf-8"):
        if row.startswith("#") or " = " not in row:
            continue
        head, said = row.strip().split(" = ", 1)
        goal, _, where = head.partition("|")
        if goal.strip() not in intent_of:
            continue
        situations = [w.strip() for w in where.split(",") if w.strip()]
        for text in filter(None, (t.strip() for t in said.split(" ; "))):
            out.append({"text": text, "label": intent_of[goal.strip()], "goal": goal.strip(), "situations": situations, "source": "written-book"})
    return out


def load(written: Path, public: Path, wishes: Path = Path("assets/nlu/wishes.txt")):
    """Every trainable line, `source` filled in; written files are `written-1`, `written-2` and so on."""
    out = []
    for path in sorted(written.glob("utterances_*.jsonl")):
        for d in read(path):
            out.append({**d, "source": "written-" + path.stem.split("_")[1]})
    out += book(wishes, {d["goal"]: d["label"] for d in out if d.get("goal")})
    for d in read(public):
        out.append({"text": d["text"], "label": d["label"], "source": d["source"]})
    return out


def held_out(line) -> bool:
    """One line in ten, by the words alone, so that equal lines fall on the same side."""
    key = " ".join(line["text"].lower().split())
    return hashlib.sha256(key.encode()).digest()[0] % 10 == 0


def epoch_lines(train, rng):
    by = {}
    for d in train:
        by.setdefault(d["source"], []).append(d)
    out = []
    for source, lines in sorted(by.items()):
        if source.startswith("written"):
            out += lines
        else:
            out += rng.sample(lines, min(len(lines), PER_EPOCH.get(source, len(lines))))
    rng.shuffle(out)
    return out


def typo(text, rng):
    """One slip of the fingers or a habit of the phone."""
    if len(text) < 6:
        return text
    i = rng.randrange(1, len(text) - 2)
    return rng.choice([
        lambda: text[:i] + text[i + 1:],
        lambda: text[:i] + text[i + 1] + text[i] + text[i + 2:],
        lambda: text[:i] + text[i] + text[i:],
        lambda: text.rstrip(".?!"),
        lambda: text.replace("'", ""),
    ])()


# What was talked about where a line of the book means its goal; no history is such as these in another place.
SITUATIONS = {
    "product": {"find_product", "refine_results", "compare_products", "product_question", "price_question", "recommend", "stock_question"},
    "order": {"order_status", "tracking", "delivery_date", "late_parcel", "my_orders", "change_order"},
    "fault": {"troubleshoot", "setup_help"},
    "returns": {"return_request", "return_policy", "damaged_or_wrong_item", "warranty", "refund_status"},
    "ticket": {"open_ticket", "ticket_status"},
    "offer": {"current_promotions", "code_check", "promo_price", "which_code", "offer_terms"},
    "points": {"loyalty"},
}


def pools(lines):
    """Histories by situation, by what was wanted in the line before; under "" every one."""
    out, before = {"": [d["history"] for d in lines if d.get("history")]}, None
    for d in lines:
        if d.get("conversation") and d.get("history") and before and before.get("conversation") == d["conversation"]:
            for name, goals in SITUATIONS.items():
                if before["goal"] in goals:
                    out.setdefault(name, []).append(d["history"])
        before = d
    return out


def vary(line, pools, rng):
    """A line as it is met once: history dropped half of the time (one time in five in a conversation that
    was played), a fitting one put behind a line of the book, or a stranger's behind one that stands by
    itself; now and then a typing error."""
    text, history, pool = line["text"], line.get("history") or [], pools[""]
    if line.get("situations"):
        fitting = pools.get(rng.choice(line["situations"]))
        history = rng.choice(fitting) if fitting else []
    elif history and rng.random() < (0.2 if line.get("conversation") else 0.5):
        history = []
    elif not history and pool and len(text.split()) > 4 and rng.random() < 0.15:
        history = rng.choice(pool)
    if rng.random() < 0.2:
        text = typo(text, rng)
    return text, history


def batches(items, size, rng):
    """Rows of (ids, segments, ...) near in length, in random order."""
    order = sorted(range(len(items)), key=lambda i: (len(items[i][0]), rng.random()))
    groups = [order[i: i + size] for i in range(0, len(order), size)]
    rng.shuffle(groups)
    return [[items[i] for i in g] for g in groups]


def pad(rows):
    n = max(len(r[0]) for r in rows)
    ids = torch.zeros(len(rows), n, dtype=torch.long)
    seg, mask = torch.zeros_like(ids), torch.zeros_like(ids, dtype=torch.bool)
    for i, r in enumerate(rows):
        k = len(r[0])
        ids[i, :k], seg[i, :k], mask[i, :k] = torch.tensor(r[0]), torch.tensor(r[1]), True
    return ids, seg, mask


def goal_names(lines):
    names = {}
    for d in lines:
        if d.get("goal"):
            names.setdefault(d["goal"], d["label"])
    return sorted(names, key=lambda g: (INTENTS.index(names[g]), g))


def new_rng(seed):
    return random.Random(seed)
