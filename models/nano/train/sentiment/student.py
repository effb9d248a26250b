"""The student: word vectors, one convolution, a small dense layer and hashed features beside it."""

import random

import numpy as np
import torch
from torch.nn import functional as F

from features import BUCKETS, SIGNALS, featurize
from teacher import mood_loss
from tokens import vader

DIM, WIDTH, DENSE, OUT = 48, 64, 48, 5
EPOCHS, BATCH = 9, 256
STEP, VECTOR_STEP = 2e-3, 5e-4
# Labelled lines are seen this many times an epoch and their label counts beside the teacher's.
REPEATS, LABEL_SHARE = 3, 0.5
SHOUTED = 0.05
# Share of words that training turns into unknown ones, so that these learn to say little.
UNKNOWN = 0.04


class Student(torch.nn.Module):
    """The network; `logits` of four moods and urgency."""

    def __init__(self, vectors):
        super().__init__()
        self.vectors = torch.nn.Parameter(torch.tensor(vectors))
        self.capitals = torch.nn.Parameter(torch.zeros(DIM))
        self.conv = torch.nn.Linear(3 * DIM, WIDTH)
        self.dense = torch.nn.Linear(2 * WIDTH + DIM + SIGNALS, DENSE)
        self.out = torch.nn.Linear(DENSE, OUT)
        self.hashed = torch.nn.EmbeddingBag(BUCKETS, OUT, mode="sum")
        torch.nn.init.zeros_(self.hashed.weight)

    def forward(self, batch, drop=0.0):
        rows, mask, capitals, flat, offsets, count, signals = batch
        if drop:
            rows = torch.where(torch.rand(rows.shape) < UNKNOWN, len(self.vectors) - 1, rows)
        x = (self.vectors[rows] + capitals[..., None] * self.capitals) * mask[..., None]
        if drop:
            keep = (torch.rand(rows.shape) >= drop).float() / (1 - drop)
            x = x * keep[..., None]
        padded = F.pad(x, (0, 0, 1, 1))
        windows = torch.cat([padded[:, :-2], x, padded[:, 2:]], 2)
        hidden = torch.relu(self.conv(windows)) * mask[..., None]
        n = mask.sum(1, keepdim=True).clamp(min=1)
        pooled = torch.cat([hidden.amax(1), hidden.sum(1) / n, x.sum(1) / n, signals], 1)
        pooled = F.dropout(pooled, 0.1, self.training)
        dense = torch.relu(self.dense(pooled))
        return self.out(dense) + self.hashed(flat, offsets) / count.clamp(min=1).sqrt()[:, None]


def as_arrays(item):
    """A featurized text as arrays."""
    rows, capitals, buckets, signals = item
    return (np.array(rows, np.int64), np.array(capitals, np.float32), np.array(buckets, np.int64),
            np.array(signals, np.float32))


def collate(items):
    """A padded batch of featurized texts."""
    most = max(1, max(len(rows) for rows, *_ in items))
    rows = np.zeros((len(items), most), np.int64)
    mask, capitals = np.zeros((2, len(items), most), np.float32)
    for i, (r, c, _, _) in enumerate(items):
        rows[i, : len(r)], capitals[i, : len(r)], mask[i, : len(r)] = r, c, 1
    counts = [len(b) for _, _, b, _ in items]
    flat, offsets = np.concatenate([b for _, _, b, _ in items]), np.cumsum([0] + counts[:-1])
    parts = rows, mask, capitals, flat, offsets, np.array(counts, np.float32), np.stack([s for *_, s in items])
    return [torch.from_numpy(part) for part in parts]


