"""Reads the labelled and unlabelled lines and keeps training apart from evaluation."""

import json
import re
from pathlib import Path

from alarms import alarms
from complaints import complaints
from tickets import tickets

# Four classes for the mood; the public review lines know three, so theirs is a merged "negative".
MOODS = ["positive", "neutral", "negative", "very_negative"]
MERGED_NEGATIVE = 4

# Goals of our shop lines that are plain questions: weakly labelled neutral and not urgent.
PLAIN_GOALS = set(
    "compare_products refine_results browse_categories find_product my_orders order_status stock_question "
    "product_question accessories store_hours price_question payment_methods current_promotions gift_cards "
    "invoice store_location promo_price tracking delivery_date pickup affirm shipping_policy return_policy".split()
)

# Above this share of common word trigrams two texts count as one (0.5 = half of the smaller text's).
NEAR_DUPLICATE = 0.5


def read_lines(path):
    """The records of a JSON Lines file."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _shingles(text):
    words = re.findall(r"\w+", text.lower())
    if len(words) < 3:
        return {" ".join(words)}
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def without_near_duplicates(records, held_out):
    """Drops records that share too many word trigrams with any held-out text."""
    index = {}
    kept_out = [_shingles(r["text"]) for r in held_out]
    for number, shingles in enumerate(kept_out):
        for shingle in shingles:
            index.setdefault(shingle, []).append(number)
    kept = []
    for record in records:
        own, shared = _shingles(record["text"]), {}
        for shingle in own:
            for number in index.get(shingle, ()):
                shared[number] = shared.get(number, 0) + 1
        if all(c < NEAR_DUPLICATE * min(len(own), len(kept_out[n])) for n, c in shared.items()):
            kept.append(record)
    return kept


class Corpus:
    """Everything the recipe reads. `ours` is models/nano/data, `public` the folder of public sets."""

    def __init__(self, ours, public):
        ours, public = Path(ours), Path(public)
        self.mood_eval = read_lines(ours / "sentiment_eval.jsonl")
        self.urgency_eval = read_lines(ours / "urgency_eval.jsonl")
        self.tweets_eval = read_lines(public / "sentiment/measure_only.jsonl")
        self.tickets_eval = [
            {"text": (r["subject"] + "\n" + r["body"]).strip(), "label": r["priority"]}
            for r in read_lines(public / "urgency/measure_only.jsonl")
            if r["priority"] in ("high", "low")
        ]
        held_out = self.mood_eval + self.urgency_eval + self.tweets_eval + self.tickets_eval
        self.counts = {}

        def keep(name, records):
            kept = without_near_duplicates(records, held_out)
            self.counts[name] = (len(records), len(kept))
            return kept

        moods = sum((read_lines(ours / f"sentiment_{n}.jsonl") for n in range(1, 5)), [])
        reviews = read_lines(public / "sentiment/dev.jsonl")
        self.mood = [(r["text"], MOODS.index(r["label"])) for r in keep("sentiment_1..4", moods)]
        self.own_moods = len(self.mood)
        self.mood += [
            (r["text"], MERGED_NEGATIVE if r["label"] == "negative" else MOODS.index(r["label"]))
            for r in keep("sentiment/dev", reviews)
        ]
        self.urgency = [
            (r["text"], int(r["label"] == "urgent"))
            for r in keep("urgency_train", read_lines(ours / "urgency_train.jsonl"))
        ]
        written = keep("tickets (written)", [{"text": t, "label": l} for t, l in tickets(seed=7)])
        self.tickets = [(r["text"], r["label"]) for r in written]
        written = keep("alarms (written)", [{"text": t, "label": l} for t, l in alarms(seed=8)])
        self.alarms = [(r["text"], r["label"]) for r in written]
        written = keep("complaints (written)", [{"text": t, "label": l} for t, l in complaints(seed=9)])
        self.complaints = [(r["text"], r["label"]) for r in written]
        utterances = sum((read_lines(ours / f"utterances_{n}.jsonl") for n in range(1, 7)), [])
        plain = [r["text"] for r in keep("utterances_1..6 (plain goals)", [
            r for r in utterances if r["goal"] in PLAIN_GOALS])]
        self.plain = plain
        intents = read_lines(public / "intents/dev.jsonl")
        self.unlabelled = [r["text"] for r in keep("utterances_1..6", utterances)]
        self.shop_lines = len(self.unlabelled)
        self.unlabelled += [r["text"] for r in keep("intents/dev", intents)]
