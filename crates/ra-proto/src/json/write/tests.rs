//! Tests that writers make room first: only `grow` moves a text, and it wipes the old buffer.

use super::*;

/// The room in a text that began empty. More or less than was asked for betrays that a push had to make it.
fn room(write: impl FnOnce(&mut String)) -> usize {
    let mut out = String::new();
    write(&mut out);
    out.capacity()
}

#[test]
fn r34_each_piece_has_its_room_before_it_is_written() {
    for key in ["op", "ticket", "handshake_token"] {
        let written = room(|out| ObjectWriter::new(out).key(key));
        assert_eq!(written, r#"{"":"#.len() + key.len());
    }
    for text in ["", "t", "a ticket", "a ticket of some length"] {
        assert_eq!(room(|out| write_raw(out, text)), text.len());
        let written = room(|out| write_text(out, "head", text, "ta"));
        assert_eq!(written, "headta".len() + text.len());
        // each character could be the longest escape
        let written = room(|out| write_text(out, "head", &text.replace('t', "\n"), "ta"));
        let longest = if text.contains('t') { 6 } else { 1 };
        assert_eq!(written, "headta".len() + longest * text.len());
    }
    for number in [0, u64::MAX] {
        assert_eq!(room(|out| write_number(out, "head", number)), 24);
    }
}

#[test]
fn a_text_is_moved_only_where_it_does_not_fit_and_doubles_at_least() {
    let mut out = String::with_capacity(10);
    out.push_str("seven..");
    for (more, expected) in [(3, 10), (4, 20), (13, 20), (14, 40), (94, 101)] {
        make_room(&mut out, more);
        assert_eq!((&*out, out.capacity()), ("seven..", expected));
    }
}
