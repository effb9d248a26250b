"""Turns a text into the student's numbers. src/sentiment/{tokens,features}.rs do exactly the same."""

from functools import lru_cache

from tokens import is_letter, tokenize

BUCKETS = 1 << 15
SIGNALS = 8
STOPS = {",", ".", "..", "!", "!!", "?", "??"}
STANDINS = {"<num>", "<user>", "<url>"}
NEGATORS = {
    "not", "no", "never", "cannot", "without", "hardly", "barely", "none", "nothing", "neither", "nor", "nobody",
}
# A negator reaches this many tokens, or to the next stop.
REACH = 3
GRAM = 4
# Endings tried, in this order, when a word is unknown; the rest must keep three letters.
ENDINGS = ["'s", "s", "es", "ed", "d", "ing", "ly", "er"]


@lru_cache(maxsize=1 << 18)
def fnv(text):
    """FNV-1a, 32 bits, of the UTF-8 bytes."""
    value = 0x811C9DC5
    for byte in text.encode("utf-8"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def squeeze(word, most):
    """The word with no letter more than `most` times in a row."""
    out, run = [], 0
    for char in word:
        run = run + 1 if out and out[-1] == char else 1
        if run <= most:
            out.append(char)
    return "".join(out)


@lru_cache(maxsize=1 << 17)
def stretched(word):
    """Whether a letter stands three times in a row, as in "sooo"."""
    return is_letter(word[0]) and squeeze(word, 2) != word


def row(token, place):
    """The embedding row of a token; the row after the last for an unknown one."""
    if token in place:
        return place[token]
    if is_letter(token[0]):
        for most in (2, 1):
            short = squeeze(token, most) if stretched(token) else token
            if short in place:
                return place[short]
        for ending in ENDINGS:
            stem = token[: -len(ending)]
            if token.endswith(ending) and len(stem) >= 3 and stem in place:
                return place[stem]
    return len(place)


def says_nothing(tokens, place):
    """Whether no token is a known word, emoji or emoticon: such a text counts as neutral."""
    return all(t in STOPS or t in STANDINS or row(t, place) == len(place) for t, _ in tokens)


def buckets(tokens):
    """Hashed features: words (marked when negated), pairs, and letter 4-grams of longer words."""
    out, reach, before = [], 0, "^"
    for token, _ in tokens:
        if token in STOPS:
            reach = 0
        mark = "n:" if reach > 0 else "w:"
        out.append(fnv(mark + token))
        out.append(fnv("b:" + before + " " + token))
        if is_letter(token[0]) and len(token) > GRAM:
            padded = "^" + token + "$"
            out += [fnv("c:" + padded[i : i + GRAM]) for i in range(len(padded) - GRAM + 1)]
        reach = max(0, reach - 1)
        if token in NEGATORS or token.endswith("n't"):
            reach = REACH
        before = token
    return [h % BUCKETS for h in out]


def signals(tokens):
    """Eight numbers about the whole text, each about 0 to 1."""
    words = [(t, c) for t, c in tokens if is_letter(t[0])]
    names = [t for t, _ in tokens]
    bangs = names.count("!") + 2 * names.count("!!")
    return [
        sum(c for _, c in words) / max(1, len(words)),
        min(bangs, 4) / 4,
        float("?" in names or "??" in names),
        min(len(tokens), 80) / 40,
        float("<user>" in names),
        float("<url>" in names),
        float("<num>" in names),
        float(any(stretched(t) for t, _ in words)),
    ]


def featurize(text, place):
    """(rows, capitals, buckets, signals) of a text."""
    tokens = tokenize(text)
    return [row(t, place) for t, _ in tokens], [c for _, c in tokens], buckets(tokens), signals(tokens)
