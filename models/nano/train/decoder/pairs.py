"""What the decoder learns from: briefs, and how a reply to each is worded.

A brief is the customer's message and what the shop has decided to say, a line each, every fact a placeholder. Replies
are written ones (`replies_*.jsonl`), and the shop's own phrases for briefs that were recorded (`record.py`) and nobody
wrote a reply to: from these it learns to keep to what it is given.
"""

import hashlib
import json
import random
import re
from pathlib import Path

from vocabulary import ASSISTANT, BEGIN, END, PLACEHOLDERS, USER

HOLE = re.compile(r"\{F(\d+)\}")
# Characters of the message that are told: as many as `src/turn/speaker/brief.rs` sends along.
MESSAGE = 160


def told(message, say):
    """A brief as the shop words it for its own decoder (`src/turn/speaker/brief.rs`)."""
    return "\n".join([message[:MESSAGE], *say])


def phrases(say):
    """What the shop says without a model: lines of a list stay lines."""
    out = ""
    for line in say:
        listed = line.startswith("- ")
        out += ("\n" if out and (listed or last) else " " if out else "") + line
        last = listed
    return out


def is_bare(say):
    """Whether nothing is left to word: whole sentences of the shop's records."""
    return all(HOLE.fullmatch(line) for line in say)


def held_out(message):
    """One message in ten, whatever else is in the brief."""
    return hashlib.sha256(" ".join(message.lower().split()).encode()).digest()[0] % 10 == 0


def read_written(folder):
    """The lines of the written replies that leave something to word."""
    for path in sorted(Path(folder).glob("replies_*.jsonl")):
        for line in map(json.loads, open(path, encoding="utf-8")):
            if not is_bare(line["say"]) and not re.search(r"\ban? \{F", line["reply"]):
                yield line


def load(folder):
    """(written, phrased): lists of (message, say, reply)."""
    written, phrased = [(line["message"], line["say"], line["reply"]) for line in read_written(folder)], []
    for line in map(json.loads, open(Path(folder) / "briefs.jsonl", encoding="utf-8")):
        if not is_bare(line["say"]):
            phrased.append((line["message"], line["say"], phrases(line["say"])))
    most = lambda pair: max(map(int, HOLE.findall(" ".join(pair[1]))), default=0)
    return [p for p in written if most(p) <= PLACEHOLDERS], [p for p in phrased if most(p) <= PLACEHOLDERS]


def renumbered(message, say, reply, pick):
    """The same with other numbers, so that what is learnt is to copy a placeholder and not which it is."""
    used = sorted({int(n) for n in HOLE.findall(" ".join(say))})
    if pick.random() < 0.5:
        first = pick.randint(1, PLACEHOLDERS - len(used) + 1)
        new = dict(zip(used, range(first, first + len(used))))
    else:
        new = dict(zip(used, pick.sample(range(1, PLACEHOLDERS + 1), len(used))))
    put = lambda text: HOLE.sub(lambda m: f"{{F{new[int(m[1])]}}}" if int(m[1]) in new else m[0], text)
    return message, [put(s) for s in say], put(reply)


def shortened(message, say, reply, pick):
    """A list with some of its lines left out, in the brief and in the reply alike."""
    lines = [s for s in say if s.startswith("- ")]
    said = reply.split("\n")
    if len(lines) < 3 or [HOLE.findall(s) for s in lines] != [HOLE.findall(s) for s in said if s.startswith("- ")]:
        return message, say, reply
    out = pick.sample(range(len(lines)), pick.randint(1, len(lines) - 2))
    gone = [HOLE.findall(lines[i]) for i in out]
    return message, [s for s in say if HOLE.findall(s) not in gone], "\n".join(s for s in said if HOLE.findall(s) not in gone)


def parts(reply):
    """The sentences of a reply, and the lines of its lists."""
    return [part for line in reply.split("\n") for part in re.findall(r".+?(?:[.!?](?= |$)|$) ?", line) if part.strip()]


def thinned(message, say, reply, pick):
    """Fewer points, where every sentence of the reply says the facts of one of them and of no other."""
    said = parts(reply)
    facts, told_of = [HOLE.findall(s) for s in say], [HOLE.findall(s) for s in said]
    if len(say) < 2 or facts != told_of or not all(facts) or any(s.startswith("- ") for s in say):
        return message, say, reply
    kept = sorted(pick.sample(range(len(say)), pick.randint(1, len(say) - 1)))
    return message, [say[i] for i in kept], "".join(said[i] for i in kept).strip()


def joined(one, two):
    """The points of two briefs, and what is said of both."""
    most = max(map(int, HOLE.findall(" ".join(one[1]))), default=0)
    behind = lambda text: HOLE.sub(lambda m: f"{{F{int(m[1]) + most}}}", text)
    listed = one[2].split("\n")[-1].startswith("- ") or two[2].startswith("- ")
    return one[0], one[1] + [behind(s) for s in two[1]], one[2] + ("\n" if listed else " ") + behind(two[2])


def takes_up(message, say, reply):
    """Whether a reply has a word of the message that the points have not."""
    words = lambda text: set(re.findall(r"[a-z]{4,}", text.lower()))
    return bool(words(reply) & words(message) - words(" ".join(say)))


def numbers(pair):
    return len(set(HOLE.findall(" ".join(pair[1]))))


def ids(pair, pieces):
    """Pieces of a brief with its reply, and where the reply begins."""
    message, say, reply = pair
    brief = [BEGIN, USER, *pieces.encode(told(message, say)), END, ASSISTANT]
    return brief + pieces.encode(reply) + [END], len(brief)


def drawn(written, phrased, pick, share):
    """One epoch: every written reply, and so many of the phrased ones for each, each a little changed."""
    some = pick.sample(phrased, min(len(phrased), int(len(written) * share)))
    pool, out = written + some, []
    for pair in pool:
        # What does not hang on the message is learnt behind any message.
        if pick.random() < 0.4 and not takes_up(*pair):
            pair = (pick.choice(pool)[0], *pair[1:])
        if pick.random() < 0.3:
            pair = shortened(*pair, pick)
        if pick.random() < 0.3:
            pair = thinned(*pair, pick)
        if pick.random() < 0.3:
            other = pick.choice(written)
            if numbers(pair) + numbers(other) <= PLACEHOLDERS // 2 and max(map(int, HOLE.findall(" ".join(pair[1]))), default=0) <= 20:
                pair = joined(pair, other)
        if pick.random() < 0.7:
            pair = renumbered(*pair, pick)
        out.append(pair)
    pick.shuffle(out)
    return out
