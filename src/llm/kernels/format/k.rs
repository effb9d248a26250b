//! Blocks of 256 weights, with 6-bit or 8-bit scales for 32 or 16 of them under one 16-bit scale.

use super::{Group, half_at};

/// The 6-bit scale and minimum of the `i`th 32 weights, of the 12 bytes that hold all eight.
fn factors(bytes: &[u8], i: usize) -> (u8, u8) {
    if i < 4 {
        (bytes[i] & 63, bytes[i + 4] & 63)
    } else {
        (bytes[i + 4] & 15 | bytes[i - 4] >> 6 << 4, bytes[i + 4] >> 4 | bytes[i] >> 6 << 4)
    }
}

/// Two 16-bit scales, 12 bytes of factors, and 128 bytes: 32 of them are the first 32 weights in their lower halves and the
/// next 32 in their upper ones, and so on.
pub fn q4(block: &[u8], part: usize) -> Group {
    let (s, m) = factors(&block[4..16], part);
    let bytes = &block[16 + part / 2 * 32..][..32];
    let mut q = [0; 32];
    for (q, byte) in q.iter_mut().zip(bytes) {
        *q = byte >> (part % 2 * 4) & 15;
    }
    Group { q, scale: [half_at(block, 0) * f32::from(s); 2], minimum: [half_at(block, 2) * f32::from(m); 2] }
}

/// The same with the fifth bits in 32 bytes before: bit `i` of a byte belongs to the `i`th 32 weights.
pub fn q5(block: &[u8], part: usize) -> Group {
    let (s, m) = factors(&block[4..16], part);
    let (high, low) = (&block[16..48], &block[48 + part / 2 * 32..][..32]);
    let mut q = [0; 32];
    for ((q, high), low) in q.iter_mut().zip(high).zip(low) {
        *q = low >> (part % 2 * 4) & 15 | (high >> part & 1) << 4;
    }
    Group { q, scale: [half_at(block, 0) * f32::from(s); 2], minimum: [half_at(block, 2) * f32::from(m); 2] }
}

/// 128 bytes with the lower four bits, 64 with the upper two, 16 signed scales for 16 weights each, and a 16-bit scale.
pub fn q6(block: &[u8], part: usize) -> Group {
    let (half, quarter) = (part / 4, part % 4);
    let low = &block[half * 64 + quarter % 2 * 32..][..32];
    let high = &block[128 + half * 32..][..32];
    let mut q = [0; 32];
    for ((q, low), high) in q.iter_mut().zip(low).zip(high) {
        *q = low >> (quarter / 2 * 4) & 15 | (high >> (quarter * 2) & 3) << 4;
    }
    let d = half_at(block, 208);
    let scale = [0, 1].map(|i| d * f32::from(block[192 + part * 2 + i].cast_signed()));
    Group { q, scale, minimum: scale.map(|s| 32.0 * s) }
}
