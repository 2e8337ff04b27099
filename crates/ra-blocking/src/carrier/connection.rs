//! Fits our connections into the HTTP library.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::time::Instant;

use http::Uri;
use ra_carrier::call::MAX_HEAD_BYTES;
use ra_carrier::{Network, Target};
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
use zeroize::Zeroize as _;

use crate::net::{self, Stream};
use crate::stop::Stop;

/// The output buffer, in bytes.
const OUTPUT_BYTES: usize = 16 * 1024;

/// Opens the one connection of one call.
pub(super) struct Opener {
    pub(super) network: Network,
    pub(super) target: Target,
    pub(super) by: Instant,
    pub(super) stop: Stop,
}

/// The connection, which keeps the time limit and can be stopped.
pub(super) struct Connection {
    stream: Stream,
    buffers: LazyBuffers,
}

/// Resolves nothing: [`net::open`] resolves the name, or the proxy does.
#[derive(Debug)]
pub(super) struct NoResolver;

impl Connector for Opener {
    type Out = Connection;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        let stream = net::open(&self.network, &self.target, self.by, &self.stop)
            .map_err(|error| Error::Other(Box::new(error)))?;
        Ok(Some(Connection {
            stream,
            buffers: LazyBuffers::new(MAX_HEAD_BYTES, OUTPUT_BYTES),
        }))
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let output = self.buffers.output();
        let output = output.get_mut(..amount).unwrap_or_default();
        let written = self
            .stream
            .write_all(output)
            .and_then(|()| self.stream.flush());
        output.zeroize(); // tokens and tickets
        Ok(written?)
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let read = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    fn is_open(&mut self) -> bool {
        false // one call, no pool
    }

    fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
}

impl Resolver for NoResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").finish_non_exhaustive()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").finish_non_exhaustive()
    }
}
