//! The small llama beside candle-transformers' on the same file.

use std::io::Cursor;

use candle_core::quantized::GgmlDType;

use super::super::network::{Candle, Network as _};
use super::super::small::{Small, suits};
use super::super::{DECODER, checked};
use super::files::Model;

/// Scores may be apart by this much in the mean: both round what goes into a product, one in rows filled up with zeros.
const APART: f32 = 0.05;

#[test]
fn its_scores_are_those_of_the_library_whole_and_piece_by_piece() {
    let made = Model::new("llama", GgmlDType::Q8_0, 5).bytes();
    for bytes in [made.as_slice(), DECODER] {
        let (file, plan) = checked(Cursor::new(bytes), bytes.len() as u64, 512).unwrap();
        assert!(suits(&plan, &file));
        let mut small = Small::load(&plan, &file, &mut Cursor::new(bytes)).unwrap();
        let mut library = Candle::load(&plan, &file, &mut Cursor::new(bytes)).unwrap();
        let tokens: Vec<u32> = (0..24).map(|n| n * 7 % 200 + 5).collect();
        let whole = small.read(&tokens, 0).unwrap();
        let theirs = library.read(&tokens, 0).unwrap();
        let near = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32;
        assert!(near(&whole, &theirs) < APART, "{}", near(&whole, &theirs));
        // Forgets what stood behind the place it goes on from.
        small.read(&tokens[..9], 0).unwrap();
        small.read(&[1, 2, 3], 9).unwrap();
        let mut last = Vec::new();
        for (i, token) in tokens.iter().enumerate().skip(9) {
            last = small.read(&[*token], i).unwrap();
        }
        assert!(near(&whole, &last) < APART, "{}", near(&whole, &last));
        assert!(small.read(&[u32::MAX], 0).is_err() && small.read(&[1], 512).is_err());
    }
}
