//! Today: what needs a person now at the reader's health centre, the most severe first, one line for each person.

pub(super) mod claim;
pub(super) mod group;
pub(super) mod line;
pub(super) mod words;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use self::claim::ClaimWords;
use self::group::{Group, Whose};
use self::line::{Line, by_person};
use super::layout::Layout;
use super::log_in::query_value;
use super::rota::duty::Duty;
use super::staff::StaffActor;
use super::times;
use super::transfers::pending::{self, PendingLine};
use crate::domain::{AlertId, RedSound};
use crate::service::{AlertPerson, AlertQuery, Noted, Rest, ServiceError, ShownAlert, list_alerts, show_escalation};
use crate::translations::{Message, message};

/// The maximum number of alerts on the page. There are more only when something is badly wrong.
const MOST: u32 = 500;

#[derive(Template)]
#[template(path = "console/today.html", config = "src/web/askama.toml")]
struct Today {
    l: Layout,
    centre: String,
    now: Message,
    zone: Message,
    simulated: bool,
    /// Who is on duty, and who is rung. `None` for readers without a health centre.
    duty: Option<Duty>,
    /// That a line was just closed, with the name of its person.
    closed: Option<Message>,
    /// Whether the audit trail can't be written.
    not_noted: bool,
    counts: Vec<Count>,
    tabs: Vec<Tab>,
    /// All lines, of whatever group.
    all: usize,
    untaken: usize,
    /// The only group that is shown.
    only: Option<Group>,
    /// Whose lines are shown.
    whose: Whose,
    sections: Vec<Section>,
    /// The lines under other headings that have an alert of the only group as well.
    elsewhere: usize,
    /// The number of transfers that wait for the reader's health centre.
    pending: usize,
    /// Those of them that are on the list that is shown.
    transfers: Vec<PendingLine>,
    /// The last alert, if there are more on the next page.
    next: Option<AlertId>,
}

impl Today {
    /// How many red lines nobody has taken, for the title. `None` if there is none.
    fn untaken_red(&self) -> Option<usize> {
        self.counts.iter().find(|count| count.group == Group::Red && count.untaken > 0).map(|count| count.untaken)
    }

    /// Whether red alerts sound in the reader's browsers.
    fn sounds(&self) -> bool {
        self.l.watch.as_ref().is_some_and(|watch| watch.sound == RedSound::On.code())
    }

    fn untaken_of(&self, count: &Count) -> Message {
        message!("console-untaken", count = count.untaken)
    }

    /// All that the page lists when nothing is filtered out: nobody deals with a transfer before it is decided.
    fn open_lines(&self) -> Message {
        let (all, untaken) = (self.all.saturating_add(self.pending), self.untaken.saturating_add(self.pending));
        message!("console-open-lines", count = all, untaken = untaken)
    }

    fn is_only(&self, group: &Group) -> bool {
        self.only == Some(*group)
    }

    fn is_whose(&self, whose: &Whose) -> bool {
        self.whose == *whose
    }

    /// That more people have an alert of the only group, under more severe headings.
    fn elsewhere_words(&self) -> Option<Message> {
        (self.elsewhere > 0).then(|| message!("plain-today-elsewhere", count = self.elsewhere))
    }

    fn transfers_name(&self) -> Message {
        message!("transfer-group", count = self.transfers.len())
    }

    fn only_name(&self) -> Message {
        self.only.map_or_else(|| Whose::All.name(), Group::name)
    }

    fn section_name(&self, section: &Section) -> Message {
        message!("console-group", severity = section.group.name(), count = section.lines.len())
    }

    /// The page's query without a tab, after which one is added.
    fn kind_query(&self) -> String {
        self.only.map(|only| format!("kind={}&", only.code())).unwrap_or_default()
    }
}

/// A group, and how many lines its list has.
struct Count {
    group: Group,
    lines: usize,
    /// Those with which nobody deals.
    untaken: usize,
}

/// Lines by who has them: those of its list, counted.
struct Tab {
    whose: Whose,
    lines: usize,
}

struct Section {
    group: Group,
    lines: Vec<Line>,
    /// The lines under more severe headings that its count has as well.
    above: usize,
}

impl Section {
    /// That more people of its count are listed above.
    fn above_words(&self) -> Option<Message> {
        (self.above > 0).then(|| message!("today-above", count = self.above))
    }
}

