"""Measures on the lines kept apart. The same figures come from `electromart eval sentiment|urgency FILE`."""

import re

import numpy as np
from sklearn.metrics import f1_score, precision_recall_fscore_support, roc_auc_score

from export import URGENT, scores
from student import predict

KEYWORDS = re.compile(
    r"\b(urgent|urgently|urgency|asap|as soon as possible|immediate|immediately|emergency|critical|right away|"
    r"right now|now|today|tonight|help|deadline|quickly|at once|hurry|prompt|promptly|swift|crucial|important|"
    r"severe|outage|down|stopped)\b", re.IGNORECASE)


def three(labels):
    """Moods with the very negative counted as negative."""
    return np.array(["negative" if name == "very_negative" else name for name in labels])


def report(corpus, student, place, calibration, teacher=None):
    """Prints every figure of the card."""
    for name, label in (("student", lambda t: predict(student, t, place)),
                        ("teacher", (lambda t: teacher.label(t)[1]) if teacher else None)):
        if label:
            _report(name, corpus, label, calibration)


def _report(name, corpus, logits_of, calibration):
    for set_name, records in (("sentiment_eval", corpus.mood_eval), ("tweets", corpus.tweets_eval)):
        truth = [r["label"] for r in records]
        found = scores(logits_of([r["text"] for r in records]), calibration)[0]
        labels = ["positive", "neutral", "negative"]
        each = f1_score(three(truth), three(found), average=None, labels=labels).round(3)
        print(name, set_name, "macro-F1", round(f1_score(three(truth), three(found), average="macro"), 4), each)
        very = np.array(truth) == "very_negative"
        flagged = found == "very_negative"
        print("   very_negative flagged", int(flagged.sum()), "of", len(found))
        if very.any():
            p, r, f, _ = precision_recall_fscore_support(very, flagged, average="binary", zero_division=0)
            print("   very_negative precision", round(p, 3), "recall", round(r, 3), "F1", round(f, 3))
    urgency = scores(logits_of([r["text"] for r in corpus.urgency_eval]), calibration)[3]
    truth = np.array([r["label"] == "urgent" for r in corpus.urgency_eval])
    p, r, f, _ = precision_recall_fscore_support(truth, urgency >= URGENT, average="binary")
    print(name, "urgency_eval F1", round(f, 4), "precision", round(p, 3), "recall", round(r, 3),
          "AUROC", round(roc_auc_score(truth, urgency), 4))
    urgency = scores(logits_of([r["text"] for r in corpus.tickets_eval]), calibration)[3]
    truth = np.array([r["label"] == "high" for r in corpus.tickets_eval])
    listed = np.array([len(KEYWORDS.findall(r["text"])) for r in corpus.tickets_eval])
    print(name, "tickets AUROC", round(roc_auc_score(truth, urgency), 4),
          "keyword list", round(roc_auc_score(truth, listed), 4))
