//! Exports reports for other programs: rows of text with a fixed order of columns, read in pages so that memory use
//! stays constant.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use crate::domain::{Actor, CallerNumber, CentreCode, Item, ReportText, YesNo};
use crate::policy::{Permission, scope};
use crate::service::centre_settings::zone_of;
use crate::service::context::{Changes, Context, Viewed, audit_entry};
use crate::service::error::{CentreError, ReportError, ServiceError};
use crate::store::reports::{self, ExportPage, ExportPlace, ExportRow};
use crate::store::{Database, centres};

/// Reports read at a time.
const PAGE: u32 = 1_000;

/// The columns before the answers.
const BEFORE: [&str; 4] = ["hersys_id", "report_date", "channel", "outcome"];
/// The columns after the answers.
const AFTER: [&str; 6] = ["severity", "started_at", "ended_at", "caller_number", "stopped_after", "written"];
/// The column that marks simulated reports.
const SIMULATED: &str = "simulated";

/// An export in progress. Each page is a separate transaction, so a slow reader blocks nothing.
#[allow(missing_debug_implementations, reason = "connections have no useful `Debug` output")]
pub struct Export {
    database: Database,
    from: Date,
    to: Date,
    centres: Option<BTreeSet<CentreCode>>,
    after: Option<ExportPlace>,
    ended: bool,
    zones: HashMap<CentreCode, TimeZone>,
    simulated: bool,
}

impl Export {
    /// Begins the export of the reports of these days, inclusive, of all health centres or of one. The audit trail
    /// records the export in one entry (D3).
    ///
    /// # Errors
    /// [`ReportError::WindowReversed`] if the last day comes before the first; [`CentreError::NotFound`].
    pub async fn begin(
        context: &Context,
        actor: &Actor,
        from: Date,
        to: Date,
        centre: Option<CentreCode>,
    ) -> Result<Viewed<Self>, ServiceError> {
        let scope = scope(actor, Permission::ExportReports)?;
        if to < from {
            return Err(ReportError::WindowReversed.into());
        }
        let simulated = context.database.data_origin().await?.is_simulated();
        let mut tx = context.database.begin_read().await?;
        let mut zones = HashMap::new();
        for row in centres::list(&mut tx).await? {
            zones.insert(row.code.clone(), zone_of(&row)?);
        }
        let subject = format!("reports:{from}..{to}");
        if let Some(code) = centre.as_ref().filter(|code| !zones.contains_key(*code) || !scope.covers(code)) {
            return Err(CentreError::NotFound(code.clone()).into());
        }
        let centres = match &centre {
            Some(code) => Some(BTreeSet::from([code.clone()])),
            None => scope.centres().cloned(),
        };
        let changes = Changes::default();
        let entry = audit_entry(actor, context.clock.now(), "reports.exported", subject, centre.clone(), changes);
        drop(tx);
        let noted = context.note_view(entry).await?;
        let found =
            Self { database: context.database.clone(), from, to, centres, after: None, ended: false, zones, simulated };
        Ok(Viewed { found, noted })
    }

    /// The names of the columns. An additional last column marks simulated data.
    pub fn columns(&self) -> Vec<&'static str> {
        let mark = self.simulated.then_some(SIMULATED);
        BEFORE.into_iter().chain(Item::ALL.map(Item::code)).chain(AFTER).chain(mark).collect()
    }

    /// The next rows. Empty at the end. The columns are [`Export::columns`]. Times are RFC 3339 in the time zone of
    /// the report's health centre. Answers that weren't given, were taken back or couldn't be measured are empty.
    ///
    /// # Errors
    /// Database errors.
    pub async fn next(&mut self) -> Result<Vec<Vec<String>>, ServiceError> {
        if self.ended {
            return Ok(Vec::new());
        }
        let page =
            ExportPage { from: self.from, to: self.to, centres: self.centres.clone(), after: self.after, limit: PAGE };
        let mut tx = self.database.begin_read().await?;
        let rows = reports::export(&mut tx, &page).await?;
        drop(tx);
        self.after = rows.last().map(ExportRow::place);
        self.ended = self.after.is_none();
        Ok(rows.iter().map(|row| self.cells(row)).collect())
    }

    fn cells(&self, row: &ExportRow) -> Vec<String> {
        let zone = self.zones.get(&row.centre).cloned().unwrap_or(TimeZone::UTC);
        let time = |at: Timestamp| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let mut cells = vec![
            row.hersys_id.expose().to_owned(),
            row.report_date.to_string(),
            row.channel.code().to_owned(),
            row.outcome.code().to_owned(),
        ];
        for item in Item::ALL {
            let standing = row.answers.iter().find(|answer| answer.item == item);
            let answer = standing.and_then(|answer| item.read(answer.entry.expose()));
            cells.push(answer.map(crate::domain::Answer::exported).unwrap_or_default());
        }
        cells.push(row.severity.code().to_owned());
        cells.push(time(row.started_at));
        cells.push(row.ended_at.map(time).unwrap_or_default());
        cells.push(row.caller_number.map(CallerNumber::code).unwrap_or_default().to_owned());
        cells.push(row.stopped_after.map(Item::code).unwrap_or_default().to_owned());
        let texts: Vec<&str> = row.texts.iter().map(ReportText::expose).collect();
        cells.push(texts.join("\n\n"));
        if self.simulated {
            cells.push(YesNo::Yes.code().to_owned());
        }
        cells
    }
}
