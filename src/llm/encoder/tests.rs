//! Against the original tokenizer, against PyTorch, and against damaged files.

use std::sync::OnceLock;

use serde::Deserialize;

use super::{Adjustment, Encoder, EncoderError, FILE, Gguf, INTENTS, Utterance, WordPiece};

#[derive(Deserialize)]
struct Pieces {
    text: String,
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Line {
    role: String,
    text: String,
}

#[derive(Deserialize)]
struct Scored {
    text: String,
    history: Vec<Line>,
    intents: [f32; 5],
    goal: String,
    goal_p: f32,
    embedding: Option<Vec<f32>>,
}

fn lines<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
    text.lines().map(|l| serde_json::from_str(l).expect("a fixture line")).collect()
}

fn encoder() -> &'static Encoder {
    static ENCODER: OnceLock<Encoder> = OnceLock::new();
    ENCODER.get_or_init(|| Encoder::embedded().expect("the embedded encoder"))
}

/// The smallest file that passes for GGUF: the given keys with string values, no tensors.
fn small(keys: &[(&str, &str)]) -> Vec<u8> {
    let mut out = b"GGUF\x03\0\0\0".to_vec();
    out.extend(0u64.to_le_bytes());
    out.extend((keys.len() as u64).to_le_bytes());
    let text = |out: &mut Vec<u8>, s: &str| {
        out.extend((s.len() as u64).to_le_bytes());
        out.extend(s.as_bytes());
    };
    for (key, value) in keys {
        text(&mut out, key);
        out.extend(8u32.to_le_bytes());
        text(&mut out, value);
    }
    out
}

#[test]
fn pieces_are_the_originals() {
    let all: Vec<Pieces> = lines(include_str!("fixtures/wordpiece.jsonl"));
    assert!(all.len() >= 1000);
    for line in all {
        assert_eq!(encoder().layout.words.ids(&line.text), line.ids, "{:?}", line.text);
    }
}

#[test]
fn special_pieces_in_a_text_are_only_words() {
    let words = &encoder().layout.words;
    let ids = words.ids("[CLS] [SEP] [MASK] [PAD] [UNK]");
    assert!(!ids.contains(&words.cls) && !ids.contains(&words.sep), "{ids:?}");
}

#[test]
fn scores_and_vectors_are_those_of_pytorch() {
    let (mut apart, mut least) = (Vec::new(), 1f32);
    for line in lines::<Scored>(include_str!("fixtures/scores.jsonl")) {
        let history: Vec<Utterance<'_>> =
            line.history.iter().map(|l| Utterance { from_customer: l.role == "user", text: &l.text }).collect();
        let scores = encoder().score(&line.text, &history).expect("scores");
        apart.extend(scores.intents.iter().zip(line.intents).map(|(ours, theirs)| (ours - theirs).abs()));
        let goal = scores.goals.iter().find(|(name, _)| *name == line.goal).expect("the goal");
        apart.push((goal.1 - line.goal_p).abs());
        if let Some(theirs) = line.embedding {
            let ours = encoder().embed(&line.text).expect("a vector");
            least = least.min(crate::llm::kernels::rows::dot(&ours, &theirs));
            assert!(least > 0.998, "{least} at {:?}", line.text);
        }
    }
    let farthest = apart.iter().copied().fold(0f32, f32::max);
    let mean = apart.iter().sum::<f32>() / apart.len() as f32;
    println!("probabilities apart: at most {farthest:.4}, mean {mean:.5}; least cosine {least:.5}");
    // Weights in Q8_0 move these by up to 0.022; the fast kernels, which round activations in blocks
    // of 256, by up to 0.043. Wrong arithmetic moves them by tenths.
    assert!(farthest <= 0.05 && mean <= 0.003, "{farthest} {mean}");
}

