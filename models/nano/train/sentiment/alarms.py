"""Short alarms and their calm look-alikes, written for this project.

The public help-desk lines say "please help" and "now" without haste, so the words of haste and danger
need lines of their own, and so do products such as a Fire tablet or a smoke detector.
"""

import random

THINGS = [
    "charger", "battery", "laptop", "phone", "power bank", "tv", "washing machine", "kettle", "router", "oven",
    "headset", "vacuum", "fridge", "monitor", "tablet", "printer", "drone", "e-bike", "heater", "toaster",
]
DANGERS = [
    "the {t} is on fire", "my {t} is smoking", "smoke is coming out of the {t}", "the {t} is burning",
    "there are flames behind the {t}", "the {t} is sparking", "the {t} gave my son an electric shock",
    "the {t} is swelling and very hot", "water is pouring out of the {t}", "the {t} exploded and someone is hurt",
    "the {t} smells of burning plastic and won't switch off", "the {t} is hissing and melting",
    "someone hacked my account and is ordering a {t}", "a stranger is using my card right now for a {t}",
    "my flight leaves in an hour and the {t} is not here", "my exam starts in ten minutes and the {t} is dead",
    "the shop closes in five minutes and I am outside with the {t}",
    "the driver is about to leave with my {t}, stop him", "fire", "it's on fire", "there is smoke everywhere",
]
MATTERS = ["the {t} is dead", "the {t} won't start", "I can't pay for the {t}", "the {t} never came", "my order is wrong",
           "cancel my order", "I am locked out", "call me", "I need a replacement", "I need an answer", "stop the payment",
           "block my card", "wrong address on my order"]
HASTE = ["urgent", "this is urgent", "it's urgent", "URGENT", "very urgent", "emergency", "this is an emergency", "asap",
         "ASAP please", "immediately", "right now", "at once", "hurry", "it can't wait", "I need help now", "need help NOW",
         "as soon as possible", "urgently", "quick", "before it ships in ten minutes", "I have five minutes left"]
PLEAS = ["", "", "please", "help", "please help", "what do I do", "hi", "hello"]
CALM = [
    "please help me choose a {t}", "please help", "can you help me with the {t}", "help me find a {t}", "I need help",
    "not urgent, but the {t} is a bit loud", "it's not urgent at all", "no rush, the {t} can wait", "no hurry",
    "do you sell the Fire tablet", "Fire TV stick or another {t}?", "is the {t} fireproof", "is the {t} flame retardant",
    "do you have a smoke detector", "how hot does the {t} get", "when will the {t} arrive", "does the {t} have an alarm",
    "do you sell emergency lights", "whenever you have time, tell me about the {t}", "can I buy the {t} now",
    "is the {t} available right now", "can I get the {t} today", "do you deliver the {t} today", "now show me a {t}",
    "ok now the {t}", "I need a {t}", "I need a new {t} for school", "help with setting up the {t}", "call me Anna",
    "what is your emergency policy", "does the {t} charge quickly", "is there a quick start guide for the {t}",
    "the {t} is dead, how do I return it", "the {t} won't start", "cancel my order", "where is my {t}", "can't log in",
    "wrong colour of {t}", "the {t} is hot new stuff", "the {t} burns discs too", "how fast is the {t}",
]


def _alarm(rng):
    pick = rng.choice
    danger, matter = (pick(part).format(t=pick(THINGS)) for part in (DANGERS, MATTERS))
    kind = rng.random()
    if kind < 0.45:
        parts = [pick(PLEAS), danger, pick(["", "", pick(HASTE), pick(PLEAS)])]
    elif kind < 0.9:
        parts = [pick(HASTE), pick(PLEAS), matter]
        if rng.random() < 0.5:
            parts.reverse()
    else:
        parts = [pick(["urgent", "this is an emergency", "emergency", "very urgent", "it is urgent"]), pick(PLEAS)]
    text = pick([" ", ", ", " "]).join(part for part in parts if part) + pick(["", "", "!", "!!", "."])
    return text.upper() if rng.random() < 0.1 else text


def alarms(seed, each=900):
    """(text, 1 if pressing else 0)."""
    rng = random.Random(seed)
    pairs = [(_alarm(rng), 1) for _ in range(each)]
    for _ in range(each):
        text = rng.choice(["", "", "hi, ", "hello, ", "ok, "]) + rng.choice(CALM).format(t=rng.choice(THINGS))
        pairs.append((text + rng.choice(["", "", "?", ".", " please", ", thanks"]), 0))
    return sorted(dict(pairs).items())
