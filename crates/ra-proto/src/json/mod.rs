//! The little of JSON that frames and bodies need: flat objects cut into borrowed pieces in one pass.
//!
//! Values are told apart by the grammar and interpreted by name afterwards. So nothing is validated that
//! nobody asks for, a text without escapes is never copied, and one with escapes is copied once, into
//! a buffer of ours that can be wiped.

mod object;
mod scan;
mod text;
mod value;
mod write;

pub(crate) use object::{Field, elements, read_fields, read_object};
pub(crate) use value::Raw;
pub(crate) use write::{ObjectWriter, make_room, write_number, write_raw, write_text};
