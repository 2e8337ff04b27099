use proptest::prelude::*;
use ra_proto::base64::{Base64Error, decode, encode_standard, encode_url};

#[test]
fn r12_both_alphabets_are_read_with_and_without_padding() {
    let cases: [(&[u8], [&str; 4]); 4] = [
        (b"", ["", "", "", ""]),
        (&[0xfb], ["+w==", "+w", "-w==", "-w"]),
        (&[0xfb, 0xff], ["+/8=", "+/8", "-_8=", "-_8"]),
        (&[0xfb, 0xff, 0xbf], ["+/+/", "+/+/", "-_-_", "-_-_"]),
    ];
    for (bytes, texts) in cases {
        for text in texts {
            assert_eq!(decode(text).as_deref(), Ok(bytes), "{text}");
        }
    }
}

#[test]
fn r12_anything_else_is_refused() {
    let bad = [
        "+_8=",     // two alphabets
        "-/8",      //
        "+w=",      // half a padding
        "-w=",      //
        "+w===",    // too much of it
        "+/8==",    //
        "+/+/=",    // padding where none belongs
        "+/+/====", //
        "=",        //
        "====",     //
        "+",        // a length that no bytes have
        "+/+/+",    //
        "+/9=",     // bits set that no byte uses
        "-x",       //
        " +/8=",    // white space
        "+/8=\n",   //
        "+/\n8=",   //
        "+/8=+/8=", // two texts
        "+/8\0",    //
        "é/8=",     //
    ];
    for text in bad {
        assert!(decode(text).is_err(), "{text:?}");
    }
}

#[test]
fn the_error_says_nothing_of_the_text() {
    let error: Base64Error = decode("canary!").unwrap_err();
    assert_eq!(error.to_string(), "text is not base64");
    assert_eq!(format!("{error:?}"), "Base64Error");
}

#[test]
fn writing_is_padded_standard_or_bare_url() {
    assert_eq!(encode_standard(&[0xfb, 0xff]), "+/8=");
    assert_eq!(encode_url(&[0xfb, 0xff]), "-_8");
}

proptest! {
    #[test]
    fn what_is_written_is_read(bytes: Vec<u8>) {
        prop_assert_eq!(decode(&encode_standard(&bytes)), Ok(bytes.clone()));
        prop_assert_eq!(decode(&encode_url(&bytes)), Ok(bytes));
    }

    #[test]
    fn a_text_that_is_read_is_one_of_four_ways_to_write_its_bytes(text in "[A-Za-z0-9+/_=-]{0,12}") {
        if let Ok(bytes) = decode(&text) {
            let padded = encode_standard(&bytes);
            let bare = padded.trim_end_matches('=');
            let url = |text: &str| text.replace('+', "-").replace('/', "_");
            let ways = [padded.clone(), bare.to_owned(), url(&padded), url(bare)];
            prop_assert!(ways.contains(&text), "{}", text);
        }
    }

    #[test]
    fn no_text_makes_reading_panic(text: String) {
        let _ = decode(&text);
    }
}
