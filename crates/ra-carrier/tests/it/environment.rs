//! The proxy that the environment names.

use ra_carrier::{Network, TlsConfig};

/// Runs itself again, as only a new process may have another environment.
#[test]
fn the_environment_of_the_process_is_read_where_that_is_asked_for() {
    const CHILD: &str = "RA_TEST_SAYS_ITS_NETWORK";
    const NAME: &str =
        "environment::the_environment_of_the_process_is_read_where_that_is_asked_for";
    if std::env::var_os(CHILD).is_some() {
        let asked = Network::from_environment(TlsConfig::default());
        println!("{asked:?} {:?}", Network::new(TlsConfig::default(), None));
        return;
    }
    let says = |proxy: &str| {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", NAME, "--nocapture"])
            .env(CHILD, "1")
            .env_remove("https_proxy")
            .env("HTTPS_PROXY", proxy)
            .output()
            .unwrap();
        String::from_utf8(child.stdout).unwrap()
    };
    let named = says("http://me:canary@proxy.example:3128");
    assert_eq!(named.matches("Proxy(http://proxy.example:3128)").count(), 1);
    assert!(!named.contains("canary"), "{named}");
    let refused = says("ftp://me:canary@proxy.example");
    assert!(refused.contains("HTTPS_PROXY") && refused.contains("Scheme"));
    assert!(!refused.contains("canary"), "{refused}");
}
