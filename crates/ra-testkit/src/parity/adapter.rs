//! Interface that the suites need from an adapter.

use std::sync::Arc;

use ra_core::desktop::login::{self, LoginError};
use ra_core::mobile::{self, MobileError};
use ra_crypto::Backend;
use ra_proto::Fingerprint;

use crate::scenarios::{Act, Answer};

/// An adapter, as the suites use it. Both calls return when it is over, in the thread that they are made in.
pub trait Adapter: Send + Sync + 'static {
    /// Runs one login. `person` sees each event as it comes and says what to do about it.
    fn login(
        &self,
        config: login::Config,
        keys: Arc<dyn Backend>,
        person: &mut dyn FnMut(&login::Event) -> Act,
    ) -> Result<login::Outcome, LoginError>;

    /// Runs one approval. `owner` sees each event as it comes and says what to do about it.
    fn approve(
        &self,
        config: mobile::Config,
        fingerprint: Fingerprint,
        owner: &mut dyn FnMut(&mobile::Event) -> Answer,
    ) -> Result<mobile::Outcome, MobileError>;
}
