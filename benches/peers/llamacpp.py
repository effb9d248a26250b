"""Reads a prompt and writes on greedily in llama.cpp; prints what it took, and the scores behind the prompt, as JSON."""

import argparse
import json
import resource
import statistics
import time

import numpy as np
from llama_cpp import Llama


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("model")
    p.add_argument("--prompt-tokens", type=int, default=256)
    p.add_argument("--output-tokens", type=int, default=64)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--scores", help="file to write the scores behind the prompt to, as 32-bit floats")
    a = p.parse_args()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    model = Llama(a.model, n_ctx=a.prompt_tokens + a.output_tokens, n_threads=a.threads, n_threads_batch=a.threads, verbose=False)
    # The same tokens on both sides: the ids from 1000 on.
    prompt = list(range(1000, 1000 + a.prompt_tokens))
    prefill, decode = [], []
    for _ in range(a.rounds):
        model.reset()
        began = time.perf_counter()
        model.eval(prompt)
        read = time.perf_counter()
        made = []
        scores = np.ctypeslib.as_array(model._ctx.get_logits_ith(-1), (model.n_vocab(),))
        if a.scores:
            scores.astype("<f4").tofile(a.scores)
        for _ in range(a.output_tokens):
            made.append(int(np.argmax(scores)))
            model.eval(made[-1:])
            scores = np.ctypeslib.as_array(model._ctx.get_logits_ith(-1), (model.n_vocab(),))
        prefill.append(a.prompt_tokens / (read - began))
        decode.append(a.output_tokens / (time.perf_counter() - read))
    print(json.dumps({
        "prefill_tok_s": round(statistics.median(prefill), 1),
        "decode_tok_s": round(statistics.median(decode), 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "python_rss_mb": round(before / 1024, 1),
        "made": made,
    }))


if __name__ == "__main__":
    main()