#[test]
fn scores_are_probabilities_whatever_the_text() {
    let long = "where is my parcel 😀 ".repeat(20_000);
    for text in ["", " ", "\u{0}\u{FFFD}", "🇩🇪", "aaaaaaaaaaaaaaaaaaaaaaa", &long] {
        let history = [Utterance { from_customer: false, text: &long }; 5];
        let scores = encoder().score(text, &history).expect("scores");
        assert!((scores.intents.iter().sum::<f32>() - 1.0).abs() < 1e-4);
        assert!((scores.goals.iter().map(|g| g.1).sum::<f32>() - 1.0).abs() < 1e-4);
        assert!(scores.goals.windows(2).all(|w| w[0].1 >= w[1].1));
        assert_eq!(scores.intent(scores.best().0), scores.best().1);
        assert!((0.0..=1.0).contains(&scores.margin()) && scores.intent("nonsense") == 0.0);
        let vector = encoder().embed(text).expect("a vector");
        assert!((crate::llm::kernels::rows::dot(&vector, &vector) - 1.0).abs() < 1e-4);
    }
}

#[test]
fn plain_messages_find_their_agent() {
    for (text, intent) in [
        ("Do you have a gaming laptop under 1500 dollars?", "sales"),
        ("is there a discount code I can use", "marketing"),
        ("my tv won't turn on", "support"),
        ("where is my package", "orders"),
        ("hello there", "general"),
    ] {
        let scores = encoder().score(text, &[]).expect("scores");
        assert_eq!(scores.best().0, intent, "{text}: {:?}", scores.intents);
    }
}

#[test]
fn one_encoder_serves_many_threads() {
    fn shareable<T: Send + Sync>(_: &T) {}
    shareable(encoder());
    let one = encoder().score("where is my order", &[]).expect("scores");
    std::thread::scope(|s| {
        let runs: Vec<_> = (0..4).map(|_| s.spawn(|| encoder().score("where is my order", &[]))).collect();
        for run in runs {
            assert_eq!(run.join().expect("a thread").expect("scores"), one);
        }
    });
}

#[test]
fn the_digest_is_of_the_file() {
    let read = Encoder::from_gguf(FILE).expect("the same file");
    assert_eq!(read.digest(), encoder().digest());
    assert_eq!(read.digest().len(), 64);
    assert!(read.goals().len() > 50);
}

#[test]
fn an_adjustment_moves_intents_with_their_goals_and_can_be_taken_away() {
    let own = Encoder::embedded().expect("the embedded encoder");
    let (text, at) = ("my clematis has wilt", |name: &str| INTENTS.iter().position(|intent| *intent == name).expect("an intent"));
    let before = own.score(text, &[]).expect("scores");
    let features = own.features(text, &[]).expect("features");
    assert_eq!(own.scores_with(&features, None), before);
    let mut bias = [0.0; 5];
    bias[at("support")] = 2.0;
    let moved = Adjustment { weight: vec![0.0; 5 * features.len()], bias, temperature: 1.0 };
    own.adjust(Some(moved.clone())).expect("of the right shape");
    let after = own.score(text, &[]).expect("scores");
    assert_eq!(own.scores_with(&features, Some(&moved)), after);
    // Odds of support grow by e squared.
    let odds = |scores: &super::Scores| scores.intent("support") / (1.0 - scores.intent("support"));
    assert!((odds(&after) / odds(&before) - 2f32.exp()).abs() < 0.01, "{before:?} {after:?}");
    let share = |scores: &super::Scores, goal: &str| scores.goals.iter().find(|(name, _)| name == goal).expect("a goal").1;
    assert!(share(&after, "troubleshoot") > share(&before, "troubleshoot"));
    assert!((after.goals.iter().map(|goal| goal.1).sum::<f32>() - 1.0).abs() < 1e-4);
    for wrong in [
        Adjustment { weight: vec![0.0; 5], ..moved.clone() },
        Adjustment { bias: [f32::NAN; 5], ..moved.clone() },
        Adjustment { temperature: 0.0, ..moved },
    ] {
        assert!(matches!(own.adjust(Some(wrong)), Err(EncoderError::Adjustment)));
    }
    assert_eq!(own.score(text, &[]).expect("scores"), after, "what is refused changes nothing");
    own.adjust(None).expect("none fits always");
    assert_eq!(own.score(text, &[]).expect("scores"), before);
}

