use std::sync::{Arc, Mutex};

use super::*;

const URL: &str = "https://discord.com/ra/Ab3-_9dEfGhIjKlMnOpQrStUvWxYz0123456789abcd";
const USUAL: Size = Size {
    columns: 80,
    rows: 24,
};

#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Written {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

fn terminal(size: Size) -> (Screen, Written) {
    let written = Written::default();
    let screen = Screen::new(Box::new(written.clone()), Paint::Colours, true, move || {
        Some(size)
    });
    (screen, written)
}

fn file() -> (Screen, Written) {
    let written = Written::default();
    let screen = Screen::new(Box::new(written.clone()), Paint::Characters, false, || None);
    (screen, written)
}

#[test]
fn foreign_text_cannot_steer_the_terminal() {
    let (mut screen, written) = terminal(USUAL);
    screen.line("by \u{1b}]0;x\u{7}").unwrap();
    assert_eq!(written.take(), "by \\u{1b}]0;x\\u{7}\n");
    screen.status("\u{1b}c").unwrap();
    assert_eq!(written.take(), "\r\\u{1b}c\u{1b}[K");
    screen.question("\u{9b}?").unwrap();
    assert_eq!(written.take(), "\r\u{1b}[K\\u{9b}? ");
}

#[test]
fn the_status_is_redrawn_in_place_and_gone_before_the_next_line() {
    let (mut screen, written) = terminal(Size {
        columns: 10,
        rows: 24,
    });
    screen.status("expires in 2:00").unwrap();
    screen.status("expires").unwrap();
    screen.line("done").unwrap();
    assert_eq!(
        written.take(),
        "\rexpires i\u{1b}[K\rexpires\u{1b}[K\r\u{1b}[Kdone\n"
    );
}

#[test]
fn without_a_terminal_there_is_no_escape_sequence_and_no_countdown() {
    let (mut screen, written) = file();
    screen.qr(&Qr::new(URL).unwrap(), URL).unwrap();
    screen.status("expires in 2:00").unwrap();
    screen.line("The code has expired.").unwrap();
    screen.qr(&Qr::new(URL).unwrap(), URL).unwrap();
    let text = written.take();
    assert!(!text.contains(['\u{1b}', '\r']) && !text.contains("2:00"));
    assert_eq!(text.matches(URL).count(), 2);
    assert_eq!(text.lines().count(), 45);
}

#[test]
fn a_new_code_takes_the_place_of_the_old_one() {
    let (mut screen, written) = terminal(USUAL);
    let qr = Qr::new(URL).unwrap();
    screen.qr(&qr, URL).unwrap();
    screen.status("expires in 0:01").unwrap();
    let first = written.take();
    assert!(!first.contains("\u{1b}[J") && first.contains(URL));
    screen.qr(&qr, URL).unwrap();
    // 21 lines of code and the address
    assert!(written.take().starts_with("\r\u{1b}[K\u{1b}[22A\u{1b}[J"));
}

#[test]
fn a_code_that_has_scrolled_away_is_left_alone() {
    let (mut screen, written) = terminal(USUAL);
    let qr = Qr::new(URL).unwrap();
    screen.qr(&qr, URL).unwrap();
    screen.line(&"x".repeat(81)).unwrap();
    written.take();
    screen.qr(&qr, URL).unwrap();
    assert!(!written.take().contains("\u{1b}[J"));
}

#[test]
fn a_window_that_is_too_small_says_so_and_shows_the_address() {
    let qr = Qr::new(URL).unwrap();
    for size in [
        Size {
            columns: 40,
            rows: 50,
        },
        Size {
            columns: 80,
            rows: 22,
        },
    ] {
        let (mut screen, written) = terminal(size);
        screen.qr(&qr, URL).unwrap();
        let text = written.take();
        assert!(text.contains("too small") && text.contains(URL));
        assert!(!text.contains('▀'));
    }
}
