//! The proxy does what it is told, and changes nothing.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use ra_testkit::fault_proxy::{After, End, FaultProxy, Flow, Mood, Plan};

const SAID: &[u8] = b"twelve bytes";

/// Sends back what it gets, to one after the other.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut buffer = [0; 64];
            while let Ok(read @ 1..) = stream.read(&mut buffer) {
                if stream.write_all(&buffer[..read]).is_err() {
                    break;
                }
            }
        }
    });
    address
}

fn ending(after: u64, end: End) -> Flow {
    Flow {
        end: Some((After::Bytes(after), end)),
        ..Flow::CLEAR
    }
}

/// Returns the bytes that come back through a proxy with this plan, and the end of the connection.
fn through(up: Flow, down: Flow) -> (Vec<u8>, Result<(), ErrorKind>, Vec<String>) {
    let proxy = FaultProxy::with_plans(echo(), move |_| Plan { up, down });
    let mut stream = TcpStream::connect(proxy.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let _ = stream.write_all(SAID);
    let mut back = Vec::new();
    let mut buffer = [0; 64];
    let end = loop {
        match stream.read(&mut buffer) {
            Ok(0) => break Ok(()),
            Ok(read) => back.extend_from_slice(&buffer[..read]),
            Err(error) => break Err(error.kind()),
        }
        if back.len() == SAID.len() && down.end.is_none() {
            stream.shutdown(Shutdown::Write).unwrap();
        }
    };
    let journal = proxy.journal();
    (back, end, journal.iter().map(ToString::to_string).collect())
}

#[test]
fn everything_arrives_where_nothing_is_planned_and_byte_by_byte_too() {
    let pieces = Flow {
        whole: 3,
        piece: 1,
        ..Flow::CLEAR
    };
    for flow in [Flow::CLEAR, pieces] {
        assert_eq!(through(flow, flow), (SAID.to_vec(), Ok(()), vec![]));
    }
}

#[test]
fn each_end_is_one_of_its_own() {
    let (back, end, journal) = through(Flow::CLEAR, ending(5, End::Cut));
    assert_eq!((back.as_slice(), end), (&SAID[..5], Ok(())));
    assert_eq!(journal, ["connection 0: Cut Down after Bytes(5), reply"]);
    let (back, end, _) = through(Flow::CLEAR, ending(5, End::HalfClose));
    assert_eq!((back.as_slice(), end), (&SAID[..5], Ok(())));
    let (back, end, _) = through(Flow::CLEAR, ending(5, End::Stall));
    assert_eq!(back, &SAID[..5]);
    assert!(
        matches!(end, Err(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        "{end:?}"
    );
    let (_, end, _) = through(Flow::CLEAR, ending(0, End::Reset));
    assert_eq!(end, Err(ErrorKind::ConnectionReset));
}

#[test]
fn what_is_cut_on_the_way_up_never_comes_back() {
    let (back, end, journal) = through(ending(7, End::HalfClose), Flow::CLEAR);
    assert_eq!((back.as_slice(), end), (&SAID[..7], Ok(())));
    assert_eq!(journal.len(), 1);
    assert!(journal[0].starts_with("connection 0: HalfClose Up after Bytes(7), "));
    let (back, ..) = through(ending(0, End::Stall), Flow::CLEAR);
    assert_eq!(back, b"");
}

#[test]
fn a_seed_is_a_plan_and_slow_networks_break_nothing() {
    let ends = |mood| (0..4_000).filter_map(move |n| Plan::of(7, n, mood).down.end);
    assert_eq!(Plan::of(7, 3, Mood::Broken), Plan::of(7, 3, Mood::Broken));
    assert_eq!(ends(Mood::Slow).count(), 0);
    for end in [End::Cut, End::Reset, End::HalfClose, End::Stall] {
        let after: Vec<After> = ends(Mood::Broken)
            .filter_map(|(after, how)| (how == end).then_some(after))
            .collect();
        let late = |after: &After| matches!(after, After::Bytes(1_300..));
        assert!(
            after.contains(&After::Bytes(0)) && after.iter().any(late),
            "{end:?}"
        );
        assert!(
            (1..=5).all(|frames| after.contains(&After::Frames(frames))),
            "{end:?}"
        );
    }
}
