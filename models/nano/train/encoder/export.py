"""Checkpoint to `encoder.gguf`: Q8_0 matrices, 32-bit norms, biases and heads, calibration inside."""

import argparse
from pathlib import Path

import gguf
import torch

from bert import EPS, FFN, HEADS, HIDDEN, INTENTS, LAYERS, base_dir
from calibrate import figures, fit, logits, mixed, owners, truths
from evaluate import SHARE, balance, open_checkpoint
from lines import FORMAT, Tokens, held_out, load
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
    index, owner = owners(goals, lines)
    held = [d for d in lines if held_out(d)]
    li, lg = logits(net, held, tokens)
    truth, goal = truths(held, goals)
    t = fit(li, lg, owner, truth, goal, balance(held), SHARE)
    print(t, figures(mixed(li, lg, owner, t), truth))

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
    w.add_uint32("electromart.input_format", FORMAT)

    def put(name, tensor, q8=False):
        data = tensor.detach().float().contiguous().numpy()
        if q8:
            kind = gguf.GGMLQuantizationType.Q8_0
            w.add_tensor(name, gguf.quants.quantize(data, kind), raw_dtype=kind)
        else:
            w.add_tensor(name, data)

    def both(name, part, q8):
        put(f"{name}.weight", part.weight, q8)
        put(f"{name}.bias", part.bias)

    put("token_embd.weight", net.word.weight, True)
    put("position_embd.weight", net.position.weight[:POSITIONS], True)
    put("token_types.weight", net.segment.weight)
    both("token_embd_norm", net.embd_norm, False)
    for i, layer in enumerate(net.layers):
        for name, part in {"attn_q": layer.q, "attn_k": layer.k, "attn_v": layer.v, "attn_output": layer.o,
                           "ffn_up": layer.up, "ffn_down": layer.down}.items():
            both(f"blk.{i}.{name}", part, True)
        both(f"blk.{i}.attn_output_norm", layer.attn_norm, False)
        both(f"blk.{i}.layer_output_norm", layer.out_norm, False)
    both("electromart.intent", net.intent, False)
    both("electromart.goal", net.goal, False)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.out, a.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
