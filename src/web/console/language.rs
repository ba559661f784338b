//! Shows the console in another language, from the page on which it was chosen.

use axum::extract::{Path, RawQuery};
use axum::response::Response;

use super::cookies::Cookie;
use super::log_in::query_value;
use super::missing;
use super::visit::Visit;

pub(super) async fn handler(visit: Visit, Path(language): Path<String>, RawQuery(query): RawQuery) -> Response {
    if !matches!(&*language, "ja" | "en") {
        return missing::page(&visit);
    }
    let back = query_value(query.as_deref(), "back");
    let page = visit.console.site.page(&back).unwrap_or("/").to_owned();
    let response = visit.redirect(&page);
    visit.with_cookie(response, Cookie::Language, &language)
}
