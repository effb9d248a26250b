"""Puts a reading top that was learnt with `train.py --on` into its `encoder.gguf`: layers, heads and calibration.

Everything else of the file stays as it is, the vectors it gives among it.
"""

import argparse
import shutil
from pathlib import Path

import gguf
import torch

from bert import LAYERS
from evaluate import calibrated
from lines import Tokens, load
from opened import both, open_file, put_layer

OURS = "electromart.reading"  # what the names of the top's keys and tensors begin with
REPLACED = {f"electromart.{key}" for key in ("goals", "goal_intents", "temperature", "goal_temperature", "goal_share", "final_temperature")}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--written", type=Path, default=Path("models/nano/data"))
    p.add_argument("--public", type=Path, default=Path("../shared/data/intents/dev.jsonl"))
    p.add_argument("--on", type=Path, default=Path("models/nano/encoder.gguf"))
    p.add_argument("--top", type=int, default=LAYERS)
    p.add_argument("checkpoint", type=Path)
    a = p.parse_args()
    torch.set_num_threads(1)
    saved, tokens, lines = torch.load(a.checkpoint / "encoder.pt"), Tokens(), load(a.written, a.public)
    goals = saved["goals"]
    net = open_file(a.on, goals)[0].eval()
    net.load_state_dict(saved["net"])
    _, index, t = calibrated(net, goals, lines, tokens)

    before, made = gguf.GGUFReader(a.on), a.checkpoint / "encoder.gguf"
    w = gguf.GGUFWriter(made, "bert")
    for name, field in before.fields.items():
        if not name.startswith(("GGUF.", OURS, "general.architecture")) and name not in REPLACED:
            kind = field.types[0]
            w.add_key_value(name, field.contents(), kind, field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None)
    w.add_array("electromart.goals", goals)
    w.add_key_value("electromart.goal_intents", index, gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.INT32)
    w.add_float32("electromart.temperature", t["intent"])
    w.add_float32("electromart.goal_temperature", t["goal"])
    w.add_float32("electromart.goal_share", t["share"])
    w.add_float32("electromart.final_temperature", t["final"])
    w.add_uint32(f"{OURS}_layers", a.top)
    for tensor in before.tensors:
        if not tensor.name.startswith((OURS, "electromart.intent", "electromart.goal")):
            w.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
    for i in range(LAYERS - a.top, LAYERS):
        put_layer(w, f"{OURS}.{i}", net.layers[i])
    both(w, "electromart.intent", net.intent, False)
    both(w, "electromart.goal", net.goal, False)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()
    shutil.move(made, a.on)
    print(a.on, a.on.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
