"""Checkpoint to `encoder.gguf`: Q8_0 matrices, 32-bit norms, biases and heads, calibration inside."""

import argparse
from pathlib import Path

import gguf
import torch

from bert import EPS, FFN, HEADS, HIDDEN, INTENTS, LAYERS, base_dir
from evaluate import calibrated, open_checkpoint
from lines import FORMAT, Tokens, load
from opened import both, put, put_layer
from reorder import reorder

POSITIONS = 128  # the longest input; the published table goes on to 512
LICENCES = ("Trunk: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0. Trained on: lines written for ElectroMart, Apache-2.0; "
            "CLINC150, CC BY 3.0; BANKING77, CC BY 4.0; Bitext customer support, CDLA-Sharing-1.0; MultiDoGO, "
            "CDLA-Permissive-1.0; Rasa helpdesk assistant and Chorus queries, Apache-2.0. See ENCODER.md.")


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--out", type=Path, default=Path("models/nano/encoder.gguf"))
    p.add_argument("checkpoint", type=Path)
    a = p.parse_args()
    torch.set_num_threads(1)
    (net, goals), tokens, lines = open_checkpoint(a.checkpoint), Tokens(), load(a.written, a.public)
    held, index, t = calibrated(net, goals, lines, tokens)

    reorder(net, held, tokens)
    w = gguf.GGUFWriter(a.out, "bert")
    w.add_name("ElectroMart encoder")
    w.add_license("Apache-2.0")
    w.add_description(LICENCES)
    w.add_source_url("https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2")
    w.add_block_count(LAYERS)
    w.add_context_length(POSITIONS)
    w.add_embedding_length(HIDDEN)
    w.add_feed_forward_length(FFN)
    w.add_head_count(HEADS)
    w.add_layer_norm_eps(EPS)
    w.add_causal_attention(False)
    w.add_tokenizer_model("bert")
    vocab = (base_dir() / "vocab.txt").read_text(encoding="utf-8").split("\n")[:30522]
    w.add_token_list(vocab)
    w.add_array("electromart.intents", INTENTS)
    w.add_array("electromart.goals", goals)
    w.add_key_value("electromart.goal_intents", index, gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.INT32)
    w.add_float32("electromart.temperature", t["intent"])
    w.add_float32("electromart.goal_temperature", t["goal"])
    w.add_float32("electromart.goal_share", t["share"])
    w.add_float32("electromart.final_temperature", t["final"])
    w.add_uint32("electromart.input_format", FORMAT)

    put(w, "token_embd.weight", net.word.weight, True)
    put(w, "position_embd.weight", net.position.weight[:POSITIONS], True)
    put(w, "token_types.weight", net.segment.weight, False)
    both(w, "token_embd_norm", net.embd_norm, False)
    for i, layer in enumerate(net.layers):
        put_layer(w, f"blk.{i}", layer)
    both(w, "electromart.intent", net.intent, False)
    both(w, "electromart.goal", net.goal, False)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.out, a.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
