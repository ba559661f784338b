//! The work on an uploaded list: the dry run, and the import. One worker at a time has the claim on it, and another one
//! goes on if that one doesn't renew it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tracing::{info, warn};
use uuid::Uuid;

use super::super::import::SiftedPlan;
use super::content::{AlikeRow, CallEffects, ListedRow, UploadDetails};
use super::sweep::delete_parts;
use crate::domain::{RowFate, UploadId, UploadState};
use crate::patient_import::{Finding, ListFile, Sifted, sift};
use crate::policy::{Permission, scope};
use crate::service::accounts::AccountView;
use crate::service::centre_settings::{day_and_hours, known_centre};
use crate::service::context::{Context, Pace, new_id};
use crate::service::error::{PatientError, ServiceError};
use crate::store::list_uploads::{self, ContentKey, DryRunResult, FateCounts, PartKind, UploadRow};
use crate::store::{StoreError, staff_accounts};

/// What a finding says to people and where it is, unless it is of the file, in Japanese and in English.
pub type FindingWords = fn(&Finding) -> [String; 2];

/// Rows on a page of the dry run.
pub(super) const PAGE_ROWS: usize = 100;
/// Pages that are written in one transaction.
const PAGES_AT_ONCE: usize = 8;
/// How often a claim is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// How often a list is compared again because others changed the same patients meanwhile.
const MOST_COMPARISONS: u32 = 5;

/// Does what is to be done with an uploaded list, unless somebody else does it. What fails is tried again later.
pub async fn work_on_upload(context: Arc<Context>, upload: UploadId, words: FindingWords) {
    if let Err(error) = claimed(&context, upload, words).await {
        warn!(%upload, %error, "could not finish the work on an uploaded list; retrying");
    }
}

async fn claimed(context: &Context, upload: UploadId, words: FindingWords) -> Result<(), ServiceError> {
    let holder = new_id();
    let mut tx = context.database.begin_write().await?;
    let is_ours = list_uploads::claim(&mut tx, upload, holder, context.clock.now()).await?;
    tx.commit().await?;
    if !is_ours {
        return Ok(());
    }
    let work = Work { context, upload, holder, words, steps: Steps::default() };
    let done = tokio::select! {
        done = work.run() => done,
        lost = work.keep_claim() => lost,
    };
    match done {
        Err(ServiceError::Patient(PatientError::ImportUnfinished)) => Ok(()),
        done => done,
    }
}

/// How far the work has come.
#[derive(Default)]
struct Steps {
    done: AtomicUsize,
    all: AtomicUsize,
}

impl Steps {
    fn set(&self, done: usize, all: usize) {
        self.done.store(done, Ordering::Relaxed);
        self.all.store(all, Ordering::Relaxed);
    }

    fn get(&self) -> (i64, i64) {
        let of = |count: &AtomicUsize| i64::try_from(count.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
        (of(&self.done), of(&self.all))
    }
}

struct Work<'a> {
    context: &'a Context,
    upload: UploadId,
    holder: Uuid,
    words: FindingWords,
    steps: Steps,
}

