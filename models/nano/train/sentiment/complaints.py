"""Calm complaints, procedures and noise, written for this project: displeased or odd, but neither urgent nor furious.

The urgency lines hold few complaints and the public lines many coarse words in plain requests, so without
these a broken kettle would press and "where do I lodge a complaint" would call a person.
"""

import random

from alarms import THINGS

NEGATIVE = [
    "the {t} doesn't turn on", "my {t} won't switch on any more", "my order is late", "my {t} is late again",
    "this is unacceptable", "I am very disappointed with the {t}", "the {t} arrived broken", "the {t} came scratched",
    "get my money back", "I want my money back, the {t} is faulty", "the refund for my {t} is still not here",
    "I have waited two weeks for the {t}", "the {t} stopped working after a week", "you sent me the wrong {t}",
    "I was charged twice for the {t}", "your driver was rude to my mother", "nobody answers my emails about the {t}",
    "the {t} has been out of stock for weeks", "I unsubscribed three times and still get your mails",
    "the parcel with the {t} was left in the rain", "I still haven't had a reply about my {t}",
    "the salesman told me something else about the {t}", "I lost my points", "the code doesn't work",
    "the bloody {t} froze again", "the damn {t} keeps disconnecting", "that was not a good experience",
    "the screen of the {t} is cracked", "I am not happy with the {t}", "poor packaging, the {t} was dented",
    "the app logged me out again", "I can't get into my account", "your chat sent me the same page three times",
    "the delivery of my {t} was moved for the third time", "the {t} is louder than promised", "not good enough",
]
NEUTRAL = [
    "where can I file a complaint against your company", "I need to lodge a consumer claim", "how do I make a complaint",
    "I have to file a claim against your business", "I want to report a fake listing", "help me file a complaint",
    "I need to cancel the bloody account", "I want to buy a damn {t}", "could you delete my account",
    "I need assistance with reporting an error with payment", "I have got to request a damn refund",
    "one letter of my address is wrong", "I can't reset the {t}, how is it done", "I pressed buy twice by mistake",
    "how do I return the {t}", "talk to a human", "can I speak to someone", "is my order late or on its way",
    "my order ORD-{n} please", "ORD-{n}", "cancel order ORD-{n}", "what is the state of ORD-{n}", "order {n}", "I want a refund",
    "I want to leave a complaint about the {t}", "who handles claims for the {t}", "change the address of ORD-{n}",
]
OPENERS = ["", "", "", "hi, ", "hello, ", "so ", "and ", "well, ", "@shop ", "look, "]
ENDS = ["", "", "", ".", "!", "?", ", any news", ", please check", ", what can you do", " again"]


def _noise(rng):
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
    if kind == 1:
        return rng.choice("!?.,;:#") * rng.randint(1, 5)
    if kind == 2:
        return " ".join("".join(rng.choice("asdfghjklqwzx") for _ in range(rng.randint(2, 7))) for _ in range(rng.randint(2, 6)))
    return "".join(chr(rng.randint(0x4E00, 0x9F00)) for _ in range(rng.randint(2, 12)))


def complaints(seed, each=700):
    """(text, mood) with mood 1 for neutral and 2 for negative, as in corpus.MOODS; none is urgent."""
    rng = random.Random(seed)
    pairs = []
    for matters, mood in ((NEGATIVE, 2), (NEUTRAL, 1)):
        for _ in range(each):
            text = rng.choice(matters).format(t=rng.choice(THINGS), n=rng.randint(1000, 9999))
            text = rng.choice(OPENERS) + text + rng.choice(ENDS)
            pairs.append((text.upper() if rng.random() < 0.06 else text, mood))
    pairs += [(_noise(rng), 1) for _ in range(each // 2)]
    return sorted(dict(pairs).items())
