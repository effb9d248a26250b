"""Writes a GGUF file with the shape of a model and random weights: for speed it is the same as the real one.

Without --model it is Qwen3-0.6B in Q4_K_M; with it, a model of models/manifest.toml, in the formats of its file. What the shop
says most is then in the vocabulary, so that its prompts have about as many tokens as for the real one.

The kinds of the tensors are those llama.cpp's quantizer gives (`use_more_bits`: the first and last eighth of the layers, and
every third between, have their values and down projections in Q6_K). Numbers have the deviation of a fresh network's, 1/sqrt(width),
so that the scores stay finite and vary.
"""

import argparse
import re
import tomllib
from pathlib import Path

import gguf
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
QWEN3 = {"architecture": "qwen3", "layers": 28, "width": 1024, "feed_forward": 3072, "heads": 16, "kv_heads": 8, "head_width": 128,
         "vocabulary": 151_936, "tied": True, "mix": "Q4_K_M", "cut": "qwen2"}
CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
          "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
MERGES = ["t h", "th e", "\u0120 t", "i n"]
# What stands in prompts beside the shop's own words.
FACTS = "facts say conversation message customer shop name of product price stock brand order promotion the customer's own word = ( ) {F }"
# Letters of a word that are one token, as src/llm/local/probe/vocabulary.rs guesses.
LETTERS = 8


def halves(values):
    return np.asarray(values, dtype="<f2")


def q4_k(rng, rows, columns, deviation):
    """Blocks of 256: two 16-bit scales, 12 bytes of 6-bit factors, 128 bytes of nibbles; weights are d * s * (q - 7.5)."""
    n = rows * columns // 256
    s = rng.integers(1, 64, (n, 8), dtype=np.uint8)
    factors = np.empty((n, 12), np.uint8)
    # Factors and minima are the same numbers, as the weights lie evenly around 0.
    factors[:, 0:4] = (s[:, :4] & 63) | (s[:, 4:] >> 4 << 6)
    factors[:, 4:8] = factors[:, 0:4]
    factors[:, 8:12] = (s[:, 4:] & 15) | (s[:, 4:] & 15) << 4
    d = np.full(n, deviation / (37 * 4.6))
    blocks = np.empty((n, 144), np.uint8)
    blocks[:, 0:2] = halves(d).view(np.uint8).reshape(n, 2)
    blocks[:, 2:4] = halves(d * 7.5).view(np.uint8).reshape(n, 2)
    blocks[:, 4:16] = factors
    blocks[:, 16:] = rng.integers(0, 256, (n, 128), dtype=np.uint8)
    return blocks.reshape(rows, -1)


def q6_k(rng, rows, columns, deviation):
    """Blocks of 256: 192 bytes of 6-bit numbers, 16 factors, a 16-bit scale; weights are d * s * (q - 32)."""
    n = rows * columns // 256
    blocks = np.empty((n, 210), np.uint8)
    blocks[:, :192] = rng.integers(0, 256, (n, 192), dtype=np.uint8)
    blocks[:, 192:208] = rng.integers(4, 13, (n, 16), dtype=np.uint8)
    blocks[:, 208:] = halves(np.full(n, deviation / (8.3 * 18.5))).view(np.uint8).reshape(n, 2)
    return blocks.reshape(rows, -1)


def q8_0(rng, rows, columns, deviation):
    """Blocks of 32: a 16-bit scale and 32 numbers."""
    n = rows * columns // 32
    blocks = np.empty((n, 34), np.uint8)
    blocks[:, 0:2] = halves(np.full(n, deviation / 73)).view(np.uint8).reshape(n, 2)
    blocks[:, 2:] = rng.integers(-127, 128, (n, 32), dtype=np.int8).view(np.uint8)
    return blocks.reshape(rows, -1)


def q5_0(rng, rows, columns, deviation):
    """Blocks of 32: a 16-bit scale, the fifth bits, and the nibbles of numbers around 16."""
    n = rows * columns // 32
    blocks = rng.integers(0, 256, (n, 22), dtype=np.uint8)
    blocks[:, 0:2] = halves(np.full(n, deviation / 9.2)).view(np.uint8).reshape(n, 2)
    return blocks.reshape(rows, -1)


KINDS = {q4_k: gguf.GGMLQuantizationType.Q4_K, q6_k: gguf.GGMLQuantizationType.Q6_K, q8_0: gguf.GGMLQuantizationType.Q8_0,
         q5_0: gguf.GGMLQuantizationType.Q5_0}


def letters():
    """GPT-2's letters for bytes."""
    out, other = [], 256
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte:
            out.append(chr(byte))
        else:
            out.append(chr(other))
            other += 1
    return out


