use super::{read, write};
use crate::error::{DecodeError, DecodeErrorKind};
use crate::fingerprint::Fingerprint;
use ra_types::{HandshakeToken, SecretBytes};

/// `POST /users/@me/remote-auth`, asking: the phone has scanned this fingerprint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateRequest {
    /// From the scan URL.
    pub fingerprint: Fingerprint,
}

impl CreateRequest {
    /// A request for the session of this fingerprint.
    #[must_use]
    pub fn new(fingerprint: Fingerprint) -> Self {
        Self { fingerprint }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("fingerprint", &alloc::format!("{}", self.fingerprint)))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; a text that is no fingerprint is [`DecodeErrorKind::OutOfRange`].
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [fingerprint] = read(body, ["fingerprint"])?;
        let fingerprint = fingerprint.text()?.parse();
        let malformed = DecodeError::at(DecodeErrorKind::OutOfRange, None, "fingerprint");
        Ok(Self {
            fingerprint: fingerprint.map_err(|_| malformed)?,
        })
    }
}

/// `POST /users/@me/remote-auth`, answering: the right to approve or decline.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateResponse {
    /// Valid for about 120 s.
    pub handshake_token: HandshakeToken,
}

impl CreateResponse {
    /// An answer with this handshake token.
    #[must_use]
    pub fn new(handshake_token: HandshakeToken) -> Self {
        Self { handshake_token }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("handshake_token", self.handshake_token.expose()))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty one is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [handshake_token] = read(body, ["handshake_token"])?;
        Ok(Self {
            handshake_token: handshake_token.filled_secret()?.into(),
        })
    }
}

/// `POST /users/@me/remote-auth/finish`: the person approves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FinishRequest {
    /// From [`CreateResponse`].
    pub handshake_token: HandshakeToken,
    /// Whether the desktop's token is to be short-lived.
    pub temporary_token: bool,
}

impl FinishRequest {
    /// An approval.
    #[must_use]
    pub fn new(handshake_token: HandshakeToken, temporary_token: bool) -> Self {
        Self {
            handshake_token,
            temporary_token,
        }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| {
            object
                .text("handshake_token", self.handshake_token.expose())
                .boolean("temporary_token", self.temporary_token)
        })
    }

    /// Reads a body. `temporary_token` may be left out and is false then.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty handshake token is one.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [handshake_token, temporary_token] =
            read(body, ["handshake_token", "temporary_token"])?;
        let handshake_token = handshake_token.filled_secret()?.into();
        let temporary_token = temporary_token.is_there() && temporary_token.boolean()?;
        Ok(Self {
            handshake_token,
            temporary_token,
        })
    }
}

/// `POST /users/@me/remote-auth/cancel`: the person declines.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CancelRequest {
    /// From [`CreateResponse`].
    pub handshake_token: HandshakeToken,
}

impl CancelRequest {
    /// A refusal.
    #[must_use]
    pub fn new(handshake_token: HandshakeToken) -> Self {
        Self { handshake_token }
    }

    /// The JSON body.
    #[must_use]
    pub fn encode(&self) -> SecretBytes {
        write(|object| object.text("handshake_token", self.handshake_token.expose()))
    }

    /// Reads a body.
    ///
    /// # Errors
    /// [`DecodeError`] names the field; an empty one is refused.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let [handshake_token] = read(body, ["handshake_token"])?;
        Ok(Self {
            handshake_token: handshake_token.filled_secret()?.into(),
        })
    }
}
