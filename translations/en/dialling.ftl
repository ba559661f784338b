# What the commands for automated calls say.

dialer-reason =
    say in 1 to 200 characters why dialling is paused, in one line; everybody at the desk reads it, so name no patient in it: { $why }
dialer-paused = calls in progress continue; a slot whose calling window closes meanwhile is missed and listed
dialer-resumed = the pause has ended
dialer-not-paused = nothing to change: dialling wasn't paused
dialer-no-carrier =
    no carrier is set, so there is none to ask; run it with the settings of `kenkocall serve` (KENKOCALL_CARRIER=twilio and the account, or KENKOCALL_CARRIER=sip and its journal), or resume with `dialer resume --anyway`
dialer-simulated-carrier =
    the settings name the simulated phone network, which only `kenkocall serve` itself could ask; run it with the settings of the carrier that placed the calls, or go on with `dialer resume --anyway`
dialer-no-caller-number =
    lines.caller_number isn't set (formerly twilio.caller_number), so this program has called nobody; use the settings that `kenkocall serve` runs with
dialer-placing = calls are placed
dialer-nobody-dialled =
    nobody was dialled when the alert of { $at } was raised: this machine's clock is wrong, the carrier or trunk refuses us, or our own telephone line has trouble (`kenkocall sip check`); close the alert when that is mended
dialer-waiting =
    a node that dials has started and dials nothing yet: { $reason }; it goes on by itself when the list shows that no call is missing
dialer-counts = slots due { $due }, calls under way { $under_way }
dialer-limited = { $centre }: the day's limit is reached since { $at }; nobody more of its patients is called
dialer-unknown = calls of unknown outcome { $count }: `kenkocall calls list --state unknown`
held-paused = dialling is paused until `kenkocall dialer resume`: { $reason }
held-paused-until = dialling is paused until { $until }: { $reason }
held-lost =
    recent data is missing from the database; dialling stopped; run `kenkocall dialer reconcile`, then `dialer resume`
held-lost-reconciled =
    the database lacks its last entries; the carrier's calls are accounted for, and `kenkocall dialer resume` goes on
held-centre = the health centre has paused its automated calls
held-maintenance = nothing is dialled during the maintenance, until `kenkocall maintenance end`
held-maintenance-until = nothing is dialled during the maintenance, until { $until }

reconciled =
    calls of the last day that weren't known: { $settled } belong to slots and are settled, { $others } to none that is open
reconciled-reports-lost =
    calls that were known and answered, and whose report may be lost: { $count }; nobody is called again for them, and they are on `kenkocall alerts list` as unanswered: phone these patients and ask for the report
reconciled-lines-lost =
    calls to our lines that aren't known: { $count }; patients may have reported in them, and only the carrier's list has their numbers
reconciled-all = every call is accounted for; `kenkocall dialer resume` goes on
reconcile-under-way =
    { $count } calls aren't over yet; run it again in a minute, or with --wait, with `kenkocall serve` running
reconcile-list-lags = the carrier's list may lag behind; run it again after { $at }, or with --wait
waiting = waiting: { $what }
waiting-call-list = could not read the carrier's call list to its end
waiting-calls =
    { $count ->
        [one] 1 call isn't over yet; `kenkocall serve` has to be running to hear of its end
       *[other] { $count } calls aren't over yet; `kenkocall serve` has to be running to hear of their end
    }
waiting-list-lags = the carrier's list may lag behind until { $at }
waiting-stopped =
    stopped waiting; what is settled stays settled, nobody is dialled, and `dialer reconcile` can be run again

now-at-once =
    HER-SYS ID { $id } is called within seconds, where `kenkocall serve` runs and a line is free
now-held = HER-SYS ID { $id } is called as soon as anybody is: { $why }
now-until = it is tried, and tried again as the centre has set, until { $until }
now-show = `kenkocall patients show { $id }` shows what came of it
resolve-looked-for =
    call { $call } is looked for within seconds, where `kenkocall serve` runs; `kenkocall calls show { $call }` shows what is known then
resolved = resolved: call { $call } counts as { $outcome }
resolved-slot = its slot { $slot } is { $state }
resolved-slot-waits = its slot { $slot } waits, and the patient is called again from { $at } on
