"""Fits the weights of src/retrieval/knowledge/scoring.rs.

    electromart --provider template --json eval knowledge FILE --data-dir SHOP --features > words_1.json
    electromart --json eval knowledge FILE --data-dir SHOP --features > meaning_1.json
    python models/nano/train/knowledge/fit.py words words_1.json words_2.json
    python models/nano/train/knowledge/fit.py meaning meaning_1.json meaning_2.json

Two steps, both logistic regressions: from the features of a message and an entry to how well it fits, on the
likeliest dozen entries of each message; from the best fit and its lead over the second to a probability. The
figures printed come from five folds by entry: no entry is judged with weights its own questions have fitted.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

CANDIDATES = 12
FOLDS = 5


def read(paths):
    lines = []
    for shop, path in enumerate(paths):
        for line in json.load(open(path))["lines"]:
            ids = list(line["features"])
            matrix = np.array([line["features"][i] for i in ids])
            lines.append((shop, line["text"], ids, matrix, set(line["entries"])))
    return lines


def rough(matrix):
    return matrix[:, 0] + matrix[:, 2] + 2 * matrix[:, 5]


def fit(lines, columns):
    rows, labels = [], []
    for _, _, ids, matrix, truth in lines:
        likely = set(np.argsort(-rough(matrix))[:CANDIDATES]) | {i for i, name in enumerate(ids) if name in truth}
        for i in likely:
            rows.append(matrix[i, columns])
            labels.append(ids[i] in truth)
    pair = LogisticRegression(C=3, max_iter=5000).fit(np.array(rows), np.array(labels))
    tops, right = [], []
    for line in lines:
        top, ok = best(pair, line, columns)
        tops.append(top)
        right.append(ok)
    final = LogisticRegression(C=10).fit(np.array(tops), np.array(right))
    return pair, final


def best(pair, line, columns):
    _, _, ids, matrix, truth = line
    sums = pair.decision_function(matrix[:, columns])
    order = np.argsort(-sums)
    return [sums[order[0]], sums[order[0]] - sums[order[1]]], ids[order[0]] in truth


def main():
    tier, paths = sys.argv[1], sys.argv[2:]
    columns = [0, 1, 2, 3, 4] + ([5, 6, 7] if tier == "meaning" else [])
    lines = read(paths)
    keys = sorted({min(truth) if truth else text for _, text, _, _, truth in lines})
    np.random.RandomState(1).shuffle(keys)
    fold_of = {key: i % FOLDS for i, key in enumerate(keys)}
    fold = [fold_of[min(line[4]) if line[4] else line[1]] for line in lines]
    found = [None] * len(lines)
    for f in range(FOLDS):
        pair, final = fit([line for line, own in zip(lines, fold) if own != f], columns)
        for i, line in enumerate(lines):
            if fold[i] == f:
                top, ok = best(pair, line, columns)
                found[i] = (final.predict_proba([top])[0, 1], ok)
    for shop in range(len(paths)):
        own = [(p, ok, bool(line[4])) for (p, ok), line in zip(found, lines) if line[0] == shop]
        answerable = sum(has for _, _, has in own)
        print(f"{paths[shop]}: best entry right {sum(ok for _, ok, _ in own) / answerable:.3f}")
        for at in (0.3, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8):
            said = [row for row in own if row[0] >= at]
            right = sum(ok for _, ok, _ in said)
            none = sum(not has for _, _, has in said)
            print(f"  at {at}: recall {right / answerable:.3f}, precision {right / max(len(said), 1):.3f}; {none} without an answer")
    pair, final = fit(lines, columns)
    weights = np.zeros(8)
    weights[columns] = pair.coef_[0]
    print("features:", ", ".join(f"{w:.2f}" for w in weights), f"bias: {pair.intercept_[0]:.2f}")
    print(f"best: {final.coef_[0, 0]:.3f}, lead: {final.coef_[0, 1]:.3f}, shift: {final.intercept_[0]:.3f}")


main()