pub(super) async fn handler(staff: StaffActor, RawQuery(query): RawQuery) -> Response {
    let shown = show(&staff, query.as_deref()).await;
    staff.visit.answer(shown)
}

fn closed_words(person: Option<&AlertPerson>) -> Message {
    match person {
        Some(person) => {
            let name = format!("{} {}", person.family_name.expose(), person.given_name.expose());
            message!("today-closed-of", name = name)
        }
        None => message!("console-closed"),
    }
}

async fn show(staff: &StaffActor, query: Option<&str>) -> Result<Response, ServiceError> {
    let after = query_value(query, "after").parse().ok();
    let closed = query_value(query, "closed");
    let wanted = AlertQuery { after, limit: MOST, closed: closed.parse().ok(), ..AlertQuery::default() };
    let open = list_alerts(staff.context(), staff.actor(), &wanted).await?;
    let centre = staff.centre().await?;
    let zone = staff.zone(centre.as_ref());
    let now = staff.context().clock.now().to_zoned_datetime(zone.clone());
    let duty = match &centre {
        Some(centre) => {
            let escalation = show_escalation(staff.context(), staff.actor(), &centre.code).await?;
            Some(Duty::of(&escalation, &now))
        }
        None => None,
    };
    let next = match (open.found.alerts.rest, open.found.alerts.items.last()) {
        (Rest::More, Some(last)) => Some(last.alert.id),
        (Rest::None, _) | (Rest::More, None) => None,
    };
    let line = |alerts: &Vec<&ShownAlert>| {
        let claim = alerts.first().and_then(|shown| open.found.claims.get(&shown.alert.line_key()));
        Line::of(alerts, claim.map(|claim| ClaimWords::of(claim, &now)), &now)
    };
    let lines: Vec<Line> = by_person(&open.found).iter().map(line).collect();
    let only = Group::from_code(&query_value(query, "kind"));
    let whose = Whose::from_code(&query_value(query, "whose"));
    let count = |group: Group| {
        let of_group = || lines.iter().filter(move |line| line.is_in(group));
        Count { group, lines: of_group().count(), untaken: of_group().filter(|line| line.is_untaken()).count() }
    };
    let of_kind = || lines.iter().filter(|line| only.is_none_or(|only| line.is_in(only)));
    let waiting = pending::lines(staff, &now).await?;
    let pending = waiting.len();
    let transfers_on = |whose: Whose| only.is_none() && matches!(whose, Whose::All | Whose::Untaken);
    let tab = |whose: Whose| {
        let lines = of_kind().filter(|line| line.is_of(whose)).count();
        Tab { whose, lines: if transfers_on(whose) { lines.saturating_add(pending) } else { lines } }
    };
    let section = |group: Group| {
        let is_here = |line: &&Line| line.is_of(whose) && only.unwrap_or(line.group) == group;
        let is_above = |line: &&Line| line.is_of(whose) && line.group != group && line.is_in(group);
        let above = if only.is_none() { lines.iter().filter(is_above).count() } else { 0 };
        Section { group, lines: of_kind().filter(is_here).cloned().collect(), above }
    };
    let page = Today {
        l: staff.visit.layout(),
        centre: centre.map(|centre| centre.name).unwrap_or_default(),
        duty,
        now: times::moment(&now, true),
        zone: times::zone_name(&zone),
        simulated: staff.context().database.data_origin().await?.is_simulated(),
        closed: (!closed.is_empty()).then(|| closed_words(open.found.closed.as_ref())),
        not_noted: matches!(open.noted, Noted::No(_)),
        counts: Group::ALL.into_iter().map(count).collect(),
        tabs: Whose::ALL.into_iter().map(tab).collect(),
        all: lines.len(),
        untaken: lines.iter().filter(|line| line.is_untaken()).count(),
        only,
        elsewhere: only.map_or(0, |only| lines.iter().filter(|line| !line.is_in(only) && line.has(only)).count()),
        whose,
        sections: Group::ALL.into_iter().map(section).filter(|section| !section.lines.is_empty()).collect(),
        pending,
        transfers: if transfers_on(whose) { waiting } else { Vec::new() },
        next,
    };
    Ok(staff.visit.page(StatusCode::OK, &page))
}
