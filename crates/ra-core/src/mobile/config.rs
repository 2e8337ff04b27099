//! Configuration of a phone's approval.

use core::time::Duration;

use ra_http::BaseUrl;
use ra_proto::Token;

/// How a phone talks to the service.
///
/// ```
/// use ra_core::mobile::Config;
/// use ra_proto::Token;
///
/// let mut config = Config::new("https://discord.com/api/v9".parse()?, Token::new("secret".to_owned()));
/// config.temporary_token = true;
/// assert!(!format!("{config:?}").contains("secret"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where the REST calls go (R-01).
    pub api: BaseUrl,
    /// The token of the approving account, sent in `Authorization`.
    pub authorization: Token,
    /// How long one call may take.
    pub call_within: Duration,
    /// How long the person may take to decide: as long as a handshake token lives (R-41).
    pub decide_within: Duration,
    /// How many wrong codes the person may give for the second factor.
    pub mfa_tries: u32,
    /// True if the device is to get a short-lived token (R-42).
    pub temporary_token: bool,
}

impl Config {
    /// A phone of this account: 15 s a call, 120 s for the decision, 3 wrong codes.
    ///
    /// ```
    /// use core::time::Duration;
    /// use ra_core::mobile::Config;
    /// use ra_proto::Token;
    ///
    /// let config = Config::new("http://127.0.0.1:4000/api/v9".parse()?, Token::new("secret".to_owned()));
    /// assert_eq!(config.decide_within, Duration::from_secs(120));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn new(api: BaseUrl, authorization: Token) -> Self {
        Self {
            api,
            authorization,
            call_within: Duration::from_secs(15),
            decide_within: Duration::from_secs(120),
            mfa_tries: 3,
            temporary_token: false,
        }
    }
}
