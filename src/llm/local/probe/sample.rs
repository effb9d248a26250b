//! A network made up after another: its sizes and formats, fewer of its layers, and weights that mean nothing.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};

use candle_core::quantized::{GgmlDType, QTensor};
use candle_core::{Device, Tensor};

use super::super::super::kernels::matrix::Bytes;
use super::super::error::LocalError;
use super::super::gguf::Header;
use super::super::plan::Plan;

/// Weights made up of each format; a tensor repeats them.
const TILE: usize = 1 << 16;
/// Bytes written at once.
const PIECE: usize = 1 << 20;
/// Rows of a vocabulary come in groups of so many.
const ROWS: u64 = 16;

/// The header of a network with so many of another's layers, and the same share of its vocabulary: what a step takes in it is
/// that share of what it takes in the other.
///
/// Layers differ in their formats: those taken are spread evenly over all of them, in the order of their bytes.
pub fn header(file: &Header, plan: &Plan, layers: u64) -> Header {
    let bytes_of = |layer: u64| -> u64 {
        let start = format!("blk.{layer}.");
        plan.tensors.iter().filter(|name| name.starts_with(&start)).filter_map(|name| file.tensors.get(name)).map(|t| t.bytes).sum()
    };
    let mut order: Vec<u64> = (0..plan.layers).collect();
    order.sort_by_key(|layer| bytes_of(*layer));
    let taken: HashMap<u64, u64> = (0..layers).map(|n| (order[((2 * n + 1) * plan.layers / (2 * layers)) as usize], n)).collect();
    let mut made = file.sizes();
    made.set_integer("block_count", layers);
    for name in &plan.tensors {
        let Some(tensor) = file.tensors.get(name) else { continue };
        let layer = name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')).and_then(|(n, part)| Some((n.parse().ok()?, part)));
        match layer {
            Some((layer, part)) => {
                if let Some(n) = taken.get(&layer) {
                    made.put(format!("blk.{n}.{part}"), tensor.kind, &tensor.shape);
                }
            }
            None if tensor.shape.len() == 2 => {
                let rows = (plan.rows * layers).div_ceil(plan.layers).next_multiple_of(ROWS);
                made.put(name.clone(), tensor.kind, &[tensor.shape[0], rows]);
            }
            None => made.put(name.clone(), tensor.kind, &tensor.shape),
        }
    }
    made
}

/// Made-up weights for all tensors of a header, mapped as those of a file are.
pub fn weights(header: &Header) -> Result<Bytes, LocalError> {
    let mut tensors: Vec<_> = header.tensors.values().collect();
    tensors.sort_by_key(|tensor| tensor.offset);
    let mut tiles: HashMap<(GgmlDType, bool), Vec<u8>> = HashMap::new();
    let mut to = BufWriter::with_capacity(PIECE, unnamed_file()?);
    let mut at = 0;
    for tensor in tensors {
        let is_matrix = tensor.shape.len() > 1;
        let tile = match tiles.entry((tensor.kind, is_matrix)) {
            std::collections::hash_map::Entry::Occupied(tile) => tile.into_mut(),
            std::collections::hash_map::Entry::Vacant(place) => place.insert(tile(tensor.kind, is_matrix, tensor.shape[0])?),
        };
        to.write_all(&vec![0; usize::try_from(tensor.offset - at).unwrap_or(0)])?;
        let mut left = usize::try_from(tensor.bytes).unwrap_or(usize::MAX);
        while left > 0 {
            let piece = &tile[..left.min(tile.len())];
            to.write_all(piece)?;
            left -= piece.len();
        }
        at = tensor.offset + tensor.bytes;
    }
    let file = to.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    Ok(Bytes::map(&file)?)
}

/// Blocks of a format: of a matrix, numbers around 0 with the deviation of a fresh network's; else numbers around 1.
fn tile(kind: GgmlDType, is_matrix: bool, width: u64) -> Result<Vec<u8>, LocalError> {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1u64 << 24) as f32 - 0.5
    };
    let deviation = (12.0 / width as f32).sqrt();
    let numbers: Vec<f32> = (0..TILE).map(|_| if is_matrix { next() * deviation } else { 1.0 + 0.2 * next() }).collect();
    let numbers = Tensor::from_vec(numbers, TILE, &Device::Cpu)?;
    let blocks = QTensor::quantize(&numbers, kind)?;
    let blocks = blocks.data()?;
    Ok(blocks.repeat(PIECE.div_ceil(blocks.len())))
}

/// A file in memory, without a name. Its pages are mapped as those of a model file are.
#[cfg(target_os = "linux")]
fn unnamed_file() -> std::io::Result<File> {
    let made = rustix::fs::memfd_create("electromart-doctor", rustix::fs::MemfdFlags::CLOEXEC)?;
    Ok(File::from(made))
}

/// A file that goes when it is closed.
#[cfg(not(target_os = "linux"))]
fn unnamed_file() -> std::io::Result<File> {
    let path = std::env::temp_dir().join(format!("electromart-doctor-{}", uuid::Uuid::new_v4().simple()));
    let made = File::options().read(true).write(true).create_new(true).open(&path)?;
    let _ = std::fs::remove_file(&path);
    Ok(made)
}
