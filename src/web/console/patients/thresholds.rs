//! The health centre's thresholds as named lines of the chart.

use crate::domain::Language;
use crate::service::Thresholds;
use crate::translations::{Message, message};
use crate::web::pages::chart::{ChartWords, PanelKind, Threshold};

/// The thresholds of both panels.
pub(super) fn lines_of(thresholds: &Thresholds, language: Language) -> [Threshold; 4] {
    let tenths = |value: u16| f64::from(value) / 10.0;
    let line = |panel: PanelKind, look: &'static str, value: f64, name: Message| {
        let name = name.text(language);
        let name = match panel {
            PanelKind::Temperature => format!("{value:.1} {name}"),
            PanelKind::Spo2 => format!("{value} {name}"),
        };
        Threshold { panel, look, value, name }
    };
    let (warm, oxygen) = (PanelKind::Temperature, PanelKind::Spo2);
    [
        line(warm, "amber", tenths(thresholds.temperature_amber), message!("console-amber")),
        line(warm, "note", tenths(thresholds.temperature_note), message!("console-note")),
        line(oxygen, "amber", f64::from(thresholds.spo2_amber), message!("console-amber")),
        line(oxygen, "red", f64::from(thresholds.spo2_red), message!("console-red")),
    ]
}

/// What the chart says.
pub(super) fn chart_words() -> ChartWords {
    ChartWords {
        name: message!("patient-chart-says"),
        temperature: message!("patient-chart-temperature"),
        spo2: message!("patient-chart-spo2"),
        no_report: message!("patient-gap-no-report"),
        not_measured: message!("patient-not-measured"),
        not_asked: message!("patient-not-asked"),
    }
}
