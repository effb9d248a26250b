//! What every network here is made of: products with quantized matrices, attention over 16-bit keys and values, and the
//! small steps between them on plain slices.
//!
//! The weights stay as they lie in the file (mapped into memory, or part of the program). A product unpacks 16 rows at a
//! time into registers, turned so that a register holds one place of all 16, and multiplies them with every column before
//! it goes on. So one column (a token that is written) runs as fast as memory gives the weights, several at once cost
//! little more, and a long prompt runs near what the processor can multiply. Every column is computed alone and in the
//! same order, whatever stands beside it: a token's scores are the same bits in any company.
//!
//! What the processor can do is asked when the program runs ([`Level`]): AVX-512 with VNNI has kernels of its own; for AVX2
//! the compiler makes wide code of the plain loops; and every other processor runs those as they are. All are checked
//! against products in 32-bit floats.

// Vector instructions, and threads that write to their own rows of one matrix. Every block says why it is sound.
#![allow(unsafe_code)]

pub(super) mod activations;
pub(super) mod cached;
pub mod format;
pub mod matrix;
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
    /// 256 bits at a time (AVX2, FMA, F16C): Haswell, Zen and later.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// AVX-512 with byte products (VNNI): Zen 4, Ice Lake and later.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// What this processor has. `ELECTROMART_KERNELS=portable` or `avx2` takes less: to measure one beside the other, and where
/// a virtual machine promises more than it keeps.
pub fn level() -> Level {
    static LEVEL: LazyLock<Level> = LazyLock::new(|| highest(std::env::var("ELECTROMART_KERNELS").ok().as_deref()));
    *LEVEL
}

/// Whether products have kernels of their own on this processor, and not only what the compiler makes of plain loops.
pub fn is_fast() -> bool {
    #[cfg(target_arch = "x86_64")]
    return level() == Level::Avx512;
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The highest level of this processor up to the one that is named.
fn highest(most: Option<&str>) -> Level {
    #[cfg(target_arch = "x86_64")]
    match most {
        Some("portable") => {}
        most if most != Some("avx2") && x86::has_avx512() => return Level::Avx512,
        _ if x86::has_avx2() => return Level::Avx2,
        _ => {}
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = most;
    Level::Portable
}

/// Makes of a plain loop a function that runs with the widest vectors the processor has.
macro_rules! widened {
    ($(#[$about:meta])* pub fn $name:ident($($arg:ident: $kind:ty),* $(,)?) $(-> $ret:ty)? $body:block) => {
        $(#[$about])*
        pub fn $name($($arg: $kind),*) $(-> $ret)? {
            #[inline(always)]
            fn plain($($arg: $kind),*) $(-> $ret)? $body
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,fma")]
                fn avx512($($arg: $kind),*) $(-> $ret)? {
                    plain($($arg),*)
                }
                #[target_feature(enable = "avx2,fma,f16c")]
                fn avx2($($arg: $kind),*) $(-> $ret)? {
                    plain($($arg),*)
                }
                match $crate::llm::kernels::level() {
                    // SAFETY (both): the processor has these instructions.
                    $crate::llm::kernels::Level::Avx512 => return unsafe { avx512($($arg),*) },
                    $crate::llm::kernels::Level::Avx2 => return unsafe { avx2($($arg),*) },
                    $crate::llm::kernels::Level::Portable => {}
                }
            }
            plain($($arg),*)
        }
    };
}
use widened;
