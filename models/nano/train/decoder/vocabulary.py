"""The decoder's pieces: byte pairs merged as SentencePiece does it, so that llama.cpp and the shop read them alike.

A placeholder such as `{F7}` is one piece, with a space before it or without; everything that the texts do not show is
spelled in bytes. The order of the merges stands in the GGUF as the pieces' scores.
"""

import json
import re

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

SPACE = "\u2581"
UNKNOWN, BEGIN, END, USER, ASSISTANT = range(5)
SPECIAL = ["<unk>", "<s>", "<|im_end|>", "<|user|>", "<|assistant|>"]
BYTES = [f"<0x{b:02X}>" for b in range(256)]
# The most placeholders a brief may have; what has more is said by the phrases.
PLACEHOLDERS = 40
# GGUF's kinds of tokens (`llama_token_type` of llama.cpp).
NORMAL, UNKNOWN_KIND, CONTROL, BYTE = 1, 2, 3, 6
TEMPLATE = ("{% for message in messages %}{% if message['role'] == 'user' %}<|user|>{% else %}<|assistant|>{% endif %}"
            "{{ message['content'] }}<|im_end|>{% endfor %}<|assistant|>")


def placeholder_merges():
    """Merges that make one piece of every placeholder, to go before all others."""
    names = [str(n) for n in range(1, PLACEHOLDERS + 1)]
    out = [("{", "F")] + [("{F" + n[:-1], n[-1]) for n in names]
    out += [("{F" + n, "}") for n in names]
    return out + [(SPACE, "{F" + n + "}") for n in names]


def learn(texts, size):
    """At most `size` pieces from texts, those to be joined first before the others."""
    learner = Tokenizer(models.BPE())
    learner.normalizer = normalizers.Replace(" ", SPACE)
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(SPACE + r"?[A-Za-z']+|" + SPACE + r"?[^A-Za-z'" + SPACE + r"]"), "isolated")])
    own = placeholder_merges()
    room = size - len(SPECIAL) - len(BYTES) - len(own) - 12
    learner.train_from_iterator(
        (re.sub(r" ?\{F\d+\}", "\n", t) for t in texts),
        trainers.BpeTrainer(vocab_size=room, show_progress=False, limit_alphabet=110, initial_alphabet=list("{}F0123456789" + SPACE)))
    learnt = json.loads(learner.to_str())["model"]
    merges = own + [tuple(m) for m in learnt["merges"]]
    letters = sorted({p for p in learnt["vocab"] if len(p) == 1} | set("{}F0123456789" + SPACE))
    pieces = SPECIAL + BYTES + letters
    known = set(pieces)
    for piece in (a + b for a, b in merges):
        if piece not in known and len(pieces) < size:
            known.add(piece)
            pieces.append(piece)
    return pieces


class Pieces:
    """Text to pieces as SentencePiece makes them: of all neighbours that form a piece the best is joined, again and again."""

    def __init__(self, pieces):
        self.pieces = pieces
        first = len(SPECIAL) + len(BYTES)
        self.ids = {p: first + i for i, p in enumerate(pieces[first:])}
        self.words = {}

    def encode(self, text):
        # No piece goes on behind a space, so every word can be looked at by itself.
        return [i for word in re.findall(SPACE + "?[^" + SPACE + "]*", text.replace(" ", SPACE)) if word for i in self.word(word)]

    def word(self, word):
        if word not in self.words:
            parts = list(word)
            while True:
                pairs = [(self.ids.get(a + b, len(self.pieces)), i) for i, (a, b) in enumerate(zip(parts, parts[1:]))]
                best, at = min(pairs, default=(len(self.pieces), 0))
                if best == len(self.pieces):
                    break
                parts[at:at + 2] = [parts[at] + parts[at + 1]]
            self.words[word] = [i for p in parts for i in ([self.ids[p]] if p in self.ids else [len(SPECIAL) + b for b in p.encode()])]
        return self.words[word]

    def decode(self, ids):
        out = b""
        for i in ids:
            if i >= len(SPECIAL) + len(BYTES):
                out += self.pieces[i].encode()
            elif i >= len(SPECIAL):
                out += bytes([i - len(SPECIAL)])
        return out.decode(errors="replace").replace(SPACE, " ")


def kinds(pieces):
    """The kind of every piece."""
    return [UNKNOWN_KIND] + [CONTROL] * (len(SPECIAL) - 1) + [BYTE] * 256 + [NORMAL] * (len(pieces) - len(SPECIAL) - 256)
