//! How long steps of a network take on this machine, also of one that is not here.
//!
//! A network of the same sizes and formats is made up ([`Shape`], or the header of a file that is here) and run by the very
//! code that would run the real one, on as many threads: what its weights mean makes no difference to how long a step takes.
//! Where it is large, only some of its layers are made, with the same share of its vocabulary; they are several times
//! what the processor's caches hold, as long as memory allows that, so that they are read from memory in every step as the
//! real ones are. What a step takes is that share of what it takes in the whole.

mod memory;
mod sample;
mod shape;
mod vocabulary;

use std::path::Path;
use std::time::{Duration, Instant};

use super::error::LocalError;
use super::gguf::Header;
use super::network::{self, Cache, Feed, Network};
use super::plan::{Plan, available_memory};
use super::{examine, threads};
use crate::config::Local;
pub use memory::{bandwidth, beyond_caches};
pub use shape::{Mix, Shape};
pub use vocabulary::Vocabulary;

/// 2^-7 as a 16-bit float: what stands for keys and values that were never computed.
const KEPT: u16 = 0x2000;

/// What is known of a network before any of it is made.
#[derive(Debug, Clone)]
pub struct Outline {
    file: Header,
    plan: Plan,
}

impl Outline {
    /// That of a shape.
    ///
    /// # Errors
    /// When no network has such a shape.
    pub fn of_shape(shape: &Shape, config: &Local) -> Result<Self, LocalError> {
        let file = shape.header()?;
        let plan = Plan::read(&file, config.context_tokens)?;
        Ok(Self { file, plan })
    }

    /// That of a model file.
    ///
    /// # Errors
    /// As [`super::LocalModel::open`], but for the memory it would take.
    pub fn of_file(path: &Path, config: &Local) -> Result<Self, LocalError> {
        let (file, plan) = examine(path, config.context_tokens)?;
        Ok(Self { file, plan })
    }

    /// Bytes of memory it takes: weights, the longest conversation, and the work on them.
    pub fn memory(&self) -> u64 {
        self.plan.memory
    }

    /// Bytes of memory the system can give now, where it says so.
    pub fn available() -> Option<u64> {
        available_memory()
    }

    /// Weights, but for a second table.
    pub fn parameters(&self) -> u64 {
        self.file.tensors.iter().filter(|(name, _)| *name != "output.weight").map(|(_, tensor)| tensor.elements()).sum()
    }

    /// Most tokens of prompt and reply together.
    pub fn context(&self) -> usize {
        usize::try_from(self.plan.context).unwrap_or(usize::MAX)
    }

    /// Layers whose weights are at least `bytes` with their share of the vocabulary, if there are as many; and no more than half
    /// of what memory has room for.
    fn layers(&self, bytes: u64) -> u64 {
        let all: u64 = self.file.tensors.values().map(|tensor| tensor.bytes).sum();
        let room = available_memory().map_or(u64::MAX, |free| free / 2);
        let each = (all / self.plan.layers).max(1);
        bytes.div_ceil(each).min(room / each).clamp(1, self.plan.layers)
    }
}

/// A network that is made up, and what is read in it.
pub struct Probe {
    network: Box<dyn Network>,
    plan: Plan,
    /// Layers of the real one for each of these.
    scale: f64,
    cache: Cache,
}

impl Probe {
    /// Makes up weights of at least `bytes`, if the network has as many, for `config` to run.
    ///
    /// # Errors
    /// When there is no room for it, or the network is of a kind that cannot be made up.
    pub fn new(outline: &Outline, bytes: u64, config: &Local) -> Result<Self, LocalError> {
        let layers = outline.layers(bytes);
        let file = sample::header(&outline.file, &outline.plan, layers);
        let plan = Plan::read(&file, config.context_tokens)?;
        if plan.tensors.is_empty() {
            return Err(LocalError::Variety("the library's own loader, so that no network like it can be made up".to_owned()));
        }
        plan.fits(available_memory())?;
        let weights = sample::weights(&file)?;
        let network = network::load(&plan, &file, &weights, threads(config))?;
        let scale = outline.plan.layers as f64 / layers as f64;
        Ok(Self { network, plan, scale, cache: Cache::default() })
    }

    /// Whether it takes a prompt in steps and goes on from what was read before; the library's networks read it at once.
    pub fn is_shared(&self) -> bool {
        self.network.is_shared()
    }

    /// Begins a conversation of which so many tokens have been read.
    ///
    /// # Errors
    /// When the network breaks.
    pub fn begin(&mut self, behind: usize) -> Result<(), LocalError> {
        self.cache = Cache::default();
        if !self.network.is_shared() {
            return if behind == 0 { Ok(()) } else { self.read(behind).map(drop) };
        }
        let kept = self.plan.kept();
        self.cache.add(&vec![0; behind], kept);
        for position in 0..behind {
            for (layer, which, head) in (0..kept.layers).flat_map(|l| (0..2).flat_map(move |w| (0..kept.kv_heads).map(move |h| (l, w, h))))
            {
                self.cache.place(kept, layer, which, head, position).into_iter().for_each(|place| place.fill(KEPT));
            }
        }
        Ok(())
    }

