//! Paths.

use http::Method;

use crate::observe::problem::Problem;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// `GET /`: the socket.
    Socket,
    /// `GET /healthz`: whether the process is alive.
    Health,
    /// `GET /readyz`: whether new sessions are taken.
    Ready,
    /// `POST /api/vN/users/@me/remote-auth`: a phone has scanned.
    Create,
    /// `POST …/finish`: the person said yes.
    Finish,
    /// `POST …/cancel`: the person said no.
    Cancel,
    /// `POST …/login`: the ticket exchange.
    Login,
    /// `POST /api/vN/mfa/finish`: a second factor.
    MfaFinish,
}

/// Finds a request's route.
pub(super) fn find(method: &Method, path: &str) -> Result<Route, Problem> {
    let route = match path {
        "/" => Route::Socket,
        "/healthz" => Route::Health,
        "/readyz" => Route::Ready,
        path => api(path).ok_or(Problem::NotFound)?,
    };
    let takes = match route {
        Route::Socket => method == Method::GET,
        Route::Health | Route::Ready => method == Method::GET || method == Method::HEAD,
        _ => method == Method::POST,
    };
    if takes {
        Ok(route)
    } else {
        Err(Problem::MethodNotAllowed)
    }
}

/// Any API version: bodies have not changed between those that know these calls.
fn api(path: &str) -> Option<Route> {
    let (version, call) = path.strip_prefix("/api/v")?.split_once('/')?;
    let is_number = (1..=3).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
    if !is_number {
        return None;
    }
    if call == "mfa/finish" {
        return Some(Route::MfaFinish);
    }
    // some HTTP libraries escape the at sign
    let me = call
        .strip_prefix("users/")
        .map(|me| me.strip_prefix("%40").or(me.strip_prefix('@')));
    match me??.strip_prefix("me/remote-auth")? {
        "" => Some(Route::Create),
        "/finish" => Some(Route::Finish),
        "/cancel" => Some(Route::Cancel),
        "/login" => Some(Route::Login),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r53_all_calls_are_found_in_any_api_version() {
        let post = |path: &str| find(&Method::POST, path).unwrap();
        for base in ["/api/v9", "/api/v6", "/api/v10"] {
            assert_eq!(
                post(&format!("{base}/users/@me/remote-auth")),
                Route::Create
            );
            assert_eq!(
                post(&format!("{base}/users/%40me/remote-auth")),
                Route::Create
            );
            assert_eq!(
                post(&format!("{base}/users/@me/remote-auth/finish")),
                Route::Finish
            );
            assert_eq!(
                post(&format!("{base}/users/@me/remote-auth/cancel")),
                Route::Cancel
            );
            assert_eq!(
                post(&format!("{base}/users/@me/remote-auth/login")),
                Route::Login
            );
            assert_eq!(post(&format!("{base}/mfa/finish")), Route::MfaFinish);
        }
        assert_eq!(find(&Method::GET, "/").unwrap(), Route::Socket);
    }

    #[test]
    fn r53_everything_else_is_404_or_405() {
        let refused = |method, path: &str| find(&method, path).unwrap_err();
        for path in [
            "/nothing",
            "//",
            "",
            "/api/v9",
            "/api/v/mfa/finish",
            "/api/v9x/mfa/finish",
            "/api/v9999/mfa/finish",
            "/api/v9/users/me/remote-auth",
            "/api/v9/users/@me/remote-auth/",
            "/api/v9/users/@me/remote-authlogin",
            "/api/v9/mfa/finish/",
        ] {
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
