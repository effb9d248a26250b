//! What every network here is made of: products with quantized matrices, and the small steps between them on plain slices.

pub(super) mod product;
pub(super) mod rows;
