//! Blocks of 32 weights under one 16-bit scale.

use super::{Group, half_at};

/// A scale, 16 bytes: the lower halves are the first 16 weights, the upper ones the last.
pub fn q4_0(block: &[u8]) -> Group {
    let d = half_at(block, 0);
    Group { q: nibbles(&block[2..18]), scale: [d; 2], minimum: [8.0 * d; 2] }
}

/// The same with a minimum that is added.
pub fn q4_1(block: &[u8]) -> Group {
    Group { q: nibbles(&block[4..20]), scale: [half_at(block, 0); 2], minimum: [-half_at(block, 2); 2] }
}

/// A scale, the fifth bits of all weights, and 16 bytes.
pub fn q5_0(block: &[u8]) -> Group {
    let d = half_at(block, 0);
    Group { q: fifths(&block[2..6], &block[6..22]), scale: [d; 2], minimum: [16.0 * d; 2] }
}

/// The same with a minimum that is added.
pub fn q5_1(block: &[u8]) -> Group {
    Group { q: fifths(&block[4..8], &block[8..24]), scale: [half_at(block, 0); 2], minimum: [-half_at(block, 2); 2] }
}

/// A scale and 32 signed bytes.
pub fn q8_0(block: &[u8]) -> Group {
    let d = half_at(block, 0);
    let mut q = [0; 32];
    for (q, byte) in q.iter_mut().zip(&block[2..34]) {
        *q = byte ^ 0x80;
    }
    Group { q, scale: [d; 2], minimum: [128.0 * d; 2] }
}

fn nibbles(bytes: &[u8]) -> [u8; 32] {
    let mut q = [0; 32];
    for (i, byte) in bytes.iter().enumerate() {
        q[i] = byte & 15;
        q[i + 16] = byte >> 4;
    }
    q
}

fn fifths(high: &[u8], low: &[u8]) -> [u8; 32] {
    let mut q = nibbles(low);
    for (i, q) in q.iter_mut().enumerate() {
        *q |= (high[i / 8] >> (i % 8) & 1) << 4;
    }
    q
}
