# What the commands for patients say.

patients-nothing-given = nothing is given to change; `kenkocall patients set --help` shows what can be
patients-nothing-changed = nothing was changed
patients-doubt = warning: { $doubt }; then `kenkocall patients release` the wrong one
patients-same = nothing to change: HER-SYS ID { $id }
patients-added = added: HER-SYS ID { $id }
patients-changed = changed: HER-SYS ID { $id }
patients-stopped = stopped: HER-SYS ID { $id }
patients-released = released: HER-SYS ID { $id }
