//! What can be wrong with a local model.

/// Why a model file is not used. Each reads as one plain sentence, for the shop's owner.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalError {
    /// The file cannot be opened or read.
    #[error("the model file cannot be read: {0}")]
    Read(#[from] std::io::Error),
    /// The bytes are no GGUF file of a version read here.
    #[error("the file is not a GGUF model of version 2 or 3")]
    NotGguf,
    /// The file ends before what it announces.
    #[error("the model file ends early, in {0}: it was not copied completely")]
    Truncated(String),
    /// Something in the file has a form that cannot be right.
    #[error("the model file is damaged: {0}")]
    Malformed(String),
    /// A network of a kind that is not run here.
    #[error("the model is of the kind `{0}`, which is not known here; llama, qwen2, qwen3, gemma3, phi3, lfm2, glm4 and phi2 are")]
    Architecture(String),
    /// The kind is known, this variety of it is not.
    #[error("the model needs {0}, which this version does not have")]
    Variety(String),
    /// A metadata key is absent, or of another type.
    #[error("the model file lacks `{0}`, or it has another type")]
    MissingKey(String),
    /// A tensor is absent.
    #[error("the model file lacks the tensor `{0}`")]
    MissingTensor(String),
    /// A tensor does not fit the others.
    #[error("the tensor `{name}` has the shape {found:?} instead of {wanted:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// Its shape, innermost dimension first.
        found: Vec<u64>,
        /// The shape that fits, innermost dimension first.
        wanted: Vec<u64>,
    },
    /// A size beyond any real model's.
    #[error("the model file states {found} for {what}, which cannot be right")]
    Size {
        /// Of what.
        what: String,
        /// As the file states it.
        found: u64,
    },
    /// Not enough free memory.
    #[error(
        "the model needs about {needed_mib} MiB of memory and {available_mib} MiB are free: choose a smaller model, or fewer context_tokens"
    )]
    Memory {
        /// Weights, working copies and the longest conversation, in MiB.
        needed_mib: u64,
        /// What the system says it can give, in MiB.
        available_mib: u64,
    },
    /// The tokenizer is of a kind that is not run here, or makes no sense.
    #[error("the model's tokenizer cannot be used: {0}")]
    Tokenizer(String),
    /// The tensor library refused the file.
    #[error("the tensor library refused the model: {0}")]
    Tensor(#[from] candle_core::Error),
    /// It was read, and cannot compute.
    #[error("the model was read, but its first step failed")]
    Broken,
}
