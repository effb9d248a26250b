//! What every network here is made of: products with quantized matrices, attention over 16-bit keys and values, and the
//! small steps between them on plain slices.
//!
//! The weights stay as they lie in the file (mapped into memory, or part of the program). A product unpacks 16 rows at a
//! time into registers, turned so that a register holds one place of all 16, and multiplies them with every column before
//! it goes on. So one column (a token that is written) runs as fast as memory gives the weights, several at once cost
//! little more, and a long prompt runs near what the processor can multiply. Every column is computed alone and in the
//! same order, whatever stands beside it: a token's scores are the same bits in any company.
//!
//! What the processor can do is asked when the program runs (`Level`): AVX-512 with VNNI has kernels of its own, and so has
//! AVX2, with the byte products of AVX-VNNI where they are there; every other processor runs plain loops. All are checked
//! against products in 32-bit floats, at every level of the processor that runs the tests.

// Vector instructions, and threads that write to their own rows of one matrix. Every block says why it is sound.
#![allow(unsafe_code)]

pub(super) mod activations;
pub(super) mod cached;
#[cfg(test)]
mod each;
pub mod format;
pub mod matrix;
mod portable;
pub(super) mod product;
pub(super) mod rows;
pub mod team;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::sync::LazyLock;

/// Which instructions a product is made with, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What every processor of the target has.
    Portable,
    /// 256 bits at a time (AVX2, FMA, F16C): Haswell, Zen and later.
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// The same with byte products (AVX-VNNI): Alder Lake and later.
    #[cfg(target_arch = "x86_64")]
    AvxVnni,
    /// AVX-512 with byte products (VNNI): Zen 4, Ice Lake and later.
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

/// What this processor has. `ELECTROMART_KERNELS=portable`, `avx2` (without byte products) or `avxvnni` takes no more than
/// that: to measure one beside the other, and where a virtual machine promises more than it keeps.
pub fn level() -> Level {
    static LEVEL: LazyLock<Level> = LazyLock::new(|| highest(std::env::var("ELECTROMART_KERNELS").ok().as_deref()));
    #[cfg(test)]
    if let Some(level) = each::of_this_thread() {
        return level;
    }
    *LEVEL
}

/// Whether products have kernels of their own on this processor, and not only plain loops.
pub fn is_fast() -> bool {
    level() != Level::Portable
}

/// The levels, with the names by which they are asked for, and whether the processor has them.
fn levels() -> Vec<(&'static str, bool, Level)> {
    vec![
        ("portable", true, Level::Portable),
        #[cfg(target_arch = "x86_64")]
        ("avx2", x86::has_avx2(), Level::Avx2),
        #[cfg(target_arch = "x86_64")]
        ("avxvnni", x86::has_avx_vnni(), Level::AvxVnni),
        #[cfg(target_arch = "x86_64")]
        ("avx512", x86::has_avx512(), Level::Avx512),
    ]
}

/// The highest level of this processor up to the one that is named.
fn highest(most: Option<&str>) -> Level {
    let all = levels();
    let end = all.iter().position(|(name, ..)| Some(*name) == most).map_or(all.len(), |at| at + 1);
    all[..end].iter().rfind(|(_, has, _)| *has).map_or(Level::Portable, |(.., level)| *level)
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
                    $crate::llm::kernels::Level::Avx2 | $crate::llm::kernels::Level::AvxVnni => return unsafe { avx2($($arg),*) },
                    $crate::llm::kernels::Level::Portable => {}
                }
            }
            plain($($arg),*)
        }
    };
}
use widened;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_named_is_not_passed() {
        let all = levels();
        assert_eq!(highest(Some("portable")), Level::Portable);
        for (at, (name, has, level)) in all.iter().enumerate() {
            let found = highest(Some(name));
            assert!(all[..=at].iter().any(|(_, has, level)| *has && *level == found), "{name}: {found:?}");
            assert!(!has || found == *level, "{name}: {found:?}");
        }
        assert_eq!(highest(None), highest(Some("a name that is none")));
    }
}
