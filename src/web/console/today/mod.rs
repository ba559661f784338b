//! Today: the open alerts of the reader's health centre, the most severe first, one line for each person.

pub(super) mod line;
pub(super) mod words;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use self::line::{Line, by_person};
use super::layout::Layout;
use super::log_in::query_value;
use super::staff::StaffActor;
use super::times;
use crate::domain::{AlertId, Severity};
use crate::service::{AlertQuery, Noted, Rest, ServiceError, list_alerts};
use crate::translations::{Message, message};

/// The maximum number of alerts on the page. There are more only when something is badly wrong.
const MOST: u32 = 500;
/// The severities of the page, in its order.
const SHOWN: [Severity; 3] = [Severity::Red, Severity::Amber, Severity::Note];

#[derive(Template)]
#[template(path = "console/today.html", config = "src/web/askama.toml")]
struct Today {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    /// Whether the reader was just told of a closed line.
    closed: bool,
    /// Whether the audit trail can't be written.
    not_noted: bool,
    counts: Vec<Count>,
    /// All lines, of whatever severity.
    all: usize,
    /// The only severity that is shown.
    only: Option<Severity>,
    groups: Vec<Group>,
    /// The last alert, if there are more on the next page.
    next: Option<AlertId>,
}

impl Today {
    /// How many red lines there are, for the title. `None` if there is none.
    fn untaken(&self) -> Option<usize> {
        self.counts.iter().find(|count| count.severity == Severity::Red && count.lines > 0).map(|count| count.lines)
    }

    fn open_people(&self) -> Message {
        message!("console-open", count = self.all)
    }

    fn is_only(&self, severity: &Severity) -> bool {
        self.only == Some(*severity)
    }

    fn only_name(&self) -> Message {
        words::severity_name(self.only.unwrap_or_default())
    }

    fn group_name(&self, group: &Group) -> Message {
        message!("console-group", severity = words::severity_name(group.severity), count = group.lines.len())
    }

    fn none_of(&self, group: &Group) -> Message {
        message!("console-none-of", severity = words::severity_name(group.severity))
    }
}

/// A severity, and how many lines have it: those of the list below, counted.
struct Count {
    severity: Severity,
    lines: usize,
}

struct Group {
    severity: Severity,
    lines: Vec<Line>,
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let after = query_value(query, "after").parse().ok();
    let wanted = AlertQuery { after, limit: MOST, ..AlertQuery::default() };
    let open = list_alerts(staff.context(), staff.actor(), &wanted).await?;
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let next = match (open.found.alerts.rest, open.found.alerts.items.last()) {
        (Rest::More, Some(last)) => Some(last.alert.id),
        (Rest::None, _) | (Rest::More, None) => None,
    };
    let only = Severity::from_code(&query_value(query, "severity")).filter(|severity| SHOWN.contains(severity));
    let lines: Vec<Line> = by_person(&open.found).iter().map(|alerts| Line::of(alerts, &now)).collect();
    let of = |severity: Severity| lines.iter().filter(move |line| line.severity == severity);
    let counts = SHOWN.iter().map(|severity| Count { severity: *severity, lines: of(*severity).count() }).collect();
    let groups = SHOWN.iter().filter(|severity| only.is_none_or(|only| only == **severity));
    let groups = groups.map(|severity| Group { severity: *severity, lines: of(*severity).cloned().collect() });
    let page = Today {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        now: times::moment(&now, true),
        zone: times::zone_name(&zone),
        simulated: staff.context().database.data_origin().await?.is_simulated(),
        closed: !query_value(query, "closed").is_empty(),
        not_noted: matches!(open.noted, Noted::No(_)),
        counts,
        all: lines.len(),
        only,
        groups: groups.filter(|group| !group.lines.is_empty() || only.is_some()).collect(),
        next,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
