//! From a file to a network: the tensors a plan was made for, as they lie there.

use super::super::super::kernels::format::Format;
use super::super::super::kernels::is_fast;
use super::super::super::kernels::matrix::{Bytes, Matrix};
use super::super::super::kernels::team::Team;
use super::super::error::LocalError;
use super::super::gguf::Header;
use super::super::plan::{Family, Plan};
use super::architecture::Architecture;
use super::transformer::{Layer, Transformer};
use super::turns::Turns;

/// Reads the tensors of a file.
struct Tensors<'a> {
    file: &'a Header,
    bytes: &'a Bytes,
}

impl Tensors<'_> {
    fn has(&self, name: &str) -> bool {
        self.file.tensors.contains_key(name)
    }

    /// A matrix of `rows` rows, which is all of the tensor or the part from row `from` on.
    fn matrix(&self, name: &str, from: usize, rows: usize) -> Result<Matrix, LocalError> {
        let missing = || LocalError::MissingTensor(name.to_owned());
        let stored = self.file.tensors.get(name).ok_or_else(missing)?;
        let kind = || LocalError::Variety(format!("weights of the kind {:?} (`{name}`)", stored.kind));
        let format = Format::of(stored.kind).ok_or_else(kind)?;
        let width = size(stored.shape.first().copied().unwrap_or(0));
        let row = format.row_bytes(width);
        let start = size(self.file.data).checked_add(size(stored.offset)).and_then(|at| at.checked_add(from * row));
        let bytes = start.and_then(|start| self.bytes.part(start, rows * row)).ok_or_else(missing)?;
        Matrix::new(format, bytes, rows, width).ok_or_else(kind)
    }

    fn all(&self, name: &str) -> Result<Matrix, LocalError> {
        let rows = self.file.tensors.get(name).and_then(|t| t.shape.get(1)).copied().unwrap_or(1);
        self.matrix(name, 0, size(rows))
    }

    /// A tensor of one dimension as 32-bit floats.
    fn floats(&self, name: &str) -> Result<Vec<f32>, LocalError> {
        let matrix = self.all(name)?;
        let mut out = vec![0.0; matrix.width];
        matrix.row(0, &mut out);
        Ok(out)
    }
}

fn size(n: u64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

/// The widest network that is small: its products take so little that any processor does them in time.
const SMALL: u64 = 512;

/// Whether our decoder is the one to run a network: it can, and is not the slower one.
///
/// Every tensor has to be in a format that is multiplied here. And where there are only plain loops ([`is_fast`]), a large
/// network goes to the library, whose products may be faster there, if that runs it right (not so gemma3).
pub fn suits(plan: &Plan, file: &Header) -> bool {
    let multiplied = plan.tensors.iter().all(|name| file.tensors.get(name).is_some_and(|t| Format::of(t.kind).is_some()));
    let ours = plan.width <= SMALL || is_fast() || matches!(plan.family, Family::Own(about) if about.near.is_some());
    multiplied && ours
}

impl Transformer {
    /// Makes the network of a file, whose products a team does.
    ///
    /// # Errors
    /// Of tensors that are not there, or in a format without a product; none where [`suits`].
    pub(in super::super) fn load(
        about: &'static Architecture,
        plan: &Plan,
        file: &Header,
        bytes: &Bytes,
        team: Team,
    ) -> Result<Self, LocalError> {
        let tensors = Tensors { file, bytes };
        let layers = (0..plan.layers).map(|i| layer(about, plan, &tensors, i)).collect::<Result<Vec<_>, _>>()?;
        let table = tensors.all("token_embd.weight")?;
        let output = if tensors.has("output.weight") { tensors.all("output.weight")? } else { table.clone() };
        let width = size(plan.rope_width);
        let factors = match ["rope_freqs.weight", "rope_factors_short.weight"].into_iter().find(|name| tensors.has(name)) {
            // Linear scaling: positions are read as if they lay closer together.
            _ if plan.rope_scale != 1.0 => Some(vec![plan.rope_scale; width / 2]),
            Some(name) => Some(tensors.floats(name)?),
            None => None,
        };
        let mut turns = vec![Turns::new(about.pairs, width, plan.rope_base, factors.as_deref(), plan.rope_length)];
        turns.extend(about.near.map(|near| Turns::new(about.pairs, width, near.rope_base, None, 1.0)));
        Ok(Self {
            about,
            kept: plan.kept(),
            heads: size(plan.heads),
            scale: plan.attention_scale,
            epsilon: plan.epsilon,
            context: size(plan.context),
            turns,
            table,
            layers,
            norm: tensors.floats("output_norm.weight")?,
            output,
            team,
        })
    }
}

fn layer(about: &'static Architecture, plan: &Plan, tensors: &Tensors<'_>, i: u64) -> Result<Layer, LocalError> {
    let name = |part: &str| format!("blk.{i}.{part}");
    let floats = |part: &str| tensors.floats(&name(part));
    let (q, kv) = (size(plan.heads * plan.head_width), size(plan.kv_heads * plan.head_width));
    let qkv = if about.fused {
        let part = |from, rows| tensors.matrix(&name("attn_qkv.weight"), from, rows);
        [part(0, q)?, part(q, kv)?, part(q + kv, kv)?]
    } else {
        [tensors.all(&name("attn_q.weight"))?, tensors.all(&name("attn_k.weight"))?, tensors.all(&name("attn_v.weight"))?]
    };
    let down = tensors.all(&name("ffn_down.weight"))?;
    let gate = if about.fused {
        let part = |from| tensors.matrix(&name("ffn_up.weight"), from, down.width);
        [part(0)?, part(down.width)?]
    } else {
        [tensors.all(&name("ffn_gate.weight"))?, tensors.all(&name("ffn_up.weight"))?]
    };
    let near = about.sees_near(i);
    Ok(Layer {
        attention_norm: floats("attn_norm.weight")?,
        qkv,
        biases: about
            .biases
            .then(|| Ok::<_, LocalError>([floats("attn_q.bias")?, floats("attn_k.bias")?, floats("attn_v.bias")?]))
            .transpose()?,
        head_norms: about
            .head_norms
            .then(|| Ok::<_, LocalError>([floats("attn_q_norm.weight")?, floats("attn_k_norm.weight")?]))
            .transpose()?,
        attention_output: tensors.all(&name("attn_output.weight"))?,
        norms_behind: about
            .norms_behind
            .then(|| Ok::<_, LocalError>([floats("post_attention_norm.weight")?, floats("post_ffw_norm.weight")?]))
            .transpose()?,
        ffn_norm: floats("ffn_norm.weight")?,
        gate,
        down,
        window: plan.window.filter(|_| near).map(size),
        turns: usize::from(near),
    })
}
