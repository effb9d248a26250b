"""What the shop asks a model to put into words: a server that writes every brief down and words nothing.

    python models/nano/train/decoder/record.py --port 8181 --out briefs.jsonl
    OPENAI_BASE_URL=http://127.0.0.1:8181/v1 OPENAI_API_KEY=none electromart serve ...

The shop is then played with (`../encoder/converse.py`). It falls back on its own phrases, so conversations go on as they
would without a model. Each brief is kept once, with the phrases' wording: a placeholder for every fact.
"""

import argparse
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHUNK = {"id": "0", "object": "chat.completion.chunk", "created": 0, "model": "recorder"}
lock, seen = threading.Lock(), set()


def blocks(body):
    """The parts of a brief by their names, as lists of lines."""
    return {name: text.split("\n") for name, text in re.findall(r"<(\w+)>\n(.*?)\n</\1>\n", body, re.S)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    out = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send(json.dumps({"object": "list", "data": [{"id": "recorder", "object": "model"}]}), "application/json")

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = asked["messages"][-1]["content"]
        plans = "response_format" in asked
        if not plans and "<say>" in body and "<already_said>" not in body:
            self.note(body)
        said = "{}" if plans else "."
        parts = [{**CHUNK, "choices": [{"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": None}]},
                 {**CHUNK, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
        self.send("".join(f"data: {json.dumps(p)}\n\n" for p in parts) + "data: [DONE]\n\n", "text/event-stream")

    def note(self, body):
        part = blocks(body)
        line = {key: part.get(key, []) for key in ("facts", "say", "added", "conversation", "message")}
        line["message"] = " ".join(line["message"])
        text = json.dumps(line, ensure_ascii=False)
        with lock:
            if text not in seen:
                seen.add(text)
                self.out.write(text + "\n")
                self.out.flush()

    def send(self, text, kind):
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--port", type=int, default=8181)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    Handler.out = open(a.out, "w", encoding="utf-8")
    ThreadingHTTPServer(("127.0.0.1", a.port), Handler).serve_forever()


if __name__ == "__main__":
    main()
