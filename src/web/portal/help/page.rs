//! The questions, and whom to ask.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::faq::{Section, sections};
use crate::translations::{Message, message};
use crate::web::portal::layout::{Layout, Phone};
use crate::web::portal::visit::Visit;
use crate::web::portal::worded::Worded;

#[derive(Template)]
#[template(path = "portal/help.html", config = "src/web/askama.toml")]
struct Help {
    l: Layout,
    searched: String,
    sections: Vec<Section>,
    people_desk: Option<Phone>,
    staff_desk: Option<Phone>,
}

impl Help {
    /// How many questions were found.
    fn count(&self) -> Message {
        message!("help-found", count = self.sections.iter().map(|section| section.questions.len()).sum::<usize>())
    }
}

pub(super) async fn handler(visit: Visit) -> Response {
    let searched: String = visit.asked("q").trim().chars().take(100).collect();
    let settings = &visit.portal.settings;
    let line = settings.health_call_number.as_ref().map(|number| Phone::of(number).shown);
    let mut sections = sections(line.as_deref(), settings.help.mail_from.as_deref());
    let wanted = searched.to_lowercase();
    let says = |message: &Message| Worded::plain(message, visit.language).to_lowercase().contains(&wanted);
    for section in &mut sections {
        section.questions.retain(|asked| says(&asked.question) || asked.answers.iter().any(says));
    }
    sections.retain(|section| !section.questions.is_empty());
    let page = Help {
        l: visit.layout(),
        searched,
        sections,
        people_desk: settings.help.people_desk.as_ref().map(Phone::of),
        staff_desk: settings.help.staff_desk.as_ref().map(Phone::of),
    };
    visit.page(StatusCode::OK, &page)
}