def start_vectors(labelled):
    """(words, vectors): the teacher's logits and VADER's valence, then principal components of its vectors.

    Unknown is the last row. Marks such as "!" and "<user>" that the teacher cannot read start at zero.
    """
    marks = ["!", "!!", "?", "??", ".", "..", ",", "<user>", "<url>", "<num>", "<smile>", "<frown>"]
    lexicon, _ = vader()
    logits = labelled["logits"] - labelled["logits"].mean(0)
    centred = labelled["vectors"] - labelled["vectors"].mean(0)
    valence = np.array([[lexicon.get(w, 0.0)] for w in labelled["words"]], np.float32)
    _, axes = np.linalg.eigh(np.cov(centred.T))
    parts = centred @ axes[:, ::-1][:, : DIM - OUT - 1]
    together = np.concatenate([logits, valence, parts], 1)
    together = 0.5 * together / (together.std(0) + 1e-6)
    together = np.clip(together, -2.5, 2.5)
    extra = np.zeros((len(marks) + 1, DIM), np.float32)
    words = labelled["words"] + marks
    return words, np.concatenate([together, extra]).astype(np.float32)


def predict(student, texts, place):
    """The student's logits of all texts."""
    student.eval()
    with torch.no_grad():
        return np.concatenate([
            student(collate([as_arrays(featurize(t, place)) for t in texts[i : i + BATCH]])).numpy()
            for i in range(0, len(texts), BATCH)
        ])


def _loss(logits, soft, mood, urgent):
    kl = F.kl_div(torch.log_softmax(logits[:, :4], 1), torch.softmax(soft[:, :4], 1), reduction="batchmean")
    urgency = F.binary_cross_entropy_with_logits(logits[:, 4], torch.sigmoid(soft[:, 4]))
    loss = kl + urgency
    for known, part in ((mood >= 0, "mood"), (urgent >= 0, "urgency")):
        if known.any():
            share = LABEL_SHARE * known.float().mean()
            if part == "mood":
                loss = loss + share * mood_loss(logits[known][:, :4], mood[known])
            else:
                loss = loss + share * F.binary_cross_entropy_with_logits(logits[known][:, 4], urgent[known].float())
    return loss


def fit(corpus, labelled, seed, report=None):
    """Trains a student; returns it with its words and their rows."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    words, vectors = start_vectors(labelled)
    place = {w: i for i, w in enumerate(words)}
    student = Student(vectors)
    mood, urgent = dict(corpus.mood), dict(corpus.urgency)
    mood.update(corpus.complaints)
    mood.update({t: 1 for t in corpus.plain})
    urgent.update({t: 0 for t in corpus.plain})
    urgent.update(labelled["written"])
    items, soft, moods, urgents = [], [], [], []
    for text, logits in zip(labelled["texts"], labelled["soft"]):
        for _ in range(REPEATS if text in mood or text in urgent else 1):
            items.append(as_arrays(featurize(text.upper() if rng.random() < SHOUTED else text, place)))
            soft.append(logits)
            moods.append(mood.get(text, -1))
            urgents.append(urgent.get(text, -1))
    soft, moods, urgents = torch.tensor(np.array(soft)), torch.tensor(moods), torch.tensor(urgents)
    rest = [p for n, p in student.named_parameters() if n != "vectors"]
    optimizer = torch.optim.AdamW([{"params": [student.vectors], "lr": VECTOR_STEP, "weight_decay": 0.0},
                                   {"params": rest, "lr": STEP}], weight_decay=0.01, fused=True)
    steps = EPOCHS * (len(items) // BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / 200) * max(0.01, 1 - s / steps))
    for epoch in range(EPOCHS):
        student.train()
        order = list(range(len(items)))
        rng.shuffle(order)
        blocks = []
        for start in range(0, len(order), 20 * BATCH):
            block = sorted(order[start : start + 20 * BATCH], key=lambda i: len(items[i][0]))
            blocks += [block[i : i + BATCH] for i in range(0, len(block), BATCH)]
        rng.shuffle(blocks)
        total = 0.0
        for chosen in blocks:
            logits = student(collate([items[i] for i in chosen]), drop=0.08)
            loss = _loss(logits, soft[chosen], moods[chosen], urgents[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        if report:
            report(epoch, total / len(blocks), student, place)
    return student, words, place
