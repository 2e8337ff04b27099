//! JSON for frames and bodies: one pass splits a flat object into borrowed values.
//!
//! The grammar finds the values; callers interpret them by name afterwards. A value that nobody reads is not validated
//! further. A text without escapes is never copied. A text with escapes is copied once, into a buffer that can be
//! wiped.

mod object;
mod scan;
mod text;
mod value;
mod write;

pub(crate) use object::{Field, elements, read_fields, read_object};
pub(crate) use value::Raw;
pub(crate) use write::{ObjectWriter, make_room, write_number, write_raw, write_text};
