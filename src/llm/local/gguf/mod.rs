//! The header of a GGUF file, read without trusting a number in it.
//!
//! A model file may be many gigabytes, so only the header is read, as a stream. Every length is checked
//! against the bytes that are left, and against what real files hold, before anything is set aside for
//! it. The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod header;
mod kinds;
mod stream;

pub(super) use header::Header;
