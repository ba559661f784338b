//! Help for staff: what each page is for, in the order of the menu, what to do when something goes wrong, and whom to
//! phone.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::here::{Frame, Here};
use super::layout::{First, Layout};
use super::section::Section;
use super::staff::StaffActor;
use crate::domain::{Role, Severity};
use crate::service::ServiceError;
use crate::translations::{Message, message};

/// The path of the page.
pub(super) const PAGE: &str = "/help";

#[derive(Template)]
#[template(path = "console/help.html", config = "src/web/askama.toml")]
struct Help {
    l: Layout,
    f: Frame,
    pages: Vec<About>,
    sees_people: bool,
    /// Who helps with accounts and settings.
    helper: Message,
    /// The number that patients are given, as shown and as dialled.
    phone: Option<(String, String)>,
}

/// What a page is for.
struct About {
    path: &'static str,
    name: Message,
    says: Message,
}

impl About {
    fn first(first: First) -> Self {
        let says = match first {
            First::Today => message!("staff-help-today"),
            First::Figures => message!("staff-help-figures"),
            First::Account => message!("staff-help-account"),
        };
        Self { path: first.page(), name: first.name(), says }
    }

    fn section(section: Section) -> Self {
        let says = match section {
            Section::Round => message!("staff-help-round"),
            Section::Patients => message!("staff-help-patients"),
            Section::Calls => message!("staff-help-calls"),
            Section::Handover => message!("staff-help-handover"),
            Section::Rota => message!("staff-help-rota"),
            Section::Settings => message!("staff-help-settings"),
            Section::Dialling => message!("staff-help-dialling"),
            Section::WhereToTurn => message!("staff-help-turn"),
            Section::PortalUnlock => message!("staff-help-portal-unlock"),
            Section::Staff => message!("staff-help-staff"),
            Section::Audit => message!("staff-help-audit"),
        };
        Self { path: section.page(), name: section.name(), says }
    }
}

pub(super) async fn handler(staff: StaffActor) -> Response {
    let shown = show(&staff).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor) -> Result<Response, ServiceError> {
    let Here { frame, centre, .. } = Here::of(staff).await?;
    let role = staff.logged_in.account.role;
    let first = First::of(role);
    let mut pages = vec![About::first(first)];
    pages.extend(Section::of(role).iter().copied().map(About::section));
    if first != First::Account {
        pages.push(About::first(First::Account));
    }
    let page = Help {
        l: staff.visit.layout(),
        f: frame,
        pages,
        sees_people: first == First::Today,
        helper: match role {
            Some(Role::Nurse) => message!("staff-help-helper-administrator"),
            _ => message!("staff-help-helper-system"),
        },
        phone: centre.map(|centre| (centre.phone.national(), centre.phone.expose().to_owned())),
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
