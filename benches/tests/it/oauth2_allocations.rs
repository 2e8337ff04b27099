//! Counts allocations of the bench `oauth2`. It has its own binary, because counting takes time.

#[path = "../../benches/oauth2/work.rs"]
mod work;

use allocation_counter::{AllocationInfo, measure};
use work::{Ours, Theirs};

/// Returns the allocations of both in the second run: the first one may fill caches.
fn count<T, U>(ours: impl Fn(&Ours) -> T, theirs: impl Fn(&Theirs) -> U) -> [AllocationInfo; 2] {
    let (our, their) = (Ours::new(), Theirs::new());
    let mut counted = [AllocationInfo::default(); 2];
    for _ in 0..2 {
        counted = [
            measure(|| drop(ours(&our))),
            measure(|| drop(theirs(&their))),
        ];
    }
    counted
}

#[test]
fn a_login_allocates_less_than_by_the_oauth2_crate() {
    for (name, [ours, theirs]) in [
        ("authorize URL", count(Ours::authorize, Theirs::authorize)),
        ("exchange request", count(Ours::request, Theirs::request)),
        ("token answer", count(Ours::answer, Theirs::answer)),
        ("whole exchange", count(Ours::whole, Theirs::whole)),
    ] {
        let line =
            |info: &AllocationInfo| format!("{} ({} bytes)", info.count_total, info.bytes_total);
        println!("{name}: {}, oauth2 {}", line(&ours), line(&theirs));
        assert_eq!((ours.count_current, theirs.count_current), (0, 0), "{name}");
        assert!(ours.count_total < theirs.count_total, "{name}");
    }
}

#[test]
fn both_do_the_same() {
    let (ours, theirs) = (Ours::new(), Theirs::new());
    let (started, (url, state, verifier)) = (ours.authorize(), theirs.authorize());
    let sorted = |pairs: Vec<(String, String)>| {
        let mut pairs = pairs;
        pairs.sort();
        pairs
    };
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    assert_eq!(
        sorted(
            started
                .url
                .parameters()
                .map(|(n, v)| owned((n, &v)))
                .collect()
        ),
        sorted(url.query_pairs().map(|(n, v)| owned((&n, &v))).collect())
    );
    assert_eq!(started.pending.state().unwrap().expose(), state.secret());
    assert_eq!(
        started.pending.verifier().unwrap().expose(),
        verifier.secret()
    );

    let body = ours.request().into_body();
    let form = |text: &[u8]| {
        let text = String::from_utf8(text.to_vec()).unwrap();
        let mut pairs: Vec<String> = text.split('&').map(str::to_owned).collect();
        pairs.sort();
        pairs
    };
    assert_eq!(form(body.as_bytes()), form(&theirs.body()));

    use oauth2::TokenResponse as _;
    let (token, answer) = (ours.whole().unwrap(), theirs.whole().unwrap());
    assert_eq!(token, ours.answer());
    assert_eq!(token.access_token.expose(), answer.access_token().secret());
    let refresh = answer.refresh_token().unwrap();
    assert_eq!(token.refresh_token.unwrap().expose(), refresh.secret());
}
