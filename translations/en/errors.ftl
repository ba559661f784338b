# Why a command was refused or failed. A sentence says what is wrong and what to do.

forbidden =
    this isn't permitted ({ $permission }); if `operator.centre` limits you to a health centre, ask someone who isn't limited
unreadable =
    a stored { $what } can't be read; restore the database from a backup or ask for support
stored-registration = registration
stored-centre-settings = health centre's settings
stored-flow-set = flow document set
stored-turn = turn of this call

patient-not-found =
    nobody is registered under this HER-SYS ID; check the digits, or add the patient with `kenkocall patients add`
patient-not-found-not-audited =
    nobody is registered under this HER-SYS ID; check the digits. This look-up isn't recorded in the audit trail, as { $why }; write down who looked for whom, and when
patient-invalid-list =
    nothing was imported: the list has { $count ->
        [one] 1 thing
       *[other] { $count } things
    } to mend
patient-number-in-use =
    another patient under observation already gets automated calls on this number, and one number can't take them for two patients; this patient can report by the portal (My HER-SYS) or by the health call (健康コール), or use another number
patient-import-unfinished =
    the list is imported, but some of its changes aren't in force yet, as the database couldn't be written; the program goes on with them within a minute, and before the next command
patient-not-erasable =
    a patient is erased two days after the release at the earliest, and not during a call; `kenkocall patients release` releases a patient
patient-stale =
    nothing was changed, as this patient's record has changed since you looked at it ({ $fields }); look at it again, and use revision { $revision }

call-not-found = there is no call with this id; `kenkocall calls list` shows the latest ones
slot-not-found = there is no slot with this id
call-outside-calling-hours =
    automated calls begin within the health centre's calling hours, { $hours }; try again then, or phone the patient yourself
call-already-under-way =
    a call to this patient is under way already, or was asked for and comes at once; `kenkocall patients show HERSYS_ID` shows it
call-outcome-known =
    the outcome of this call is known; `kenkocall calls list --state unknown` shows those of which it isn't
call-patient-stopped =
    this patient's automated calls are stopped; `kenkocall patients set HERSYS_ID --automated-call yes` ends the stop
call-patient-stop-requested =
    this patient has asked that calls stop; decide first: `kenkocall patients stop HERSYS_ID`, or `patients set HERSYS_ID --automated-call yes`
call-patient-released = this patient's observation has ended, so there are no automated calls
call-patient-switched-off =
    this patient has no automated calls; switch them on with `kenkocall patients set HERSYS_ID --phone-number NUMBER --automated-call yes`
call-patient-wrong-number =
    somebody else answers at this patient's number; register the right one with `kenkocall patients set HERSYS_ID --phone-number NUMBER`
call-patient-number-not-allowed =
    automated calls don't go to this kind of number; register a Japanese landline, mobile or 050 number
call-patient-just-changed = this patient isn't called just now; try again in a moment

audit-entry-not-found = there is no entry with this id; `kenkocall audit list` shows the latest ones
alert-not-found = there is no alert with this id; `kenkocall alerts list` shows the open ones
alert-more-than-shown =
    nothing was closed, as more alerts of this patient have come than the line showed; look at `kenkocall alerts list` again

centre-not-found =
    there is no health centre { $code }; `kenkocall centres list` shows those there are, `kenkocall centres add` adds one
centre-unknown-time-zone = { $zone } isn't a time zone; write the IANA name, such as Asia/Tokyo
centre-thresholds-out-of-range =
    temperature thresholds lie between 34.0 and 42.0, SpO2 thresholds between 70 and 100
centre-thresholds-out-of-order =
    the amber temperature must not be below the note temperature, and the red SpO2 not above the amber SpO2
centre-call-pattern = the call pattern “{ $pattern }” can't be used: { $why }
centre-pattern-never-fires =
    it fires on none of the next 366 days that isn't a day off, so nobody would be called; name days that come, such as 0 10 * * * for each day
centre-pattern-too-often =
    it fires { $times } times on { $date }, and a patient is called at most 4 times a day; name the minute and the hours, such as 0 9,18 * * *
centre-pattern-outside-hours = it fires at { $time }, outside the calling hours { $hours }; change the one or the other
centre-phone-not-callable =
    a health centre's number must be a Japanese landline, mobile, 050 or toll-free number, as callers are connected with it and told to phone it; this one costs more than an ordinary call, or isn't in Japan
centre-concurrent-calls =
    a health centre's calls at the same time are 1 to 10000; an empty value leaves them to the carrier's own limit
centre-changed-meanwhile = somebody has changed the health centre meanwhile; look at it again
centre-change-not-found = there is no such change of its settings
centre-earlier-values-unfit = the earlier values don't fit any more
centre-replan-unfinished =
    the centre is changed, but some of its patients' next calls aren't planned by the new settings yet, as the database couldn't be written; the program goes on with them within a minute, and before the next command
centre-calls-per-second =
    a health centre's calls a second are 0.001 to 1000; an empty value leaves them to the carrier's own pace

suspension-pause-end-passed =
    the end of the pause lies in the past; give a later time, or none: then it lasts until `kenkocall dialer resume`
suspension-maintenance-end-passed =
    the announced end of the maintenance lies in the past; give a later time, or leave it out if it isn't known
suspension-not-reconciled =
    the database lacks its last entries, and whom the carrier called meanwhile wasn't looked up yet; run `kenkocall dialer reconcile` first; `dialer resume --anyway` goes on without it, and phones may ring twice
suspension-call-list-unavailable =
    the carrier's list of calls can't be read to its end, so nothing is certain; the log of `kenkocall serve` and the carrier's own pages say how it stands; try again

outbox-not-found = no job with this id was given up; `kenkocall outbox list` shows those there are
report-window-reversed =
    the export would end before it begins; give the earlier day as --from and the later one as --to
report-not-observed =
    nothing was recorded, as this patient isn't under observation today; `kenkocall patients show HERSYS_ID` shows the record
report-unfinished =
    nothing was recorded, as these answers don't lead to the end of the questionnaire; answer the other questions too
report-field-not-option = { $field } takes one of the options that `kenkocall flows form` shows
report-field-unknown = there is no field “{ $field }”; `kenkocall flows form` shows the fields

checkpoint-file = the checkpoint file can't be used ({ $why }); check its path, its disk and who may write there
checkpoint-line =
    line { $line } of the checkpoint file isn't a checkpoint; if nobody has changed the file, its disk is failing: keep a copy, and look at it with somebody who knows
checkpoint-line-near-end =
    a line near the end of the checkpoint file isn't a checkpoint; if nobody has changed the file, its disk is failing: keep a copy, and look at it with somebody who knows
checkpoint-contradicts =
    the checkpoint file tells of entries that this database doesn't have, so nothing was added to it; `kenkocall audit verify --checkpoint FILE` says what is missing; when a backup was restored, add --after-restore
