//! The routes of calls, settings, pause, staff and the audit trail, for the table of `access.rs`.

/// The status of being led to the log-in.
const IN: u16 = 303;

/// As in `access::ROUTES`.
pub const ROUTES: &[(&str, [u16; 7])] = &[
    ("GET /calls", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /calls/{call}", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /calls/unknown", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /calls/{call}/resolve", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /round", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /round/next", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /handover", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /rota", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /rota/change", [IN, 404, 200, 404, 200, 404, 404]),
    ("POST /rota/change", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /settings", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /settings/history", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /settings/history/{entry}", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /settings/{group}", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /staff", [IN, 404, 200, 404, 200, 404, 200]),
    ("GET /staff/invite", [IN, 404, 200, 404, 200, 404, 200]),
    ("GET /staff/{account}/deactivate", [IN, 404, 404, 404, 404, 404, 404]),
    ("GET /audit", [IN, 404, 200, 404, 200, 404, 404]),
    ("GET /patients/{patient}/transfer", [IN, 200, 200, 404, 404, 404, 404]),
    ("GET /patients/{patient}/disclosure", [IN, 200, 200, 404, 404, 404, 404]),
    ("POST /patients/{patient}/disclosure", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/retention", [IN, 404, 200, 404, 200, 404, 404]),
    ("POST /patients/retention", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /transfers", [IN, 200, 200, 200, 200, 404, 404]),
    ("GET /transfers/{transfer}", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /transfers/{transfer}", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /dialling", [IN, 404, 404, 404, 404, 404, 200]),
    // Patient lists: their own centre's, whose rows are of the reader's centre alone.
    ("GET /patients/imports", [IN, 200, 200, 200, 200, 404, 404]),
    ("POST /patients/imports", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/imports/{upload}", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /patients/imports/{upload}/import", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /patients/imports/{upload}/discard", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /patients/imports/{upload}/sheet", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/imports/{upload}/refused/{format}", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /patients/bulk", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/bulk/{bulk}", [IN, 404, 404, 404, 404, 404, 404]),
    ("POST /patients/bulk/{bulk}/apply", [403, 403, 403, 403, 403, 403, 403]),
    ("POST /patients/bulk/{bulk}/undo", [403, 403, 403, 403, 403, 403, 403]),
    ("GET /patients/export/{format}", [IN, 200, 200, 200, 200, 404, 404]),
];
