"""Calibration, the model file and the fixtures that the Rust tests compare with."""

import copy
import json
import struct

import numpy as np
import torch

from features import BUCKETS, SIGNALS, fnv, says_nothing
from student import DENSE, DIM, WIDTH, predict
from tokens import tokenize

MAGIC, VERSION = b"EMSENTIM", 1
# The design's urgency threshold; the best operating point is moved onto it.
URGENT = 0.7
# Polarity of a certain negative; a certain very negative is -1.
NEGATIVE_POLARITY = 0.6


def softmax(logits):
    """Row-wise softmax of the four mood logits."""
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def scores(logits, calibration):
    """The answers as the Rust side gives them: (label, polarity, subjectivity, urgency) for each row."""
    p = softmax(logits[:, :4])
    negative = p[:, 2] + p[:, 3]
    names = np.array(["positive", "neutral", "negative"])
    label = names[np.stack([p[:, 0], p[:, 1], negative], 1).argmax(1)].astype("<U13")
    label[(label == "negative") & (p[:, 3] >= calibration["very_negative"])] = "very_negative"
    polarity = p[:, 0] - NEGATIVE_POLARITY * p[:, 2] - p[:, 3]
    urgency = 1 / (1 + np.exp(-(logits[:, 4] + calibration["urgency_shift"])))
    return label, polarity, 1 - p[:, 1], urgency


def fnv64(data):
    """FNV-1a, 64 bits, over little-endian words of four bytes: the file's checksum."""
    value = 0xCBF29CE484222325
    data = data + b"\0" * (-len(data) % 4)
    for word in struct.unpack(f"<{len(data) // 4}I", data):
        value = ((value ^ word) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def _quantized(matrix):
    scale = np.maximum(np.abs(matrix).max(0), 1e-6) / 127
    return scale.astype("<f4"), np.clip(np.rint(matrix / scale.astype("<f4")), -127, 127).astype(np.int8)


def write_model(path, student, words, calibration):
    """Writes the file that src/sentiment/model.rs reads; its layout is described there."""
    keys = np.array([fnv(w) for w in words], np.uint32)
    order = np.argsort(keys, kind="stable")
    assert len(set(keys.tolist())) == len(words), "two words share a key"
    state = {n: p.detach().numpy().astype("<f4") for n, p in student.named_parameters()}
    order = np.append(order, len(words))
    vector_scale, vectors = _quantized(state["vectors"][order])
    hashed_scale, hashed = _quantized(state["hashed.weight"])
    body = struct.pack("<2f", calibration["urgency_shift"], calibration["very_negative"])
    body += np.sort(keys).astype("<u4").tobytes()
    for part in (vector_scale, hashed_scale, state["capitals"], state["conv.weight"].T, state["conv.bias"],
                 state["dense.weight"].T, state["dense.bias"], state["out.weight"].T, state["out.bias"]):
        body += np.ascontiguousarray(part, "<f4").tobytes()
    body += vectors.tobytes() + hashed.tobytes()
    head = MAGIC + struct.pack("<7I", VERSION, len(words), DIM, WIDTH, DENSE, BUCKETS, SIGNALS)
    path.write_bytes(head + struct.pack("<Q", fnv64(body)) + body)
    print(path.name, len(head) + 8 + len(body), "bytes")


def rounded(student):
    """The student with its tables rounded as in the file."""
    small_one = copy.deepcopy(student)
    with torch.no_grad():
        for table in (small_one.vectors, small_one.hashed.weight):
            scale, small = _quantized(table.numpy())
            table.copy_(torch.tensor(small.astype(np.float32) * scale))
    return small_one


FIXTURES = [
    "", " ", "!", "?!?!", "\u0000", "\u2066\u0645\u0631\u062d\u0628\u0627\u2069", "👍🏽👍", "😡" * 30, "❤️",
    "show me gaming laptops under 1500", "only ASUS", "where is my order ORD-1007?", "it arrived broken",
    "SOOOO bad :( never again!!", "thanks :-) www.shop.example/x see http://a.b/c", "don’t worry… it’s fine — really",
    "WORST SHOP EVER. DISGUSTING. I WILL SUE YOU", "@shop help!! it is on FIRE right now", "GROẞE İSTANBUL Übung ÉTÉ",
    "3.5 stars, 12:30, 1,000 pieces", "a_b @x_y #tag 'quoted' rock'n'roll", "naïve café 東京 привет мир", "xqzjv wqkx!", "!!!", "1007", "你好吗", "# \ufeff",
]


def write_fixtures(path, corpus, student, place, calibration):
    """Odd texts and some training lines with their scores."""
    texts = FIXTURES + [t for t, _ in corpus.mood[:2000:80]] + [t for t, _ in corpus.urgency[::50]]
    label, polarity, subjectivity, urgency = scores(predict(student, texts, place), calibration)
    for number, text in enumerate(texts):
        if says_nothing(tokenize(text), place):
            label[number], polarity[number], subjectivity[number], urgency[number] = "neutral", 0, 0, 0
    with open(path, "w", encoding="utf-8") as out:
        for row in zip(texts, label.tolist(), polarity.tolist(), subjectivity.tolist(), urgency.tolist()):
            record = dict(zip(("text", "label", "polarity", "subjectivity", "urgency"), row))
            record = {k: round(v, 5) if isinstance(v, float) else v for k, v in record.items()}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


def _best(truth, score, beta):
    """The highest threshold whose F-beta is within one per cent of the best: a false alarm calls a person."""
    steps = np.arange(0.02, 0.99, 0.01)
    found = score[None, :] >= steps[:, None]
    hit = (found & truth).sum(1)
    f = (1 + beta**2) * hit / np.maximum(1, found.sum(1) + beta**2 * truth.sum())
    return float(steps[f >= 0.99 * f.max()].max()), float(f.max())


def calibrate(held):
    """Thresholds from lines that that student did not see.

    Urgency: the best F1 is moved to URGENT. Very negative: F0.5, since calling a person must be rare.
    """
    mood_logits, moods = held["mood"]
    urgency_logits, urgent = held["urgency"]
    at, f1 = _best(np.array(urgent) == 1, 1 / (1 + np.exp(-urgency_logits[:, 4])), 1.0)
    p = softmax(mood_logits[:, :4])
    very, f05 = _best(np.array(moods) == 3, p[:, 3], 0.5)
    print("calibration: urgency", round(at, 3), "F1", round(f1, 3), "very_negative", round(very, 3), "F0.5", round(f05, 3))
    shift = np.log(URGENT / (1 - URGENT)) - np.log(at / (1 - at))
    return {"urgency_shift": float(shift), "very_negative": very}
