//! The enum of REST calls, made from the rows in `mod.rs`, and which call a path names.

use super::Call;

/// Defines [`Call`] from one row per call, so that no list can miss one.
macro_rules! calls {
    ($($(#[$docs:meta])+ $call:ident $name:literal $path:literal;)+) => {
        /// A REST call of phone or desktop. All of them are `POST`s.
        ///
        /// ```
        /// use ra_proto::rest::Call;
        ///
        /// assert_eq!(Call::match_path("/api/v9/users/@me/remote-auth/login"), Some(Call::Login));
        /// assert_eq!(Call::Login.path(), "/users/@me/remote-auth/login");
        /// assert_eq!(Call::Login.name(), "login");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Call {
            $($(#[$docs])+ $call,)+
        }

        impl Call {
            /// All calls.
            pub const ALL: &[Self] = &[$(Self::$call),+];

            /// A short name, for logs and metrics.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$call => $name,)+
                }
            }

            /// The path below the API's base URL.
            #[must_use]
            pub const fn path(self) -> &'static str {
                match self {
                    $(Self::$call => $path,)+
                }
            }
        }
    };
}

pub(super) use calls;

impl Call {
    /// The call at this path of a server: `/api/v9` and the call's path, in any API version, since the bodies are the
    /// same in all of them.
    #[must_use]
    pub fn match_path(path: &str) -> Option<Self> {
        let rest = path.strip_prefix("/api/v")?;
        let (version, path) = rest.split_at(rest.find('/')?);
        let is_number =
            (1..=3).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
        let mut calls = Self::ALL.iter().copied().filter(|_| is_number);
        calls.find(|call| is_same(call.path(), path))
    }
}

/// Compares paths. Some HTTP libraries escape the at sign.
fn is_same(call: &str, path: &str) -> bool {
    match path.split_once("%40") {
        Some(around) => call.split_once('@') == Some(around),
        None => call == path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn r53_all_calls_are_found_in_any_api_version() {
        for call in Call::ALL.iter().copied() {
            for base in ["/api/v9", "/api/v6", "/api/v10"] {
                let path = format!("{base}{}", call.path());
                assert_eq!(Call::match_path(&path), Some(call));
                assert_eq!(Call::match_path(&path.replace('@', "%40")), Some(call));
            }
        }
    }

    #[test]
    fn r53_other_paths_are_no_calls() {
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
            "/api/v9/users/%40@me/remote-auth",
            "/api/v9/users/@me/remote-authlogin",
            "/api/v9/mfa/finish/",
            "/mfa/finish",
        ] {
            assert_eq!(Call::match_path(path), None, "{path}");
        }
    }
}