#[test]
fn a_fit_learns_what_it_is_not_held_from() {
    use super::fit::{Fit, Frame, curvature};
    let rows: [&[f32]; 4] = [&[1.0, 0.0, 0.0], &[0.0, 1.0, 0.0], &[0.0, 0.0, 1.0], &[1.0, 1.0, 0.0]];
    let frame = Frame::of(&rows);
    let even = [0.2; 5];
    let examples: Vec<_> = rows.iter().zip([0, 1, 2, 0]).map(|(row, label)| frame.example(row, even, label)).collect();
    let all: Vec<_> = examples.iter().collect();
    let fitted = |strength: f32| Fit::none(&frame).refit(&all, strength, curvature(examples.iter()));
    for (strength, learnt) in [(1e4, false), (1e-2, true)] {
        let adjustment = frame.adjustment(&fitted(strength), 1.0);
        for (row, label) in rows.iter().zip([0, 1, 2, 0]) {
            let p = adjustment.apply(row, even);
            assert!(if learnt { p[label] > 0.8 } else { (p[label] - 0.2).abs() < 0.01 }, "{strength}: {p:?}");
        }
    }
    // An anchor says what is said already: alone it moves nothing.
    let anchor = frame.anchor(rows[0], [0.6, 0.1, 0.1, 0.1, 0.1]);
    let still = Fit::none(&frame).refit(&[&anchor], 0.1, curvature([&anchor].into_iter()));
    assert!(frame.adjustment(&still, 1.0).weight.iter().all(|w| w.abs() < 1e-3));
}

#[test]
fn a_file_cut_short_anywhere_is_an_error() {
    let all = FILE;
    let cuts = (0..64).chain([100, 1000, 5000, 100_000, 400_000, 500_000, all.len() / 2, all.len() - 32]);
    for cut in cuts {
        let error = Encoder::from_gguf(&all[..cut]).expect_err("cut short");
        assert!(matches!(error, EncoderError::Truncated(_)), "{cut}: {error}");
    }
}

#[test]
fn a_damaged_header_is_an_error_or_harmless() {
    let all = FILE;
    let names = Gguf::read(all).is_ok();
    assert!(names);
    // Only the head: damage among the weights changes scores, not form.
    let head = all[..2048.min(all.len())].to_vec();
    for at in 0..head.len() {
        let mut damaged = head.clone();
        damaged[at] = 0xFF;
        assert!(Encoder::from_gguf(&damaged).is_err());
    }
}

#[test]
fn wrong_files_are_named() {
    let error = |keys: &[(&str, &str)]| Encoder::from_gguf(&small(keys)).expect_err("refused");
    assert!(matches!(Encoder::from_gguf(b"PK\x03\x04 not this").expect_err("refused"), EncoderError::NotGguf));
    assert!(matches!(error(&[("general.architecture", "qwen3")]), EncoderError::Architecture(a) if a == "qwen3"));
    assert!(matches!(error(&[]), EncoderError::MissingKey(k) if k == "general.architecture"));
    assert!(matches!(error(&[("general.architecture", "bert")]), EncoderError::MissingKey(k) if k == "electromart.input_format"));
    let mut huge = small(&[]);
    huge[8..16].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(Encoder::from_gguf(&huge).expect_err("refused"), EncoderError::Truncated(_)));
    assert!(WordPiece::new(&["a", "##b"]).is_err());
    assert_eq!(INTENTS.len(), 5);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    /// Any text is scored: five shares that make a whole.
    #[test]
    fn any_text_is_scored(text in "(\\PC|[ a-z#\\n\u{4e2d}\u{301}]){0,300}") {
        let scores = encoder().score(&text, &[]).unwrap();
        let sum: f32 = scores.named().map(|(_, share)| share).sum();
        proptest::prop_assert!((sum - 1.0).abs() < 1e-3 && sum.is_finite(), "{sum}");
    }
}
