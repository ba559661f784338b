//! A QR code on a page.

use qrcode::{Color, EcLevel, QrCode};

/// A QR code as the path of an SVG.
pub(in crate::web) struct Qr {
    /// Modules of a side, with the quiet zone.
    pub(in crate::web) side: usize,
    /// The dark modules.
    pub(in crate::web) path: String,
}

/// Modules around a QR code. Source: ISO/IEC 18004, 5.3.8.
const QUIET: usize = 4;

impl Qr {
    /// The code of a text.
    pub(in crate::web) fn of(text: &str) -> Self {
        let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
            return Self { side: 1, path: String::new() };
        };
        let width = code.width();
        let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
        let at = |nth: usize| (nth.checked_rem(width).unwrap_or(0), nth.checked_div(width).unwrap_or(0));
        let squares = dark.map(|(nth, _)| {
            let (x, y) = at(nth);
            format!("M{} {}h1v1h-1z", x.saturating_add(QUIET), y.saturating_add(QUIET))
        });
        Self { path: squares.collect(), side: width.saturating_add(QUIET.saturating_mul(2)) }
    }
}
