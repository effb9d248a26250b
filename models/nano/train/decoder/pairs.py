"""What the decoder learns from: briefs, and how a reply to each is worded.

A brief is the customer's message and what the shop has decided to say, a line each, every fact a placeholder whose number
tells its kind: a model this small puts a day where a name belongs when nothing tells them apart. Replies are written ones
(`replies_*.jsonl`), and the shop's own phrases for briefs that were recorded (`record.py`) and nobody wrote a reply to:
from these it learns to keep to what it is given. Lists are left out: their lines are the phrases'.
"""

import hashlib
import json
import random
import re
from dataclasses import dataclass, replace
from pathlib import Path

from vocabulary import ASSISTANT, BEGIN, END, USER

HOLE = re.compile(r"\{F(\d+)\}")
# The numbers of each kind of fact, as `src/turn/speaker/numbers.rs` gives them out.
NUMBERS = {"number": range(1, 6), "name": range(6, 18), "amount": range(18, 25), "day": range(25, 30), "count": range(30, 35),
           "sentence": range(35, 41)}
FACT = re.compile(r"\{F(\d+)\} = (.*?)(?: \((of the shop|how many|what |the |days |a length|points|a percentage|when |[\w.]+(?:\.[^()]*)? of )|$)", re.S)
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


def kinds(facts):
    """The kind of every fact of a brief, by its number there."""
    out = {}
    for fact in facts:
        number, value, what = FACT.match(fact).groups()
        what = what or ""
        if what.startswith(("number of", "tracking_number of")) or ".tracking_number of" in what:
            kind = "number"
        elif re.match(r"answer|description|\S+\.(note|sentence|step)", what) or len(value) > 80:
            kind = "sentence"
        elif re.fullmatch(r"[A-Z][a-z]+ \d+, (\d{4}|\[.*)", value):
            kind = "day"
        elif re.match(r"-?[$\u20ac\u00a3]\d", value) or value.endswith("%") and not what.startswith(("name", "specs")):
            kind = "amount"
        elif re.fullmatch(r"-?\d+( (day|month)s?)?", value) and not what.startswith("specs"):
            kind = "count"
        else:
            kind = "name"
        out[int(number)] = kind
    return out


@dataclass(frozen=True)
class Pair:
    """A brief with its reply."""

    message: str
    say: list
    reply: str
    kinds: dict


def has_room(pair):
    """Whether there are numbers for all of its facts."""
    return all(sum(pair.kinds[n] == kind for n in numbers(pair)) <= len(room) for kind, room in NUMBERS.items())


def tells_all(reply, say):
    """Whether a reply tells every fact as often as the points do."""
    return sorted(HOLE.findall(reply)) == sorted(HOLE.findall(" ".join(say)))


def unlisted(line, reply):
    """A brief and its reply up to their lists; `None` where they have not the same ones, or nothing is left to word."""
    say = line["say"]
    at = next((i for i, s in enumerate(say) if s.startswith("- ")), len(say))
    said = reply.split("\n")
    end = next((i for i, s in enumerate(said) if s.startswith("- ")), len(said))
    own, reply = say[:at], "\n".join(said[:end])
    known = kinds(line["facts"])
    held = {int(n) for n in HOLE.findall(" ".join(own))}
    if is_bare(own) or held != {int(n) for n in HOLE.findall(reply)} or not held <= set(known):
        return None
    pair = Pair(line["message"], own, reply, {n: known[n] for n in held})
    return pair if has_room(pair) else None


def read(folder, names):
    return [line for path in sorted(Path(folder).glob(names)) for line in map(json.loads, open(path, encoding="utf-8"))]


def read_written(folder):
    """The lines of the written replies that do not guess what follows ("a {F1}")."""
    return [line for line in read(folder, "replies_*.jsonl") if not re.search(r"\ban? \{F", line["reply"])]


def load(folder):
    """(written, phrased): lists of [`Pair`]s."""
    written = [unlisted(line, line["reply"]) for line in read_written(folder)]
    phrased = [unlisted(line, phrases(line["say"])) for line in read(folder, "briefs.jsonl")]
    return [pair for pair in written if pair], [pair for pair in phrased if pair]


def numbers(pair):
    """The numbers of a pair, in the order in which they are first said."""
    return list(dict.fromkeys(int(n) for n in HOLE.findall(" ".join(pair.say))))


def named(pair, new):
    """A pair with other numbers."""
    put = lambda text: HOLE.sub(lambda m: f"{{F{new[int(m[1])]}}}", text)
    return replace(pair, say=[put(s) for s in pair.say], reply=put(pair.reply), kinds={new[n]: pair.kinds[n] for n in numbers(pair)})


def numbered(pair, pick=None):
    """A pair with the numbers that the kinds have; where `pick` is given and falls so, any of them, so that what is learnt
    is to copy a placeholder and not which it is."""
    new, any_of = {}, pick is not None and pick.random() < 0.5
    for kind, room in NUMBERS.items():
        own = [n for n in numbers(pair) if pair.kinds[n] == kind]
        new |= zip(own, pick.sample(room, len(own)) if any_of else room)
    return named(pair, new)


def parts(reply):
    """The sentences of a reply."""
    return [part for line in reply.split("\n") for part in re.findall(r".+?(?:[.!?](?= |$)|$) ?", line) if part.strip()]


def thinned(pair, pick):
    """Fewer points, where every sentence of the reply says the facts of one of them and of no other."""
    said = parts(pair.reply)
    facts, told_of = [HOLE.findall(s) for s in pair.say], [HOLE.findall(s) for s in said]
    if len(facts) < 2 or facts != told_of or not all(facts):
        return pair
    kept = sorted(pick.sample(range(len(facts)), pick.randint(1, len(facts) - 1)))
    return replace(pair, say=[pair.say[i] for i in kept], reply="".join(said[i] for i in kept).strip())


def joined(one, two):
    """The points of two briefs, and what is said of both; the first by itself where there are too many facts of a kind."""
    most = max(numbers(one), default=0)
    two = named(two, {n: n + most for n in numbers(two)})
    both = Pair(one.message, one.say + two.say, f"{one.reply} {two.reply}", one.kinds | two.kinds)
    return both if has_room(both) else one


def takes_up(pair):
    """Whether a reply has a word of the message that the points have not."""
    words = lambda text: set(re.findall(r"[a-z]{4,}", text.lower()))
    return bool(words(pair.reply) & words(pair.message) - words(" ".join(pair.say)))


def ids(pair, pieces):
    """Pieces of a brief with its reply, and where the reply begins."""
    brief = [BEGIN, USER, *pieces.encode(told(pair.message, pair.say)), END, ASSISTANT]
    return brief + pieces.encode(pair.reply) + [END], len(brief)


def drawn(written, phrased, pick, share):
    """One epoch: every written reply, and so many of the phrased ones for each, each a little changed."""
    some = pick.sample(phrased, min(len(phrased), int(len(written) * share)))
    pool, out = written + some, []
    for pair in pool:
        # What does not hang on the message is learnt behind any message.
        if pick.random() < 0.4 and not takes_up(pair):
            pair = replace(pair, message=pick.choice(pool).message)
        if pick.random() < 0.3:
            pair = thinned(pair, pick)
        if pick.random() < 0.3:
            pair = joined(pair, pick.choice(written))
        out.append(numbered(pair, pick))
    pick.shuffle(out)
    return out