    /// Reads so many tokens more in a step; how long the whole network would take.
    ///
    /// # Errors
    /// When the network breaks, or the conversation becomes longer than it reads.
    pub fn read(&mut self, count: usize) -> Result<Duration, LocalError> {
        let rows = u32::try_from(self.plan.rows).unwrap_or(u32::MAX).max(1);
        let tokens: Vec<u32> = (0u32..).take(count).map(|n| n.wrapping_mul(7_919) % rows).collect();
        let Self { network, cache, scale, .. } = self;
        let begun = Instant::now();
        let scores = network.step(&mut [Feed { cache, tokens: &tokens, all: false }])?;
        let took = begun.elapsed();
        let finite = scores.iter().flatten().all(|score| score.is_finite());
        if finite { Ok(took.mul_f64(*scale)) } else { Err(LocalError::Broken) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::models::Manifest;

    fn tiny(architecture: &str, mix: Mix, tied: bool) -> Shape {
        Shape {
            architecture: architecture.to_owned(),
            layers: 6,
            width: 256,
            feed_forward: 512,
            heads: 4,
            kv_heads: 2,
            head_width: 64,
            vocabulary: 320,
            tied,
            mix,
            cut: "qwen2".to_owned(),
        }
    }

    #[test]
    fn the_shapes_of_the_manifest_are_those_of_its_files() {
        for entry in Manifest::recommended().unwrap().models {
            let shape = entry.shape.unwrap_or_else(|| panic!("{} has no shape", entry.name));
            // Beside the weights a file holds a vocabulary of 128,000 to 152,000 tokens and their merges, 6 to 8 MB.
            let beside = entry.size.unwrap() as f64 - shape.bytes() as f64;
            assert!((5.5e6..8.5e6).contains(&beside), "{}: {beside} bytes beside {}", entry.name, shape.bytes());
            assert!(shape.parameters() > 490_000_000 && shape.is_whole(), "{shape:?}");
        }
    }

    #[test]
    fn a_network_is_made_of_a_shape_or_of_a_share_of_it() {
        let config = Local { context_tokens: 256, ..Local::default() };
        for architecture in ["llama", "qwen2", "qwen3", "phi3", "gemma3"] {
            for (mix, tied) in [(Mix::Q4KM, true), (Mix::Q8_0, false)] {
                let shape = tiny(architecture, mix, tied);
                assert!(shape.is_whole(), "{shape:?}");
                let outline = Outline::of_shape(&shape, &config).unwrap();
                for (bytes, scale) in [(u64::MAX, 1.0), (shape.bytes() / 2 - 1_000, 2.0), (1, 6.0)] {
                    let mut probe = Probe::new(&outline, bytes, &config).unwrap();
                    assert_eq!(probe.scale, scale, "{shape:?} {bytes}");
                    probe.begin(40).unwrap();
                    assert!(probe.read(5).unwrap() > Duration::ZERO && probe.read(1).unwrap() > Duration::ZERO);
                    assert_eq!(probe.cache.len(), 46);
                    probe.begin(0).unwrap();
                    assert!(probe.read(257).is_err() || !probe.is_shared(), "{shape:?}");
                }
            }
        }
    }

    #[test]
    fn half_of_the_layers_have_as_many_of_each_format_as_the_other_half() {
        let config = Local::default();
        let shape = Shape { layers: 24, ..tiny("qwen2", Mix::Q4KM, true) };
        let outline = Outline::of_shape(&shape, &config).unwrap();
        let count =
            |file: &Header| file.tensors.iter().filter(|(name, t)| name.contains("attn_v.w") && format!("{:?}", t.kind) == "Q6K").count();
        let half = sample::header(&outline.file, &outline.plan, 12);
        assert_eq!((count(&outline.file), count(&half)), (12, 6));
    }

    #[test]
    fn sizes_that_no_network_has_are_refused() {
        let fine = tiny("qwen3", Mix::Q8_0, true);
        for wrong in [
            Shape { layers: 0, ..fine.clone() },
            Shape { width: 250, ..fine.clone() },
            Shape { feed_forward: 1, ..fine.clone() },
            Shape { heads: 3, ..fine.clone() },
            Shape { heads: 1 << 20, head_width: 1 << 20, ..fine.clone() },
            Shape { architecture: "mamba".to_owned(), ..fine.clone() },
            Shape { cut: "by hand".to_owned(), ..fine.clone() },
        ] {
            assert!(!wrong.is_whole(), "{wrong:?}");
        }
    }
}
