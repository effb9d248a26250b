"""Labelled conversations to lines with history: each is played against a running shop.

Written is what customers say, one line each under the kind of shop, with the goal before a bar:

    = garden centre, older man, terse
    find_product | need summat to keep slugs off me lettuce
    product_question | how big is the second one

The shop that answers is the demo's, whatever the conversation is about: its replies are the ones the encoder will meet
as history, misunderstandings among them. A line that gives what was asked for (`answer`) belongs to the goal before it.
"""

import argparse
import json
import re
import time
import urllib.error
import urllib.request
from pathlib import Path

from bert import INTENTS

KEEPS = {"affirm", "deny", "thanks", "small_talk", "bot_question", "greeting", "other_language"}
SECTIONS = ["current_promotions", "troubleshoot", "order_status", "greeting"]


def intents_of_goals(source: Path):
    """Every goal's intent, by the sections of `src/domain/goal.rs`."""
    out, section = {}, 0
    for goal in re.findall(r'= "([a-z_]+)"', source.read_text(encoding="utf-8")):
        section += section < len(SECTIONS) and goal == SECTIONS[section]
        out[goal] = INTENTS[section]
    return out


def conversations(path):
    """Lists of (goals, text)."""
    out = []
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if line.startswith("="):
            out.append([])
        elif " | " in line:
            goals, text = line.split(" | ", 1)
            out[-1].append((goals.replace("/", "+").split("+"), text))
    return out


def say(url, text, session):
    """The reply, and the session it was given in; None where the message was refused."""
    body = {"text": text, **({"session_id": session[0], "token": session[1]} if session else {})}
    request = urllib.request.Request(url + "/api/chat", json.dumps(body).encode(), {"content-type": "application/json"})
    for _ in range(5):
        try:
            got = json.load(urllib.request.urlopen(request))
            return got["text"], session or (got["session_id"], got["token"])
        except urllib.error.HTTPError as e:
            if e.code not in (429, 503):
                break
            time.sleep(1)
    return None, session


def main():
    p = argparse.ArgumentParser()
    p.add_argument("written", type=Path)
    p.add_argument("--url", default="http://127.0.0.1:8080", help="a shop whose limits on requests are off")
    p.add_argument("--goals", type=Path, default=Path("src/domain/goal.rs"))
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    intent, count = intents_of_goals(a.goals), 0
    with open(a.out, "w", encoding="utf-8") as out:
        for number, said in enumerate(conversations(a.written), 1):
            session, history, before = None, [], None
            for goals, text in said:
                goals = [before if g.strip() == "answer" else g.strip() for g in goals]
                goals = [g for g in dict.fromkeys(goals) if g]
                if goals:
                    line = {"text": text, "label": intent[goals[0]], "goal": goals[0], "conversation": number}
                    line |= {"also": goals[1:]} if goals[1:] else {}
                    line |= {"history": history} if history else {}
                    out.write(json.dumps(line, ensure_ascii=False) + "\n")
                    count += 1
                    before = next((g for g in reversed(goals) if g not in KEEPS), before)
                reply, session = say(a.url, text, session)
                history = [{"role": "user", "text": text}]
                if reply:
                    history.append({"role": "agent", "text": reply[:400]})
    print(a.out, count, "lines")


if __name__ == "__main__":
    main()
