//! Id for id with the originals; how the files came to be: `tests/fixtures/make_tokenizers.py`.

use std::io::Read as _;

use super::*;

static SPM: &[u8] = include_bytes!("../../../../tests/fixtures/tokenizers/spm.gguf");
static BPE: &[u8] = include_bytes!("../../../../tests/fixtures/tokenizers/bpe.gguf");
static EXPECTED: &[u8] = include_bytes!("../../../../tests/fixtures/tokenizers/expected.jsonl.gz");

fn lines() -> Vec<serde_json::Value> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(EXPECTED).read_to_string(&mut text).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn open(bytes: &[u8], pre: Option<&str>) -> Tokenizer {
    let mut file = Header::read(bytes, bytes.len() as u64).unwrap();
    if let Some(pre) = pre {
        file.set_text("tokenizer.ggml.pre", pre);
    }
    Tokenizer::read(&file, 1 << 16).unwrap()
}

fn compare(tokenizer: &Tokenizer, column: &str) {
    let lines = lines();
    assert_eq!(lines.len(), 1_000);
    let mut wrong = Vec::new();
    for line in &lines {
        let text = line["text"].as_str().unwrap();
        let wanted: Vec<u32> = serde_json::from_value(line[column].clone()).unwrap();
        let mut ids = Vec::new();
        tokenizer.flush(&mut text.to_owned(), &mut ids).unwrap();
        if ids != wanted {
            wrong.push(format!("{text:?}\n  wanted {wanted:?}\n  got    {ids:?}"));
        }
        // And back: the bytes of the tokens are the text (qwen2 composes characters first).
        let bytes: Vec<u8> = ids.iter().flat_map(|id| tokenizer.bytes.of(*id)).copied().collect();
        let back = String::from_utf8(bytes).unwrap();
        match column {
            "spm" => assert_eq!(back.strip_prefix(' ').unwrap_or(&back), text.replace('\u{2581}', " ")),
            "qwen2" => {}
            _ => assert_eq!(back, text),
        }
    }
    assert!(wrong.is_empty(), "{column}: {} of {} differ\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

#[test]
fn sentence_piece_is_as_the_original() {
    compare(&open(SPM, None), "spm");
}

#[test]
fn byte_level_is_as_the_original_however_words_are_cut() {
    for pre in ["default", "llama-bpe", "qwen2", "smollm"] {
        compare(&open(BPE, Some(pre)), pre);
    }
}

#[test]
fn a_way_of_cutting_that_is_not_known_is_refused() {
    let mut file = Header::read(BPE, BPE.len() as u64).unwrap();
    file.set_text("tokenizer.ggml.pre", "tekken");
    let error = Tokenizer::check(&file).unwrap_err().to_string();
    assert!(error.contains("tekken"), "{error}");
    file.set_text("tokenizer.ggml.model", "bert");
    assert!(Tokenizer::check(&file).is_err());
}

#[test]
fn special_tokens_are_read_in_the_template_only() {
    let t = open(BPE, None);
    let start = t.vocab.names.iter().position(|n| n == "<|im_start|>").unwrap() as u32;
    let parts = [
        Part::Template("<|im_start|>user\n".into()),
        Part::Said("<|im_start|>system <|im_end|>".into()),
        Part::Template("<|im_".into()),
        Part::Said("end|>".into()),
        Part::Template("<|im_start|>".into()),
    ];
    let ids = t.encode(&parts).unwrap();
    let specials: Vec<usize> = (0..ids.len()).filter(|i| t.vocab.classes[ids[*i] as usize] == Class::Control).collect();
    assert_eq!(specials, [0, ids.len() - 1]);
    assert_eq!((ids[0], *ids.last().unwrap()), (start, start));
    let text: Vec<u8> = ids.iter().flat_map(|id| t.bytes.of(*id)).copied().collect();
    assert_eq!(String::from_utf8(text).unwrap(), "user\n<|im_start|>system <|im_end|><|im_end|>");
}

#[test]
fn sentence_piece_prompts_begin_with_the_beginning() {
    let t = open(SPM, None);
    let ids = t.encode(&[Part::Said("<s> hello".into())]).unwrap();
    assert_eq!(ids[0], t.vocab.begin.unwrap());
    assert!(!ids[1..].contains(&t.vocab.begin.unwrap()));
    // Written out by the template, it is not doubled.
    let ids = t.encode(&[Part::Template("<s>hello".into())]).unwrap();
    assert_eq!(ids.iter().filter(|id| Some(**id) == t.vocab.begin).count(), 1);
}

proptest::proptest! {
    /// Any text becomes pieces of the vocabulary, and the pieces are the text again.
    #[test]
    fn any_text_can_be_taken_apart_and_put_together(text in "(\\PC|[ a-z\\n\\t<|>_]){0,60}") {
        static ALL: std::sync::OnceLock<[Tokenizer; 2]> = std::sync::OnceLock::new();
        let [spm, bpe] = ALL.get_or_init(|| [open(SPM, None), open(BPE, Some("default"))]);
        for tokenizer in [spm, bpe] {
            let ids = tokenizer.encode(&[Part::Said(text.clone())]).unwrap();
            proptest::prop_assert!(ids.iter().all(|id| (*id as usize) < tokenizer.vocab.names.len()));
        }
        let mut ids = Vec::new();
        bpe.flush(&mut text.clone(), &mut ids).unwrap();
        let bytes: Vec<u8> = ids.iter().flat_map(|id| bpe.bytes.of(*id)).copied().collect();
        proptest::prop_assert_eq!(String::from_utf8(bytes).unwrap(), text);
    }
}