def merges_of(text):
    """Merges that make a token of every word of a text, and of each part of it where it is long."""
    found = {}
    for word in re.findall(r"[^\W\d_]+|[^\w\s]+", text):
        for at in range(0, len(word), LETTERS):
            for start in ("\u0120", "") if at == 0 else ("",):
                part = start + word[at:at + LETTERS]
                for end in range(1, len(part)):
                    found.setdefault(f"{part[:end]} {part[end]}")
    return [merge for merge in found if all(ord(c) < 128 or c == "\u0120" for c in merge)]


def pieces(vocabulary, merges):
    """The bytes in GPT-2's letters, then words of them, then what a chat is marked with."""
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    single = letters()
    merged = list(dict.fromkeys(merge.replace(" ", "") for merge in merges))
    words = merged + [f"\u0120w{i}x" for i in range(vocabulary - len(single) - len(merged) - len(marks))]
    kinds = [1] * (len(single) + len(words)) + [3] * len(marks)
    return single + words + marks, kinds


def header(w, name, shape, merges):
    names, kinds = pieces(shape["vocabulary"], merges)
    w.add_name(f"shape of {name}, random weights")
    w.add_context_length(40_960)
    w.add_embedding_length(shape["width"])
    w.add_block_count(shape["layers"])
    w.add_feed_forward_length(shape["feed_forward"])
    w.add_head_count(shape["heads"])
    w.add_head_count_kv(shape["kv_heads"])
    w.add_key_length(shape["head_width"])
    w.add_value_length(shape["head_width"])
    w.add_rope_dimension_count(shape["head_width"])
    w.add_rope_freq_base(1_000_000.0)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre(shape["cut"])
    w.add_token_list(names)
    w.add_token_types(kinds)
    w.add_token_merges(merges)
    w.add_eos_token_id(shape["vocabulary"] - 1)
    w.add_add_bos_token(False)
    w.add_chat_template(CHATML)


def tensors(w, rng, shape):
    width, inner, layers, head = shape["width"], shape["feed_forward"], shape["layers"], shape["head_width"]
    q, kv = shape["heads"] * head, shape["kv_heads"] * head
    deviation = width ** -0.5

    def make(better, columns):
        if shape["mix"] == "Q8_0":
            return q8_0
        # What llama.cpp takes where a row is no whole number of blocks.
        whole, part = ((q6_k, q8_0) if better else (q4_k, q5_0))
        return whole if columns % 256 == 0 else part

    def put(name, rows, columns, better=False):
        maker = make(better, columns)
        w.add_tensor(name, maker(rng, rows, columns, deviation), raw_dtype=KINDS[maker])

    def numbers(name, size, around=1.0):
        w.add_tensor(name, (around + 0.1 * rng.standard_normal(size)).astype(np.float32))

    put("token_embd.weight", shape["vocabulary"], width, shape["tied"])
    if not shape["tied"]:
        put("output.weight", shape["vocabulary"], width, True)
    numbers("output_norm.weight", width)
    for i in range(layers):
        more = i < layers // 8 or i >= 7 * layers // 8 or (i - layers // 8) % 3 == 2
        numbers(f"blk.{i}.attn_norm.weight", width)
        numbers(f"blk.{i}.ffn_norm.weight", width)
        if shape["architecture"] == "qwen3":
            numbers(f"blk.{i}.attn_q_norm.weight", head)
            numbers(f"blk.{i}.attn_k_norm.weight", head)
        if shape["architecture"] == "qwen2":
            numbers(f"blk.{i}.attn_q.bias", q, 0.0)
            numbers(f"blk.{i}.attn_k.bias", kv, 0.0)
            numbers(f"blk.{i}.attn_v.bias", kv, 0.0)
        put(f"blk.{i}.attn_q.weight", q, width)
        put(f"blk.{i}.attn_k.weight", kv, width)
        put(f"blk.{i}.attn_v.weight", kv, width, more)
        put(f"blk.{i}.attn_output.weight", width, q)
        put(f"blk.{i}.ffn_gate.weight", inner, width)
        put(f"blk.{i}.ffn_up.weight", inner, width)
        put(f"blk.{i}.ffn_down.weight", width, inner, more)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=Path)
    p.add_argument("--model", help="a name of models/manifest.toml")
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    shape, merges = QWEN3, MERGES
    if a.model:
        manifest = tomllib.loads((ROOT / "models/manifest.toml").read_text())
        shape = next(model["shape"] for model in manifest["model"] if model["name"] == a.model)
        said = [ROOT / "assets/speech/prompt.txt", ROOT / "assets/speech/en.txt", *sorted((ROOT / "knowledge_base").rglob("*.json"))]
        merges = merges_of("\n".join(path.read_text() for path in said) + FACTS)
    w = gguf.GGUFWriter(a.file, shape["architecture"])
    header(w, a.model or "Qwen3-0.6B", shape, merges)
    tensors(w, np.random.default_rng(a.seed), shape)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.file, a.file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
