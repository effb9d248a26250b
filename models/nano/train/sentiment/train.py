"""Trains, exports and measures the sentiment and urgency model: `python train.py`.

Stages keep their results in the work folder, so that a second run repeats only what is missing.
"""

import argparse
import pickle
import random
from pathlib import Path

import numpy as np
import torch

from augment import Exchanger, distillation_texts, vocabulary
from corpus import MOODS, Corpus, without_near_duplicates
from evaluate import report
from export import calibrate, rounded, write_fixtures, write_model
from student import fit, predict
from teacher import train_teacher
from tokens import vader

SEED = 20
# The urgency logit of a line from our grammars: 95 per cent.
SURE = 3.0
# Variants made of each written ticket.
TICKET_VARIANTS = 4
# Every sixth line calibrates.
HELD = 6
HERE = Path(__file__).resolve().parent
NANO = HERE.parents[1]
ROOT = NANO.parents[1]


def stage(work, name, make):
    """The pickled result of a stage, made if it is not there yet."""
    path = work / f"{name}.pickle"
    if not path.exists():
        result = make()
        path.write_bytes(pickle.dumps(result))
        return result
    return pickle.loads(path.read_bytes())


def teach(corpus):
    """Stage 1: the fine-tuned teacher's weights."""
    mood = corpus.mood + [(text, MOODS.index("neutral")) for text in corpus.plain]
    urgency = corpus.urgency + [(text, 0) for text in corpus.plain]
    return train_teacher(mood, urgency, SEED, lambda epoch, _: print("teacher epoch", epoch, flush=True))


def word_vectors(teacher, words):
    """What the teacher makes of each word alone and in two carriers: (vectors, logits)."""
    _, emojis = vader()
    plain = [emojis.get(w, w) for w in words]
    alone, logits = teacher.label(plain, 256)
    carried, carried_logits = teacher.label([f"it was {w}" for w in plain], 256)
    return (alone + carried) / 2, (logits + carried_logits) / 2


def label(corpus, teacher):
    """Stage 2: the vocabulary with its vectors, and the distillation texts with their logits."""
    words = vocabulary(corpus, teacher.pieces)
    symbols = sorted(vader()[1])
    vectors, logits = word_vectors(teacher, words + symbols)
    print(len(words), "words", flush=True)
    texts = distillation_texts(corpus, teacher, words, SEED)
    print(len(texts), "texts to label", flush=True)
    _, soft = teacher.label(texts)
    return {"words": words + symbols, "vectors": vectors, "logits": logits,
            "texts": texts, "soft": soft}


def main():
    """Runs the stages."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ours", default=NANO / "data")
    options.add_argument("--public", default=ROOT.parent / "shared" / "data")
    options.add_argument("--work", default=HERE / "work", help="where the stages keep their results")
    options.add_argument("--teacher", action="store_true", help="measure the teacher as well")
    options = options.parse_args()
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    corpus = Corpus(options.ours, options.public)
    print(corpus.counts, flush=True)
    teacher = stage(work, "teacher", lambda: teach(corpus))
    labelled = stage(work, "labelled", lambda: label(corpus, teacher))
    labelled = together(labelled, stage(work, "written", lambda: label_written(corpus, teacher)))
    student, words, place = stage(work, "student", lambda: fit(corpus, labelled, SEED, progress))
    calibration = calibrate(stage(work, "held", lambda: hold_out(corpus, labelled)))
    write_model(NANO / "sentiment.bin", student, words, calibration)
    quantized = rounded(student)
    write_fixtures(ROOT / "src/sentiment/fixtures.jsonl", corpus, quantized, place, calibration)
    report(corpus, quantized, place, calibration, teacher if options.teacher else None)


def label_written(corpus, teacher):
    """Stage 3: the lines of our grammars. Urgency is as written; so is the mood of the complaints, the
    other moods are the teacher's."""
    exchange = Exchanger(teacher, random.Random(SEED))
    pairs = corpus.tickets + [(exchange.vary(t), u) for t, u in corpus.tickets for _ in range(TICKET_VARIANTS)]
    pairs += corpus.alarms + [(text, 0) for text, _ in corpus.complaints]
    _, soft = teacher.label([text for text, _ in pairs])
    soft[:, 4] = [SURE if urgent else -SURE for _, urgent in pairs]
    for number, (_, mood) in enumerate(corpus.complaints, len(pairs) - len(corpus.complaints)):
        soft[number, :4] = [2 * SURE if m == mood else 0.0 for m in range(4)]
    return {"written": pairs, "soft": soft}


def together(labelled, written):
    """Both sets of distillation texts."""
    return {**labelled, "written": written["written"],
            "texts": labelled["texts"] + [text for text, _ in written["written"]],
            "soft": np.concatenate([labelled["soft"], written["soft"]])}


def hold_out(corpus, labelled):
    """Stage 5: a student without every sixth line and all that resembles one, and its logits of those lines.

    The teacher has seen them; a second teacher would double the recipe's time for the two thresholds.
    """
    held = {"mood": corpus.mood[: corpus.own_moods : HELD], "urgency": corpus.urgency[::HELD]}
    records = [{"text": text, "soft": soft} for text, soft in zip(labelled["texts"], labelled["soft"])]
    lines = [{"text": text} for part in held.values() for text, _ in part]
    kept = without_near_duplicates(records, lines)
    print(len(kept), "of", len(records), "texts resemble no held line", flush=True)
    part = {**labelled, "texts": [r["text"] for r in kept], "soft": np.array([r["soft"] for r in kept])}
    student, _, place = fit(corpus, part, SEED, progress)
    return {name: (predict(student, [t for t, _ in part], place), [label for _, label in part])
            for name, part in held.items()}


def progress(epoch, loss, *_):
    """One line for each epoch of the student."""
    print("student epoch", epoch, "loss", round(loss, 4), flush=True)


if __name__ == "__main__":
    main()
