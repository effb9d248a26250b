//! What tells the families of networks apart, as data.
//!
//! All are the same line of layers (Touvron et al., "LLaMA", 2023): attention over what was read, then a gated feed-forward
//! part, both behind a norm by the mean square and added to what came in. What differs was read from llama.cpp's
//! `llama-model.cpp` and `llama-arch.cpp`.

/// Which two numbers of a head are turned together to mark a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pairs {
    /// One and the next.
    Neighbours,
    /// One of the first half and the one at its place in the second.
    Halves,
}

/// What the gate of a feed-forward part is bent by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bend {
    /// `x / (1 + e^-x)`.
    Silu,
    /// The Gaussian error unit, by its approximation with a hyperbolic tangent.
    Gelu,
}

/// Layers that see only what is near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// Every layer of this number sees everything.
    pub all_but_every: u64,
    /// Base of the positions in the layers that do not.
    pub rope_base: f32,
}

/// A family of networks.
#[derive(Debug, PartialEq)]
pub struct Architecture {
    /// Its name in a GGUF file.
    pub name: &'static str,
    pub pairs: Pairs,
    pub bend: Bend,
    /// Queries, keys and values have something added to them.
    pub biases: bool,
    /// The heads of queries and keys are brought to a mean square of 1.
    pub head_norms: bool,
    /// What attention and feed-forward give is brought to a mean square of 1 before it is added.
    pub norms_behind: bool,
    /// Queries, keys and values are one tensor, and so are the gate and what it lets through.
    pub fused: bool,
    /// A token's row is multiplied with the root of the width.
    pub scaled_rows: bool,
    pub near: Option<Near>,
}

const PLAIN: Architecture = Architecture {
    name: "",
    pairs: Pairs::Halves,
    bend: Bend::Silu,
    biases: false,
    head_norms: false,
    norms_behind: false,
    fused: false,
    scaled_rows: false,
    near: None,
};

/// The families that [`Transformer`](super::Transformer) runs.
pub static ARCHITECTURES: [Architecture; 5] = [
    Architecture { name: "llama", pairs: Pairs::Neighbours, ..PLAIN },
    Architecture { name: "qwen2", biases: true, ..PLAIN },
    Architecture { name: "qwen3", head_norms: true, ..PLAIN },
    Architecture { name: "phi3", fused: true, ..PLAIN },
    Architecture {
        name: "gemma3",
        bend: Bend::Gelu,
        head_norms: true,
        norms_behind: true,
        scaled_rows: true,
        near: Some(Near { all_but_every: 6, rope_base: 10_000.0 }),
        ..PLAIN
    },
];

impl Architecture {
    /// The family of a name in a GGUF file.
    pub fn named(name: &str) -> Option<&'static Self> {
        ARCHITECTURES.iter().find(|a| a.name == name)
    }

    /// Whether a layer, counted from 0, sees only what is near.
    pub fn sees_near(&self, layer: u64) -> bool {
        self.near.is_some_and(|near| !(layer + 1).is_multiple_of(near.all_but_every))
    }
}
