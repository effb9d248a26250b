"""Checkpoint to `decoder.gguf`: llama in Q8_0 with 32-bit norms, tokenizer, chat template and licence inside."""

import argparse
from pathlib import Path

import gguf
import torch

from llama import EPS, ROPE, Llama, Shape
from vocabulary import BEGIN, END, TEMPLATE, UNKNOWN, kinds

DESCRIPTION = ("Words replies of the ElectroMart shop: briefs with a placeholder for every fact. Learnt from lines written for "
               "ElectroMart and from its own phrases, Apache-2.0, and from nothing else. See DECODER.md.")


def put(w, name, tensor):
    data = tensor.detach().float().cpu().numpy()
    if data.ndim == 1:
        w.add_tensor(name, data)
    else:
        w.add_tensor(name, gguf.quants.quantize(data, gguf.GGMLQuantizationType.Q8_0), raw_dtype=gguf.GGMLQuantizationType.Q8_0)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("checkpoint", type=Path)
    p.add_argument("--out", type=Path, default=Path("models/nano/decoder.gguf"))
    a = p.parse_args()
    saved = torch.load(a.checkpoint, weights_only=False)
    pieces = saved["pieces"]
    net = Llama(Shape(len(pieces)))
    net.load_state_dict(saved["net"])
    s = net.s
    w = gguf.GGUFWriter(a.out, "llama")
    w.add_name("ElectroMart decoder")
    w.add_license("Apache-2.0")
    w.add_description(DESCRIPTION)
    w.add_context_length(s.context)
    w.add_embedding_length(s.width)
    w.add_block_count(s.layers)
    w.add_feed_forward_length(s.inner)
    w.add_head_count(s.heads)
    w.add_head_count_kv(s.kv_heads)
    w.add_layer_norm_rms_eps(EPS)
    w.add_rope_freq_base(ROPE)
    w.add_rope_dimension_count(s.head)
    w.add_vocab_size(len(pieces))
    w.add_tokenizer_model("llama")
    w.add_token_list(pieces)
    w.add_token_scores([-float(i) for i in range(len(pieces))])
    w.add_token_types(kinds(pieces))
    w.add_unk_token_id(UNKNOWN)
    w.add_bos_token_id(BEGIN)
    w.add_eos_token_id(END)
    w.add_add_bos_token(True)
    w.add_add_eos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template(TEMPLATE)
    for name, tensor in net.state_dict().items():
        put(w, name, tensor)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    print(a.out, a.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
