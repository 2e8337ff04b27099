//! `POST /partner-sdk/provisional-accounts/unmerge` (document: *Unmerge provisional account*, O-177, O-178).

use http::{Request, Response};
use ra_http::{BaseUrl, Body, Endpoint, HttpError, check_status, json_post};

use super::external_auth_body;
use crate::error::Repeat;
use crate::{Client, ExternalAuth};

/// Separates a provisional account from the user that it was merged into. This invalidates **all** access and refresh
/// tokens of the user (O-178): drop the whole set. Users can do it too, by deleting the authorization (N-17).
#[derive(Debug, Clone)]
pub struct Unmerge {
    client: Client,
    auth: ExternalAuth,
}

impl Unmerge {
    /// For [`advice`](crate::error::advice): unmerging twice does no harm.
    pub const REPEAT: Repeat = Repeat::Safe;

    /// Unmerges the account that the provider vouches for.
    #[must_use]
    pub fn new(client: impl Into<Client>, auth: ExternalAuth) -> Self {
        Self {
            client: client.into(),
            auth,
        }
    }
}

impl Endpoint for Unmerge {
    type Reply = ();

    fn to_http(&self, base: &BaseUrl) -> Result<Request<Body>, HttpError> {
        let body = external_auth_body(&self.client, &self.auth)?;
        json_post(
            base,
            "/partner-sdk/provisional-accounts/unmerge",
            body.into_body(),
        )
    }

    fn from_http(&self, response: Response<Body>) -> Result<(), HttpError> {
        check_status(response).map(drop)
    }
}
