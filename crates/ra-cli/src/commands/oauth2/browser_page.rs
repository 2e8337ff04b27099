//! The pages that the listener shows in the browser; they repeat nothing of the request.

/// A page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The redirect brought a code.
    Done,
    /// The redirect brought an error.
    Refused,
    /// A request that is not the answer to this login.
    Foreign,
}

impl Page {
    /// The HTTP response.
    pub(super) fn response(self) -> String {
        let (status, title, text) = match self {
            Self::Done => (
                "200 OK",
                "Authorized",
                "You can close this window and go back to the terminal.",
            ),
            Self::Refused => (
                "200 OK",
                "Not authorized",
                "Nothing was authorized. You can close this window; the terminal says more.",
            ),
            Self::Foreign => (
                "404 Not Found",
                "Nothing here",
                "This is not the answer to the login that is under way.",
            ),
        };
        let body = format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n\
             <h1>{title}</h1>\n<p>{text}</p></html>\n"
        );
        let length = body.len();
        // caches and other pages must not learn the address: it holds the code
        format!(
            "HTTP/1.1 {status}\r\n\
             Content-Type: text/html; charset=utf-8\r\n\
             Content-Length: {length}\r\n\
             Connection: close\r\n\
             Cache-Control: no-store\r\n\
             Referrer-Policy: no-referrer\r\n\
             Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; \
             frame-ancestors 'none'\r\n\
             X-Content-Type-Options: nosniff\r\n\
             X-Frame-Options: DENY\r\n\
             \r\n{body}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_say_their_length_and_keep_the_address_to_themselves() {
        for page in [Page::Done, Page::Refused, Page::Foreign] {
            let response = page.response();
            let (head, body) = response.split_once("\r\n\r\n").unwrap();
            let length = format!("\r\nContent-Length: {}\r\n", body.len());
            assert!(head.contains(&length), "{head}");
            for header in ["Cache-Control: no-store", "Referrer-Policy: no-referrer"] {
                assert!(head.lines().any(|line| line == header), "{head}");
            }
            assert!(
                !body.contains("<script") && !body.contains("src="),
                "{body}"
            );
        }
    }
}
