//! What every request passes before a page, and every page on its way out.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tower_http::csrf::{CsrfLayer, ProtectionError};

use super::site::{Site, Transport};

/// Browsers load only our style and our script, which asks only us, send forms only to us, and show no page in a frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";
/// Two years. Source: hstspreload.org.
const ONLY_HTTPS: &str = "max-age=63072000";

type Refusal = fn(ProtectionError) -> Response;

/// Refuses forms of other sites, by the headers that browsers send. The form token is checked as well.
pub(in crate::web) fn against_other_sites(site: &Site) -> CsrfLayer<Refusal> {
    let mut layer = CsrfLayer::new();
    for origin in site.origins() {
        if let Ok(trusting) = layer.clone().add_trusted_origin(origin) {
            layer = trusting;
        }
    }
    layer.with_rejection_response(|_| other_site())
}

fn other_site() -> Response {
    crate::web::refused("other_site", StatusCode::FORBIDDEN, "this form was sent from another site; nothing was done\n")
}

/// Checks the address by which a page was reached, and adds the headers of every answer.
pub(in crate::web) async fn guarded(State(site): State<Site>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut response = if request.headers().get_all(header::HOST).iter().count() > 1 {
        // A proxy may have looked at the other one. Source: RFC 9112, 3.2.
        crate::web::refused("two_hosts", StatusCode::BAD_REQUEST, "this request names more than one host\n")
    } else if site.transport == Transport::Plain {
        crate::web::refused(
            "plain_http",
            StatusCode::FORBIDDEN,
            "このページは https:// のアドレスでだけ使えます。\nThese pages are served only over https: set server.public_url.\n",
        )
    } else if !host.is_some_and(|host| site.is_own_host(host)) {
        crate::web::refused("host", StatusCode::FORBIDDEN, "these pages have another address\n")
    } else if is_of_other_scheme(&site, &request) {
        other_site()
    } else {
        next.run(request).await
    };
    add_headers(response.headers_mut(), site.transport);
    response.into_response()
}

/// Whether a form comes from the same host by another scheme: somebody on the way could have written an `http` page.
/// The library compares only hosts where browsers send no `Sec-Fetch-Site`.
fn is_of_other_scheme(site: &Site, request: &Request) -> bool {
    let origin = request.headers().get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_told = request.headers().contains_key("sec-fetch-site");
    !is_safe && !is_told && origin.is_some_and(|origin| !site.origins().any(|own| own.eq_ignore_ascii_case(origin)))
}

fn add_headers(headers: &mut HeaderMap, transport: Transport) {
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::CONTENT_SECURITY_POLICY, POLICY);
    add(header::CACHE_CONTROL, "no-store");
    add(header::REFERRER_POLICY, "same-origin");
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::X_FRAME_OPTIONS, "DENY");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if transport == Transport::Https {
        add(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
}
