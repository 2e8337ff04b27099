//! The little of JSON that frames and bodies need: flat objects cut into borrowed pieces in one pass.
//!
//! Values are taken as raw text and interpreted by name afterwards. So nothing is validated that
//! nobody asks for, a text without escapes is never copied, and one with escapes is copied once, into
//! a buffer of ours that can be wiped; serde's own scratch buffer never sees a value.

mod object;
mod text;
mod value;
mod write;

pub(crate) use object::{Fields, elements};
pub(crate) use value::Raw;
pub(crate) use write::ObjectWriter;
