//! The shop with a remote model at its door: the real program against servers that behave as told.

mod budget;
mod fake;
