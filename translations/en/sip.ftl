# Our own telephone line.
sip-setting-no-journal = it is needed to find out after a crash whether a phone was rung; set it to a file on another disk than the database
sip-setting-no-address = the trunks must know where to answer; set it to an IP address of this machine that they reach
sip-setting-longest-ringing = it is 60 to 3600 seconds
sip-setting-no-trunk = calls need at least one trunk; add a section such as [sip.trunks.carrier] with its address
sip-setting-trunk-address = it is a host name or an IP address, with a port if it isn't 5060
sip-setting-trunk-networks = a host name doesn't say where its messages come from; name the networks, in CIDR notation
sip-setting-no-password = a user name needs a password
sip-setting-no-channel = at least one call must be possible at a time
warning-no-sip-caller-number = lines.caller_number isn't set, so the health-call line is answered and nobody is called
