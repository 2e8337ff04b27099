use super::terminal::{Paint, lines};
use super::{Qr, TooLong, png, svg};

const URL: &str = "https://discord.com/ra/Ab3-_9dEfGhIjKlMnOpQrStUvWxYz0123456789abcd";

/// Reads a square of modules back, the way a phone does, from a picture that is `side * scale` pixels wide.
fn read(side: usize, scale: usize, dark: impl Fn(usize, usize) -> bool) -> String {
    let pixels = side * scale;
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(pixels, pixels, |x, y| {
        if dark(x, y) { 0 } else { 255 }
    });
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1, "one code in the picture");
    grids[0].decode().expect("readable").1
}

#[test]
fn modules_read_back() {
    let qr = Qr::new(URL).unwrap();
    assert_eq!(read(qr.side(), 4, |x, y| qr.is_dark(x / 4, y / 4)), URL);
}

#[test]
fn a_scan_url_fits_an_80_by_24_terminal() {
    let qr = Qr::new(URL).unwrap();
    assert!(qr.side() <= 41, "{}", qr.side());
    assert!(lines(&qr, Paint::Characters).len() <= 21);
}

#[test]
fn the_quiet_zone_is_four_light_modules_on_all_sides() {
    let qr = Qr::new(URL).unwrap();
    for along in 0..qr.side() + 8 {
        for depth in (0..4).chain(qr.side() - 4..qr.side() + 8) {
            assert!(!qr.is_dark(along, depth) && !qr.is_dark(depth, along));
        }
    }
    // and the finder pattern starts right behind it
    assert!(qr.is_dark(4, 4) && qr.is_dark(qr.side() - 5, 4) && qr.is_dark(4, qr.side() - 5));
}

#[test]
fn a_text_beyond_every_version_is_refused() {
    assert_eq!(Qr::new(&"x".repeat(2953)).unwrap().side(), 185);
    assert_eq!(Qr::new(&"x".repeat(2954)).unwrap_err(), TooLong);
}

#[test]
fn terminal_colours_read_back_as_dark_characters() {
    let qr = Qr::new(URL).unwrap();
    let rows: Vec<Vec<char>> = lines(&qr, Paint::Colours)
        .iter()
        .map(|line| {
            let inner = line
                .strip_prefix("\u{1b}[38;5;16;48;5;231m")
                .and_then(|rest| rest.strip_suffix("\u{1b}[0m"))
                .expect("each line sets and resets its colours");
            inner.chars().collect()
        })
        .collect();
    assert_eq!(read_characters(&rows, qr.side(), true), URL);
}

#[test]
fn terminal_characters_read_back_with_light_characters() {
    let qr = Qr::new(URL).unwrap();
    let rows: Vec<Vec<char>> = lines(&qr, Paint::Characters)
        .iter()
        .map(|line| line.chars().collect())
        .collect();
    assert!(rows.iter().flatten().all(|c| " ▀▄█".contains(*c)));
    assert_eq!(read_characters(&rows, qr.side(), false), URL);
}

fn read_characters(rows: &[Vec<char>], side: usize, drawn_is_dark: bool) -> String {
    assert!(rows.iter().all(|row| row.len() == side));
    assert_eq!(rows.len(), side.div_ceil(2));
    read(side, 4, |x, y| {
        let (x, y) = (x / 4, y / 4);
        let drawn = match rows[y / 2][x] {
            '█' => true,
            '▀' => y % 2 == 0,
            '▄' => y % 2 == 1,
            _ => false,
        };
        drawn == drawn_is_dark
    })
}

#[test]
fn png_reads_back() {
    let qr = Qr::new(URL).unwrap();
    let file = png::encode(&qr).unwrap();
    let mut decoder = ::png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(::png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut pixels).unwrap();
    let width = frame.width as usize;
    assert_eq!((width, frame.height as usize), (328, 328));
    assert_eq!(
        read(41, 8, |x, y| pixels[y * frame.line_size + x] == 0),
        URL
    );
}

#[test]
fn svg_reads_back() {
    let qr = Qr::new(URL).unwrap();
    let file = svg::encode(&qr);
    assert!(file.contains("viewBox=\"0 0 41 41\"") && file.contains("fill=\"#fff\""));
    let path = file
        .split("d=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let mut dark = vec![false; 41 * 41];
    for run in path.split_terminator('z') {
        // M{x} {y}h{run}v1h-{run}
        let (start, rest) = run[1..].split_once('h').unwrap();
        let (x, y) = start.split_once(' ').unwrap();
        let (length, back) = rest.split_once("v1h-").unwrap();
        assert_eq!(length, back);
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        for module in &mut dark[y * 41 + x..][..length.parse().unwrap()] {
            assert!(!*module, "each module is drawn once");
            *module = true;
        }
    }
    assert_eq!(read(41, 4, |x, y| dark[y / 4 * 41 + x / 4]), URL);
}
