"""Writes `src/llm/encoder/tables.rs`: how the original tokenizer sees each character, asked of it.

Generated, because the library's own Unicode tables are older than Rust's, and word pieces must
agree with it to the last character.
"""

import sys
from pathlib import Path

from tokenizers import normalizers, pre_tokenizers


def ranges(points):
    out = []
    for p in points:
        if out and out[-1][1] == p - 1:
            out[-1][1] = p
        else:
            out.append([p, p])
    return out


def table(name, doc, points):
    rows, line = [], "   "
    for low, high in ranges(points):
        item = f" (0x{low:X}, 0x{high:X}),"
        if len(line) + len(item) > 118:
            rows.append(line)
            line = "   "
        line += item
    rows.append(line)
    body = "\n".join(rows)
    return f"/// {doc}\n#[rustfmt::skip]\npub(super) const {name}: &[(u32, u32)] = &[\n{body}\n];\n"


def main(target: Path):
    normal = lambda **on: normalizers.BertNormalizer(**{
        "clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False, **on})
    clean, strip, cjk = normal(clean_text=True), normal(strip_accents=True), normal(handle_chinese_chars=True)
    split, nfd = pre_tokenizers.BertPreTokenizer(), normalizers.NFD()
    dropped, marks, punctuation, wide = [], [], [], []
    for p in range(0x80, 0x110000):
        if 0xD800 <= p <= 0xDFFF:
            continue
        c = chr(p)
        around = f"a{c}a"
        if clean.normalize_str(around) == "aa":
            dropped.append(p)
        if nfd.normalize_str(c) == c and strip.normalize_str(around) == "aa":
            marks.append(p)
        if cjk.normalize_str(around) == f"a {c} a":
            wide.append(p)
        if not c.isspace() and len(split.pre_tokenize_str(around)) == 3:
            punctuation.append(p)
    parts = [
        table("DROPPED", "Control, format, private and (to the original) unassigned characters: left out.", dropped),
        table("MARKS", "Non-spacing marks: left out after decomposition.", marks),
        table("PUNCTUATION", "Punctuation beyond ASCII: a word by itself.", punctuation),
        table("IDEOGRAPHS", "Chinese characters: a word each.", wide),
    ]
    head = ("//! Character ranges of BERT's tokenizer beyond ASCII, both ends included, in order.\n//!\n"
            "//! Written by `models/nano/train/encoder/tables.py` from the original tokenizer; not edited by hand.\n\n")
    target.write_text(head + "\n".join(parts))
    print(target, [len(ranges(x)) for x in (dropped, marks, punctuation, wide)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
