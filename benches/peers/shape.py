"""Writes a GGUF file with the shape of Qwen3-0.6B in Q4_K_M and random weights: for speed it is the same as the real one.

The kinds of the tensors are those llama.cpp's quantizer gives (`use_more_bits`: the first and last eighth of the layers, and
every third between, have their values and down projections in Q6_K). Numbers have the deviation of a fresh network's, 1/sqrt(width),
so that the scores stay finite and vary.
"""

import argparse
from pathlib import Path

import gguf
import numpy as np

WIDTH, INNER, LAYERS, HEADS, KV_HEADS, HEAD = 1024, 3072, 28, 16, 8, 128
VOCABULARY = 151_936
CHATML = ("{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
          "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")
MERGES = ["t h", "th e", "\u0120 t", "i n"]
DEVIATION = WIDTH ** -0.5


def halves(values):
    return np.asarray(values, dtype="<f2")


def q4_k(rng, rows, columns):
    """Blocks of 256: two 16-bit scales, 12 bytes of 6-bit factors, 128 bytes of nibbles; weights are d * s * (q - 7.5)."""
    n = rows * columns // 256
    s = rng.integers(1, 64, (n, 8), dtype=np.uint8)
    factors = np.empty((n, 12), np.uint8)
    # Factors and minima are the same numbers, as the weights lie evenly around 0.
    factors[:, 0:4] = (s[:, :4] & 63) | (s[:, 4:] >> 4 << 6)
    factors[:, 4:8] = factors[:, 0:4]
    factors[:, 8:12] = (s[:, 4:] & 15) | (s[:, 4:] & 15) << 4
    d = np.full(n, DEVIATION / (37 * 4.6))
    blocks = np.empty((n, 144), np.uint8)
    blocks[:, 0:2] = halves(d).view(np.uint8).reshape(n, 2)
    blocks[:, 2:4] = halves(d * 7.5).view(np.uint8).reshape(n, 2)
    blocks[:, 4:16] = factors
    blocks[:, 16:] = rng.integers(0, 256, (n, 128), dtype=np.uint8)
    return blocks.reshape(rows, -1)


def q6_k(rng, rows, columns):
    """Blocks of 256: 192 bytes of 6-bit numbers, 16 factors, a 16-bit scale; weights are d * s * (q - 32)."""
    n = rows * columns // 256
    blocks = np.empty((n, 210), np.uint8)
    blocks[:, :192] = rng.integers(0, 256, (n, 192), dtype=np.uint8)
    blocks[:, 192:208] = rng.integers(4, 13, (n, 16), dtype=np.uint8)
    blocks[:, 208:] = halves(np.full(n, DEVIATION / (8.3 * 18.5))).view(np.uint8).reshape(n, 2)
    return blocks.reshape(rows, -1)


def pieces():
    """The bytes in GPT-2's letters, then words of them, then what a chat is marked with."""
    letters, other = [], 256
    for byte in range(256):
        if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or 0xAE <= byte:
            letters.append(chr(byte))
        else:
            letters.append(chr(other))
            other += 1
    marks = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    merged = [merge.replace(" ", "") for merge in MERGES]
    words = merged + [f"\u0120w{i}x" for i in range(VOCABULARY - len(letters) - len(merged) - len(marks))]
    kinds = [1] * (len(letters) + len(words)) + [3] * len(marks)
    return letters + words + marks, kinds


def header(w):
    names, kinds = pieces()
    w.add_name("shape of Qwen3-0.6B, random weights")
    w.add_context_length(40_960)
    w.add_embedding_length(WIDTH)
    w.add_block_count(LAYERS)
    w.add_feed_forward_length(INNER)
    w.add_head_count(HEADS)
    w.add_head_count_kv(KV_HEADS)
    w.add_key_length(HEAD)
    w.add_value_length(HEAD)
    w.add_rope_freq_base(1_000_000.0)
    w.add_layer_norm_rms_eps(1e-6)
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("qwen2")
    w.add_token_list(names)
    w.add_token_types(kinds)
    w.add_token_merges(MERGES)
    w.add_eos_token_id(VOCABULARY - 1)
    w.add_add_bos_token(False)
    w.add_chat_template(CHATML)


def tensors(w, rng):
    kinds = {q4_k: gguf.GGMLQuantizationType.Q4_K, q6_k: gguf.GGMLQuantizationType.Q6_K}

    def put(name, make, rows, columns):
        w.add_tensor(name, make(rng, rows, columns), raw_dtype=kinds[make])

    def norm(name, width):
        w.add_tensor(name, (1 + 0.1 * rng.standard_normal(width)).astype(np.float32))

    put("token_embd.weight", q6_k, VOCABULARY, WIDTH)
    norm("output_norm.weight", WIDTH)
    for i in range(LAYERS):
        more = i < LAYERS // 8 or i >= 7 * LAYERS // 8 or (i - LAYERS // 8) % 3 == 2
        better = q6_k if more else q4_k
        norm(f"blk.{i}.attn_norm.weight", WIDTH)
        norm(f"blk.{i}.ffn_norm.weight", WIDTH)
        norm(f"blk.{i}.attn_q_norm.weight", HEAD)
        norm(f"blk.{i}.attn_k_norm.weight", HEAD)
        put(f"blk.{i}.attn_q.weight", q4_k, HEADS * HEAD, WIDTH)
        put(f"blk.{i}.attn_k.weight", q4_k, KV_HEADS * HEAD, WIDTH)
        put(f"blk.{i}.attn_v.weight", better, KV_HEADS * HEAD, WIDTH)
        put(f"blk.{i}.attn_output.weight", q4_k, WIDTH, HEADS * HEAD)
        put(f"blk.{i}.ffn_gate.weight", q4_k, INNER, WIDTH)
        put(f"blk.{i}.ffn_up.weight", q4_k, INNER, WIDTH)
        put(f"blk.{i}.ffn_down.weight", better, WIDTH, INNER)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("file", type=Path)
    p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    w = gguf.GGUFWriter(a.file, "qwen3")
    header(w)
    tensors(w, np.random.default_rng(a.seed))
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.file, a.file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
