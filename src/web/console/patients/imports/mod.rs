//! Importing patient lists: a file is uploaded, the dry run shows what would happen to each row, and then the list is
//! imported as a whole. The result waits for staff who have left the page.

mod decide;
mod refused;
mod show;
mod states;
mod template;
mod upload;
mod words;

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::timeout::TimeoutLayer;

use self::states::UploadLine;
pub(super) use self::states::grouped;
use self::template::Understood;
pub use self::words::finding_words;
use crate::domain::UploadId;
use crate::service::{MAX_LIST_BYTES, PatientError, ServiceError, list_uploads};
use crate::web::console::Console;
use crate::web::console::form::Mistakes;
use crate::web::console::here::{Frame, Here};
use crate::web::console::layout::Layout;
use crate::web::console::staff::StaffActor;

/// The path of all uploads.
const PAGE: &str = "/patients/imports";
/// The largest request: a list, what a form puts around it, and enough of one that is too large to say so.
const MOST_BYTES: usize = MAX_LIST_BYTES + 4 * 1024 * 1024;
/// How long an upload may take: the largest list at 256 kbit/s, the slowest line that `web::serving` waits for.
const UPLOAD_PATIENCE: Duration = Duration::from_secs(MOST_BYTES as u64 / 32_000 + 20);
/// How long an answer waits for work that is usually done at once, so that the next page shows its result.
const SHORT_WORK: Duration = Duration::from_millis(1_500);

/// The pages about uploaded lists.
pub(in crate::web::console) fn routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients/imports/template/{format}", get(template::handler))
        .route("/patients/imports/{upload}", get(show::handler))
        .route("/patients/imports/{upload}/import", post(decide::import))
        .route("/patients/imports/{upload}/discard", post(decide::discard))
        .route("/patients/imports/{upload}/sheet", post(decide::sheet))
        .route("/patients/imports/{upload}/refused/{format}", get(refused::handler))
}

/// The page that takes files, which may be larger and take longer than forms.
pub(in crate::web::console) fn upload_routes() -> Router<Arc<Console>> {
    Router::new()
        .route("/patients/imports", get(handler).post(upload::submit))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, UPLOAD_PATIENCE))
}

#[derive(Template)]
#[template(path = "console/imports/list.html", config = "src/web/askama.toml")]
struct Uploads {
    l: Layout,
    f: Frame,
    uploads: Vec<UploadLine>,
    columns: Vec<Understood>,
    mistakes: Mistakes,
}

async fn handler(staff: StaffActor) -> Response {
    let shown = page(&staff, Mistakes::default()).await;
    staff.visit.answer(shown)
}

/// The page with all uploads, and the form for the next one.
async fn page(staff: &StaffActor, mistakes: Mistakes) -> Result<Response, ServiceError> {
    let uploads = list_uploads(staff.context(), staff.actor()).await?;
    let Here { now, frame, .. } = Here::of(staff).await?;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let at = staff.visit.path(PAGE);
    let page = Uploads {
        l: staff.visit.layout(),
        f: Frame { again: at.clone(), ..frame },
        uploads: uploads.iter().map(|upload| UploadLine::of(upload, &at, &now)).collect(),
        columns: template::understood(staff.visit.language),
        mistakes,
    };
    Ok(staff.visit.page(status, &page))
}

fn id_of(text: &str) -> Result<UploadId, ServiceError> {
    text.parse().map_err(|_| PatientError::NotFound.into())
}