impl Work<'_> {
    /// Renews the claim until it is lost.
    async fn keep_claim(&self) -> Result<(), ServiceError> {
        loop {
            tokio::time::sleep(RENEW_EVERY).await;
            let mut tx = self.context.database.begin_write().await?;
            let now = self.context.clock.now();
            let is_ours = list_uploads::renew(&mut tx, self.upload, self.holder, self.steps.get(), now).await?;
            tx.commit().await?;
            if !is_ours && self.is_open().await? {
                return Err(StoreError::Stale.into());
            }
        }
    }

    /// Whether the work isn't ended by its own commit.
    async fn is_open(&self) -> Result<bool, ServiceError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let found = list_uploads::get(&mut tx, self.upload).await?;
        Ok(found.is_some_and(|upload| matches!(upload.state, UploadState::Waiting | UploadState::Importing)))
    }

    async fn run(&self) -> Result<(), ServiceError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let Some(upload) = list_uploads::get(&mut tx, self.upload).await? else { return Ok(()) };
        let Some(key) = list_uploads::key(&mut tx, self.upload).await? else { return Ok(()) };
        drop(tx);
        let details = upload.details.as_deref().and_then(UploadDetails::of_json).unwrap_or_default();
        let sifted = match self.read(&upload, &details).await? {
            Ok(sifted) => sifted,
            Err(findings) => return self.refuse(details, &findings).await,
        };
        let rows = sifted.list.entries.len();
        self.steps.set(0, rows * 2);
        let importing = upload.state == UploadState::Importing;
        for _ in 0..MOST_COMPARISONS {
            let compared = |done: usize| self.steps.set(done, rows * 2);
            let plan = match SiftedPlan::of(self.context, &upload.centre, sifted.clone(), compared).await {
                Ok(plan) => plan,
                Err(ServiceError::Patient(PatientError::InvalidList(findings))) => {
                    return self.refuse(details, &findings).await;
                }
                Err(other) => return Err(other),
            };
            if !importing || plan.digest() != upload.plan {
                return self.show(&key, details, &plan, importing).await;
            }
            if self.import(&upload, &plan, rows).await? {
                return self.forget_rows().await;
            }
            info!("others changed patients of an uploaded list meanwhile; comparing it again");
        }
        Err(StoreError::Busy.into())
    }

    /// Reads the file. The inner error is what is wrong with it.
    async fn read(
        &self,
        upload: &UploadRow,
        details: &UploadDetails,
    ) -> Result<Result<Sifted, Vec<Finding>>, ServiceError> {
        let mut bytes = Vec::with_capacity(usize::try_from(upload.bytes).unwrap_or(0));
        let mut tx = self.context.database.begin_autocommit().await?;
        let mut nth = 0;
        while let Some(part) = list_uploads::part(&mut tx, self.upload, PartKind::File, nth).await? {
            bytes.extend(part);
            nth += 1;
        }
        let centre = known_centre(&mut tx, &upload.centre).await?;
        drop(tx);
        let (today, hours) = day_and_hours(&centre, self.context.clock.now())?;
        let sheet = details.sheet.clone();
        // It takes up to seconds, while calls must be answered.
        let read = tokio::task::spawn_blocking(move || {
            sift(ListFile { bytes: &bytes, sheet: sheet.as_deref() }, today, hours)
        });
        read.await.map_err(|_| StoreError::Abandoned.into())
    }

    /// Notes that the file as a whole is refused.
    async fn refuse(&self, details: UploadDetails, findings: &[Finding]) -> Result<(), ServiceError> {
        let details = details.refused(findings, self.words).to_json();
        let counts = FateCounts::default();
        self.note(&DryRunResult { state: UploadState::Refused, details: &details, plan: "", counts }).await
    }

    async fn note(&self, result: &DryRunResult<'_>) -> Result<(), ServiceError> {
        let mut tx = self.context.database.begin_write().await?;
        list_uploads::shown(&mut tx, self.upload, self.holder, result, self.context.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Writes what the import would do, and lets staff decide.
    async fn show(
        &self,
        key: &ContentKey,
        details: UploadDetails,
        plan: &SiftedPlan,
        is_changed: bool,
    ) -> Result<(), ServiceError> {
        for fate in RowFate::ALL {
            delete_parts(self.context, self.upload, Some(PartKind::Rows(fate))).await?;
        }
        self.write_rows(key, plan).await?;
        let effects = CallEffects::from(plan.touched(self.context).await?);
        let alike = plan.alike(self.context).await?.into_iter().map(AlikeRow::from).collect();
        let details = UploadDetails { is_changed, ..details.read(plan.sifted(), plan.warnings(), effects, alike) };
        let (details, digest) = (details.to_json(), plan.digest());
        let counts = plan.counts();
        self.note(&DryRunResult { state: UploadState::Read, details: &details, plan: &digest, counts }).await
    }

    /// Writes the pages of the dry run.
    async fn write_rows(&self, key: &ContentKey, plan: &SiftedPlan) -> Result<(), ServiceError> {
        let mut writer = PageWriter { work: self, key, pace: Pace::default(), ready: Vec::new() };
        let header = &plan.sifted().header;
        let mut open: [(RowFate, i64, Vec<ListedRow>); 4] = RowFate::ALL.map(|fate| (fate, 0, Vec::new()));
        let mut written = Vec::new();
        for (row, fated) in plan.rows() {
            let (fate, listed) = ListedRow::of(row, &fated, header, self.words);
            let Some((_, nth, rows)) = open.iter_mut().find(|(of, ..)| *of == fate) else { continue };
            rows.push(listed);
            if rows.len() == PAGE_ROWS {
                written.push((fate, *nth, std::mem::take(rows)));
                *nth += 1;
            }
            if written.len() == PAGES_AT_ONCE {
                for (fate, nth, rows) in written.drain(..) {
                    writer.add(fate, nth, &rows)?;
                }
                writer.flush().await?;
            }
        }
        let rest = open.into_iter().filter(|(.., rows)| !rows.is_empty());
        for (fate, nth, rows) in written.into_iter().chain(rest) {
            writer.add(fate, nth, &rows)?;
        }
        writer.flush().await
    }

    /// Imports the list. Returns `false` if others changed the same patients meanwhile.
    async fn import(&self, upload: &UploadRow, plan: &SiftedPlan, rows: usize) -> Result<bool, ServiceError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let account = staff_accounts::get(&mut tx, upload.account).await?.ok_or(StoreError::Stale)?;
        drop(tx);
        let actor = AccountView::from(account).actor();
        // The account may have lost the permission since.
        if !scope(&actor, Permission::ChangePatients).is_ok_and(|scope| scope.covers(&upload.centre)) {
            let mut tx = self.context.database.begin_write().await?;
            let back = (UploadState::Importing, UploadState::Read);
            list_uploads::go(&mut tx, self.upload, back, self.context.clock.now()).await?;
            tx.commit().await?;
            return Ok(true);
        }
        let all = plan.writes().saturating_add(rows);
        let written = |done: usize| self.steps.set(rows.saturating_add(done), all);
        plan.carry_out(self.context, &actor, (self.upload, self.holder), &written).await
    }

    /// Erases what isn't needed after an import: everything but the faulty rows.
    async fn forget_rows(&self) -> Result<(), ServiceError> {
        let mut tx = self.context.database.begin_autocommit().await?;
        let found = list_uploads::get(&mut tx, self.upload).await?;
        drop(tx);
        if !found.is_some_and(|upload| upload.state == UploadState::Imported) {
            return Ok(());
        }
        let needless = [RowFate::New, RowFate::Changed, RowFate::Same].map(PartKind::Rows);
        for kind in [PartKind::File].into_iter().chain(needless) {
            delete_parts(self.context, self.upload, Some(kind)).await?;
        }
        Ok(())
    }
}

/// Writes pages of the dry run in short transactions.
struct PageWriter<'a> {
    work: &'a Work<'a>,
    key: &'a ContentKey,
    pace: Pace,
    ready: Vec<(PartKind, i64, String)>,
}

impl PageWriter<'_> {
    fn add(&mut self, fate: RowFate, nth: i64, rows: &[ListedRow]) -> Result<(), ServiceError> {
        let kind = PartKind::Rows(fate);
        let json = serde_json::to_vec(rows).unwrap_or_default();
        self.ready.push((kind, nth, self.key.seal(self.work.upload, kind, json)?));
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), ServiceError> {
        if self.ready.is_empty() {
            return Ok(());
        }
        let mut step = self.pace.begin(self.work.context).await?;
        list_uploads::add_parts(&mut step.tx, self.work.upload, std::mem::take(&mut self.ready)).await?;
        Ok(self.pace.end(step).await?)
    }
}
