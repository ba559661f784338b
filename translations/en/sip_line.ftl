# Registration and check of our own telephone line.
sip-line-no-user-name = a trunk that registers needs a user name
help-sip = Explain what is wrong with our own telephone line
help-sip-check = Ask the trunks of the settings whether they are there and know us, and look at ports, journal and recordings
sip-check-mark-right = ok:
sip-check-mark-wrong = WRONG:
sip-check-other-carrier = the settings don't name our own telephone line, so there is nothing to check; set carrier = "sip"
sip-check-wrong =
    { $count ->
        [one] 1 thing is wrong with the telephone line
       *[other] { $count } things are wrong with the telephone line
    }
sip-check-journal = the call journal can be written
sip-check-no-journal = the call journal at sip.journal_file can't be used: { $why }
sip-check-one-disk = the call journal is on the same disk as the database: whatever takes one along takes both; move sip.journal_file to another disk
sip-check-ports = the ports { $range } are enough for { $calls } calls at a time
sip-check-no-ports = the ports { $range } of sip.rtp_ports can't be used: { $why }
sip-check-ports-taken = other programs use all ports { $range }; set sip.rtp_ports to ports that are free
sip-check-few-ports = the ports { $range } are enough for { $calls } calls at a time, but the trunks have { $channels } channels; make sip.rtp_ports wider
sip-check-recordings = there is a recording of everything that is said
sip-check-no-recordings = the recordings can't be read: { $why }
sip-check-recordings-missing = recordings are missing ({ $count }): `kenkocall voices missing`
sip-check-no-line = the trunks couldn't be asked: { $why }
sip-check-listen-free = no other program listens on { $address }; `kenkocall serve` isn't running here
sip-check-listen-taken = { $address } is in use, by `kenkocall serve` if it runs; the trunks were asked from another port
sip-check-no-name = trunk { $trunk }: its host name has no address; correct sip.trunks.{ $trunk }.address, or look at this machine's DNS
sip-check-outside = trunk { $trunk }: its address { $address } isn't in sip.trunks.{ $trunk }.networks, so its messages would be dropped; add it
sip-check-no-answer = trunk { $trunk }: { $address } doesn't answer; look at address, port, transport and firewall, and whether it expects us at sip.public_address
sip-check-answers = trunk { $trunk }: it answers
sip-check-answers-otherwise = trunk { $trunk }: it answers, with status { $status } to a question whether it is there; many do, and take calls
sip-check-registered = trunk { $trunk }: it knows us, and calls come here
sip-check-not-registered = trunk { $trunk }: it knows our name and password, but has no entry of this address; start `kenkocall serve`, or correct sip.public_address
sip-check-wrong-password = trunk { $trunk }: it refuses our name or password; correct sip.trunks.{ $trunk }.user_name and password
sip-check-refuses = trunk { $trunk }: it refuses to say whether we are registered, with status { $status }; look at user_name and domain, and ask the telephone company
sip-check-no-registrar = trunk { $trunk }: it answers, but not when we register; look at domain, and whether this trunk wants a registration
help-demo--sip = Open a telephone line on this machine at 127.0.0.1:5070, and be called by it: for a softphone
help-demo--sip-phone = Where the softphone listens, on this machine
