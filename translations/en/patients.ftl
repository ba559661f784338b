# What the commands for patients say.

patients-nothing-given = nothing is given to change; `kenkocall patients set --help` shows what can be
patients-nothing-changed = nothing was changed
patients-doubt = warning: { $doubt }; then `kenkocall patients release` the wrong one
patients-same = nothing to change: HER-SYS ID { $id }
patients-added = added: HER-SYS ID { $id }
patients-changed = changed: HER-SYS ID { $id }
patients-stopped = stopped: HER-SYS ID { $id }
patients-released = released: HER-SYS ID { $id }
erase-not-rewritten =
    warning: another program uses the database file, so unused parts of it may still hold erased values until it is rewritten (VACUUM)
erase-done = erased: { $rows } answers, reports and alerts; { $calls } calls remain, without numbers, keys and wording
erase-plain-entries = { $entries } entries of the audit trail were written by an earlier version and remain readable
