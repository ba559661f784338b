//! The accessibility statement after JIS X 8341-3:2016.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::portal::layout::Layout;
use crate::web::portal::visit::Visit;

#[derive(Template)]
#[template(path = "portal/accessibility.html", config = "src/web/askama.toml")]
struct Accessibility {
    l: Layout,
}

pub(super) async fn handler(visit: Visit) -> Response {
    visit.page(StatusCode::OK, &Accessibility { l: visit.layout() })
}
