//! Routes: which resource a method and path lead to.

use http::Method;
use ra_proto::rest::Call;

use crate::observe::problem::Problem;

/// A resource of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `GET /`: the socket.
    Socket,
    /// `GET /healthz`: whether the process is alive.
    Health,
    /// `GET /readyz`: whether new sessions are taken.
    Ready,
    /// A REST call, in any API version.
    Call(Call),
}

/// Finds a request's route.
pub(super) fn find(method: &Method, path: &str) -> Result<Route, Problem> {
    let route = match path {
        "/" => Route::Socket,
        "/healthz" => Route::Health,
        "/readyz" => Route::Ready,
        path => Route::Call(Call::match_path(path).ok_or(Problem::NotFound)?),
    };
    let takes = match route {
        Route::Socket => method == Method::GET,
        Route::Health | Route::Ready => method == Method::GET || method == Method::HEAD,
        Route::Call(_) => method == Method::POST,
    };
    if takes {
        Ok(route)
    } else {
        Err(Problem::MethodNotAllowed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_calls_and_the_socket_are_found() {
        for call in Call::ALL.iter().copied() {
            let path = format!("/api/v9{}", call.path());
            assert_eq!(find(&Method::POST, &path).unwrap(), Route::Call(call));
        }
        assert_eq!(find(&Method::GET, "/").unwrap(), Route::Socket);
    }

    #[test]
    fn r53_everything_else_is_404_or_405() {
        let refused = |method, path: &str| find(&method, path).unwrap_err();
        for path in ["/nothing", "//", "", "/api/v9", "/api/v9/mfa/finish/"] {
            assert_eq!(refused(Method::POST, path), Problem::NotFound, "{path}");
        }
        assert_eq!(
            refused(Method::GET, "/api/v9/mfa/finish"),
            Problem::MethodNotAllowed
        );
        assert_eq!(refused(Method::POST, "/"), Problem::MethodNotAllowed);
        assert_eq!(
            refused(Method::DELETE, "/healthz"),
            Problem::MethodNotAllowed
        );
    }
}
