//! What can go wrong between the file and the scores.

/// Why an encoder could not be opened or could not score.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncoderError {
    /// The bytes end before what they announce.
    #[error("the encoder file ends early, in {0}")]
    Truncated(&'static str),
    /// The bytes are no GGUF file of a version read here (2 or 3).
    #[error("not a GGUF file of version 2 or 3")]
    NotGguf,
    /// Something in the file has a form that cannot be right.
    #[error("the encoder file is malformed: {0}")]
    Malformed(String),
    /// A GGUF file of another kind of network.
    #[error("the encoder file holds a `{0}`, not a `bert`")]
    Architecture(String),
    /// A metadata key is absent, or of another type.
    #[error("the encoder file lacks `{0}`, or it has another type")]
    MissingKey(String),
    /// A tensor is absent.
    #[error("the encoder file lacks the tensor `{0}`")]
    MissingTensor(String),
    /// A tensor has another shape or element type than the network needs.
    #[error("the tensor `{name}` has shape {found:?} of type {kind}, which does not fit")]
    Shape {
        /// The tensor.
        name: String,
        /// Its shape, innermost dimension first, as the file states it.
        found: Vec<usize>,
        /// Its GGML type number.
        kind: u32,
    },
    /// The file was written for a way of laying out the input that this program does not know.
    #[error("input format {0} is not known here")]
    InputFormat(u64),
    /// The intents of the file are not the five of the shop, in their order.
    #[error("the file scores {0:?}, not the five intents")]
    Labels(Vec<String>),
    /// An adjustment is not one for this network, or holds numbers that are none.
    #[error("the adjustment of the intents does not fit the encoder")]
    Adjustment,
    /// The tensor library refused an operation.
    #[error("tensor operation: {0}")]
    Tensor(#[from] candle_core::Error),
}
