"""Texts for distillation: variations that the teacher labels, so that the student sees many more words."""

import random
import re

import numpy as np

from teacher import MODEL
from tokens import is_letter, tokenize, vader

# Variants made of each labelled line, and the share of its words that are exchanged.
VARIANTS, EXCHANGED = 9, 0.3
NEIGHBOURS = 14
# Joined pieces of two lines, words in short carriers, and lines with an emoji.
SPLICES, CARRIED, FACES = 12_000, 14_000, 3_000
CARRIERS = [
    "{a}", "so {a}", "not {a}", "{a} {b}", "the {b} is {a}", "it was {a}", "no {a}", "never {a}",
    "<user> {a} {b}", "you are {a}", "I am {a}", "that's {a}!", "isn't {a} at all", "very {a} {b}",
    "thanks for the {a} {b}", "why is the {b} {a}?", "is the {b} {a}?", "I {a} the {b}", "you {a} my {b}",
    "we {a} {b} now", "the {b} was {a} but {c}", "{a}, {b}, {c}.", "my {b} has {a} since {c}",
]


def vocabulary(corpus, pieces):
    """English words the student stores: the teacher's whole words, VADER's and those of the training lines."""
    words = [w for w in pieces.get_vocab() if re.fullmatch(r"[a-z]{2,}", w)]
    words += [w for w in vader()[0] if re.fullmatch(r"[a-z][a-z']+", w)]
    lines = [t for t, _ in corpus.mood + corpus.urgency] + corpus.unlabelled
    seen = {token for text in lines for token, _ in tokenize(text) if is_letter(token[0])}
    return sorted(set(words) | seen | {"a", "i"})


def neighbours(teacher):
    """For each whole word of the teacher, the words with the nearest input embedding."""
    table = teacher.encoder.get_input_embeddings().weight.detach().numpy()
    pairs = [(w, i) for w, i in teacher.pieces.get_vocab().items() if re.fullmatch(r"[a-z]{3,}", w)]
    pairs.sort()
    words = [w for w, _ in pairs]
    unit = table[[i for _, i in pairs]]
    unit = unit - unit.mean(0)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return words, unit


class Exchanger:
    """Exchanges words of a text for near ones."""

    def __init__(self, teacher, rng):
        self.words, self.unit = neighbours(teacher)
        self.place = {w: i for i, w in enumerate(self.words)}
        self.near, self.rng = {}, rng

    def _near(self, word):
        if word not in self.near:
            if word in self.place:
                score = self.unit @ self.unit[self.place[word]]
                top = np.argpartition(-score, NEIGHBOURS + 1)[: NEIGHBOURS + 1]
                self.near[word] = sorted(self.words[i] for i in top if self.words[i] != word)
            else:
                self.near[word] = []
        return self.near[word]

    def vary(self, text):
        """The text with about EXCHANGED of its known words replaced."""
        def swap(match):
            if self.rng.random() > EXCHANGED:
                return match.group()
            near = self._near(match.group().lower())
            return self.rng.choice(near) if near else match.group()
        return re.sub(r"[A-Za-z]{3,}", swap, text)


def _piece(text, rng):
    parts = [p for p in re.split(r"(?<=[.!?,;:])\s+", text) if p]
    if len(parts) > 1:
        at = rng.randrange(len(parts))
        return " ".join(parts[at : at + rng.randint(1, 2)])
    words = text.split()
    if len(words) < 8:
        return text
    at = rng.randrange(len(words) // 2)
    return " ".join(words[at : at + rng.randint(4, len(words))])


def distillation_texts(corpus, teacher, words, seed):
    """All texts to be labelled by the teacher, without repeats, in a fixed order."""
    rng = random.Random(seed)
    exchange = Exchanger(teacher, rng)
    labelled = [t for t, _ in corpus.mood + corpus.urgency]
    texts = labelled + corpus.unlabelled
    for text in labelled:
        texts += [exchange.vary(text) for _ in range(VARIANTS)]
    shop = corpus.unlabelled[: corpus.shop_lines]
    texts += [exchange.vary(t) for t in shop for _ in range(2)]
    joins = [" ", ". ", ", ", " but ", " and ", "! ", "... ", " because ", " so "]
    openers = ["", "", "", "@shop ", "@AirLine ", "hi, ", "Hello, ", "RT @someone: ", "Subject: "]
    for _ in range(SPLICES):
        one, two = rng.choice(labelled), rng.choice(labelled + shop)
        texts.append(rng.choice(openers) + exchange.vary(_piece(one, rng)) + rng.choice(joins) + _piece(two, rng))
    for _ in range(CARRIED):
        a, b, c = (rng.choice(words) for _ in range(3))
        texts.append(rng.choice(CARRIERS).replace("<user>", "@shop").format(a=a, b=b, c=c))
    emojis = sorted(vader()[1])
    for _ in range(FACES):
        text, face = rng.choice(labelled), rng.choice(emojis)
        texts.append(f"{_piece(text, rng)} {face}" if rng.random() < 0.7 else face)
    return list(dict.fromkeys(texts))
