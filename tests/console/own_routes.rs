//! The routes of calls, settings, pause, staff and the audit trail, for the table of `access.rs`.

/// The status of being led to the log-in.
const IN: u16 = 303;

/// As in `access::ROUTES`.
pub const ROUTES: &[(&str, [u16; 7])] = &[
    ("GET /calls", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /calls/{call}", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /calls/unknown", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /calls/{call}/resolve", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /settings", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /settings/history", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /settings/history/{entry}", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /settings/{group}", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /staff", [IN, 404, 200, 404, 200, 404, 200]),
    ("GET /staff/invite", [IN, 404, 200, 404, 200, 404, 200]),
    ("GET /staff/{account}/deactivate", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /audit", [IN, 404, 200, 404, 200, 404, 404]),
    ("GET /dialling", [IN, 404, 404, 404, 404, 404, 200]),
];
