//! What every network here is made of: products with quantized matrices, attention over 16-bit keys and values, and the
//! small steps between them on plain slices.
//!
//! The weights stay as they lie in the file (mapped into memory, or part of the program). A product unpacks 16 rows at a
//! time into registers, turned so that a register holds one place of all 16, and multiplies them with every column before
//! it goes on. So one column (a token that is written) runs as fast as memory gives the weights, several at once cost
//! little more, and a long prompt runs near what the processor can multiply. Every column is computed alone and in the
//! same order, whatever stands beside it: a token's scores are the same bits in any company.
//!
//! What the processor can do is asked when the program runs ([`Level`]); there is a path for each of AVX-512 with VNNI and
//! any other processor. They are checked against products in 32-bit floats.

// Vector instructions, and threads that write to their own rows of one matrix. Every block says why it is sound.
#![allow(unsafe_code)]

pub(super) mod activations;
pub(super) mod cached;
pub(super) mod format;
pub(super) mod matrix;
mod portable;
pub(super) mod product;
pub(super) mod rows;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::sync::LazyLock;

/// Which instructions a product is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What every processor of the target has.
    Portable,
    /// AVX-512 with byte products (VNNI): Zen 4, Ice Lake and later.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// What this processor has. `ELECTROMART_PORTABLE_KERNELS=1` takes the path that every processor has: for measuring one
/// beside the other, and where a virtual machine promises more than it keeps.
pub fn level() -> Level {
    static LEVEL: LazyLock<Level> = LazyLock::new(|| {
        if std::env::var_os("ELECTROMART_PORTABLE_KERNELS").is_some() {
            return Level::Portable;
        }
        #[cfg(target_arch = "x86_64")]
        if x86::has_avx512() {
            return Level::Avx512;
        }
        Level::Portable
    });
    *LEVEL
}
