//! Between `tungstenite` and the machine: the upgrade it asks for, and what the library's words mean to it.

use http::header::{HeaderValue, ORIGIN, USER_AGENT};
use remote_auth::core::desktop::login::ConnectRequest;
use remote_auth::core::desktop::session::Input;
use remote_auth::http::{TransportError, TransportErrorKind, retry_after};
use remote_auth::proto::CloseCode;
use remote_auth::proto::frame::MAX_FRAME_BYTES;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::handshake::client::Request;
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message};

/// Messages are capped while they are read.
pub(crate) fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(4096)
        .max_message_size(Some(MAX_FRAME_BYTES))
        .max_frame_size(Some(MAX_FRAME_BYTES))
}

/// The upgrade, with the two headers that the machine asks for.
pub(crate) fn upgrade(request: &ConnectRequest) -> Result<Request, TransportError> {
    let not_allowed = || TransportError::new(TransportErrorKind::NotAllowed);
    let mut upgrade = (request.url.as_str().into_client_request()).map_err(|_| not_allowed())?;
    for (name, value) in [(ORIGIN, &request.origin), (USER_AGENT, &request.user_agent)] {
        let value = HeaderValue::try_from(value).map_err(|_| not_allowed())?;
        upgrade.headers_mut().insert(name, value);
    }
    Ok(upgrade)
}

/// Why an upgrade failed. An answer other than 101 keeps its status and the wait it asks for.
pub(crate) fn refused(error: &Error) -> TransportError {
    TransportError::new(match error {
        Error::Http(response) => {
            TransportErrorKind::upgrade(response.status().as_u16(), retry_after(response.headers()))
        }
        _ => TransportErrorKind::Lost,
    })
}

/// What the socket brought; `None` is nothing for the machine (pings are answered by the library).
pub(crate) fn input(heard: &Result<Message, Error>) -> Option<Input<'_>> {
    match heard {
        Ok(Message::Text(text)) => Some(Input::Text(text)),
        Ok(Message::Binary(_)) | Err(Error::Utf8(_)) => Some(Input::Binary),
        Ok(Message::Close(frame)) => Some(Input::Closed(
            frame.as_ref().map(|frame| CloseCode(frame.code.into())),
        )),
        Ok(_) => None,
        Err(Error::Capacity(_)) => Some(Input::Oversized),
        Err(_) => Some(Input::Lost),
    }
}

/// The close that `Disconnect` asks for.
pub(crate) fn close(code: CloseCode) -> CloseFrame {
    CloseFrame {
        code: u16::from(code).into(),
        reason: "".into(),
    }
}
