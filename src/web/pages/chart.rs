//! The chart of temperature and SpO2, drawn as SVG on the server. Every point has its value, a day without one is a gap
//! with words, and the thresholds are named lines, so nothing depends on colour.

use jiff::civil::Date;

use super::measured::{Day, Measured};
use crate::domain::{BodyTemperature, OxygenSaturation};
use crate::translations::Message;

/// The width of the drawing.
const WIDTH: f64 = 760.0;
/// The width without the names of thresholds, at the right.
const NARROW: f64 = 676.0;
/// Where the days begin and end.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 660.0;
/// The panels: top and bottom.
const TEMPERATURE: (f64, f64) = (34.0, 154.0);
const SATURATION: (f64, f64) = (202.0, 312.0);
/// The line of the words in a gap, within the panel of the temperature.
const GAP_WORDS: f64 = 98.0;
/// The line of the dates.
const DATES: f64 = 338.0;

/// What the drawing says, in the words of its readers.
pub(in crate::web) struct ChartWords {
    /// What the drawing is, for who can't see it.
    pub(in crate::web) name: Message,
    /// The panel of the temperature.
    pub(in crate::web) temperature: Message,
    /// The panel of SpO2.
    pub(in crate::web) spo2: Message,
    /// A day without a report.
    pub(in crate::web) no_report: Message,
    /// A day on which nothing could be measured.
    pub(in crate::web) not_measured: Message,
    /// A day on which nothing was asked.
    pub(in crate::web) not_asked: Message,
}

/// A threshold of a panel, as a line with a name.
pub(in crate::web) struct Threshold {
    /// Of which panel.
    pub(in crate::web) panel: PanelKind,
    /// The class of its look: `amber`, `note`, `red`.
    pub(in crate::web) look: &'static str,
    /// Where it is.
    pub(in crate::web) value: f64,
    /// What it is called.
    pub(in crate::web) name: String,
}

/// A panel of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum PanelKind {
    /// The temperature, as circles.
    Temperature,
    /// SpO2, as squares.
    Spo2,
}

impl PanelKind {
    /// The class of its look.
    const fn class(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Spo2 => "spo2",
        }
    }
}

/// The drawing, as a template writes it.
pub(in crate::web) struct Chart {
    /// What it is, for who can't see it.
    pub(in crate::web) name: String,
    pub(in crate::web) width: f64,
    pub(in crate::web) height: f64,
    pub(in crate::web) gaps: Vec<Gap>,
    pub(in crate::web) rules: Vec<Rule>,
    pub(in crate::web) curves: Vec<Curve>,
    pub(in crate::web) points: Vec<Point>,
    pub(in crate::web) texts: Vec<Label>,
}

/// A day without values.
pub(in crate::web) struct Gap {
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    pub(in crate::web) width: String,
    pub(in crate::web) height: String,
}

/// A horizontal line.
pub(in crate::web) struct Rule {
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) x1: String,
    pub(in crate::web) x2: String,
    pub(in crate::web) y: String,
}

/// A line through values of days in a row.
pub(in crate::web) struct Curve {
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) points: String,
}

/// A value: a circle for the temperature, a square for SpO2.
pub(in crate::web) struct Point {
    pub(in crate::web) is_circle: bool,
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    /// The corner of the square.
    pub(in crate::web) left: String,
    pub(in crate::web) top: String,
}

/// A text of the drawing.
pub(in crate::web) struct Label {
    pub(in crate::web) kind: &'static str,
    pub(in crate::web) anchor: &'static str,
    pub(in crate::web) x: String,
    pub(in crate::web) y: String,
    pub(in crate::web) text: String,
}

/// A panel and its scale.
struct Panel {
    top: f64,
    bottom: f64,
    least: f64,
    most: f64,
    kind: PanelKind,
}

impl Panel {
    fn y(&self, value: f64) -> f64 {
        let share = (value - self.least) / (self.most - self.least);
        share.clamp(0.0, 1.0).mul_add(self.top - self.bottom, self.bottom)
    }
}

fn at(value: f64) -> String {
    format!("{value:.1}")
}

impl Chart {
    /// The chart of these days, the earliest first. `None` if none has a value. `say` writes a sentence as plain text.
    pub(in crate::web) fn of(
        days: &[Day],
        thresholds: &[Threshold],
        words: &ChartWords,
        say: impl Fn(&Message) -> String,
    ) -> Option<Self> {
        let temperatures: Vec<Option<f64>> = days.iter().map(|day| tenths(day.temperature)).collect();
        let saturations: Vec<Option<f64>> = days.iter().map(|day| percent(day.spo2)).collect();
        if temperatures.iter().chain(&saturations).all(Option::is_none) {
            return None;
        }
        let mut chart = Self {
            name: say(&words.name),
            width: if thresholds.is_empty() { NARROW } else { WIDTH },
            height: DATES + 12.0,
            gaps: Vec::new(),
            rules: Vec::new(),
            curves: Vec::new(),
            points: Vec::new(),
            texts: Vec::new(),
        };
        chart.days(days, words, &say);
        let warm = Panel {
            top: TEMPERATURE.0,
            bottom: TEMPERATURE.1,
            least: lowest(&temperatures, 36.0).floor(),
            most: highest(&temperatures, 39.0).ceil(),
            kind: PanelKind::Temperature,
        };
        chart.panel(&warm, 1.0, &say(&words.temperature));
        chart.thresholds(&warm, thresholds);
        chart.values(&warm, &temperatures, |value| format!("{value:.1}"));
        let oxygen = Panel {
            top: SATURATION.0,
            bottom: SATURATION.1,
            least: (lowest(&saturations, 90.0) / 5.0).floor() * 5.0,
            most: 100.0,
            kind: PanelKind::Spo2,
        };
        chart.panel(&oxygen, 5.0, &say(&words.spo2));
        chart.thresholds(&oxygen, thresholds);
        chart.values(&oxygen, &saturations, |value| format!("{value}"));
        Some(chart)
    }

    /// The dates, and the days without any value.
    fn days(&mut self, days: &[Day], words: &ChartWords, say: impl Fn(&Message) -> String) {
        let step = step_of(days.len());
        for (nth, day) in days.iter().enumerate() {
            let x = middle_of(nth, days.len());
            self.text("date", "middle", x, DATES, short(day.date));
            if let Some(gap) = gap_words(day, words) {
                let width = step * 0.72;
                self.gaps.push(Gap {
                    x: at(x - width / 2.0),
                    y: at(TEMPERATURE.0),
                    width: at(width),
                    height: at(SATURATION.1 - TEMPERATURE.0),
                });
                self.text("gap", "middle", x, GAP_WORDS, say(gap));
            }
        }
    }

    /// The name of a panel and its grid.
    fn panel(&mut self, panel: &Panel, every: f64, name: &str) {
        let sign = if panel.kind == PanelKind::Temperature { "●" } else { "■" };
        // A narrow screen begins with the newest days, so the name is above them.
        let (anchor, x) = if self.width < WIDTH { ("end", RIGHT) } else { ("start", LEFT) };
        self.text("name", anchor, x, panel.top - 14.0, format!("{sign} {name}"));
        let mut value = panel.least;
        while value <= panel.most {
            let y = panel.y(value);
            self.rules.push(Rule { kind: "grid", x1: at(LEFT), x2: at(RIGHT), y: at(y) });
            self.text("axis", "end", LEFT - 8.0, y + 4.0, format!("{value}"));
            value += every;
        }
    }

    fn thresholds(&mut self, panel: &Panel, thresholds: &[Threshold]) {
        let of_panel = thresholds.iter().filter(|threshold| threshold.panel == panel.kind);
        for Threshold { look, value, name, .. } in of_panel {
            if (panel.least..=panel.most).contains(value) {
                let y = panel.y(*value);
                self.rules.push(Rule { kind: look, x1: at(LEFT), x2: at(RIGHT), y: at(y) });
                self.text(look, "start", RIGHT + 8.0, y + 4.0, name.clone());
            }
        }
    }

    /// The values of a panel, joined where no day between lacks one.
    fn values(&mut self, panel: &Panel, values: &[Option<f64>], written: impl Fn(f64) -> String) {
        let mut run: Vec<String> = Vec::new();
        for (nth, value) in values.iter().enumerate() {
            let Some(value) = value else {
                self.curve(panel, &mut run);
                continue;
            };
            let (x, y) = (middle_of(nth, values.len()), panel.y(*value));
            run.push(format!("{},{}", at(x), at(y)));
            let is_circle = panel.kind == PanelKind::Temperature;
            self.points.push(Point { is_circle, x: at(x), y: at(y), left: at(x - 4.0), top: at(y - 4.0) });
            self.text("value", "middle", x, y - 8.0, written(*value));
        }
        self.curve(panel, &mut run);
    }

    fn curve(&mut self, panel: &Panel, run: &mut Vec<String>) {
        let points = std::mem::take(run);
        if points.len() > 1 {
            self.curves.push(Curve { kind: panel.kind.class(), points: points.join(" ") });
        }
    }

    fn text(&mut self, kind: &'static str, anchor: &'static str, x: f64, y: f64, text: String) {
        self.texts.push(Label { kind, anchor, x: at(x), y: at(y), text });
    }
}

/// Why a day has no value at all. `None` if it has one.
fn gap_words<'w>(day: &Day, words: &'w ChartWords) -> Option<&'w Message> {
    match (day.temperature, day.spo2) {
        (Measured::NoReport, _) | (_, Measured::NoReport) => Some(&words.no_report),
        (Measured::Value(..), _) | (_, Measured::Value(..)) => None,
        (Measured::NoValue, _) | (_, Measured::NoValue) => Some(&words.not_measured),
        (Measured::NotAsked, Measured::NotAsked) => Some(&words.not_asked),
    }
}

fn tenths(measured: Measured<BodyTemperature>) -> Option<f64> {
    if let Measured::Value(value, _) = measured { Some(f64::from(value.tenths()) / 10.0) } else { None }
}

fn percent(measured: Measured<OxygenSaturation>) -> Option<f64> {
    if let Measured::Value(value, _) = measured { Some(f64::from(value.percent())) } else { None }
}

fn lowest(values: &[Option<f64>], usual: f64) -> f64 {
    values.iter().flatten().fold(usual, |lowest, value| lowest.min(*value))
}

fn highest(values: &[Option<f64>], usual: f64) -> f64 {
    values.iter().flatten().fold(usual, |highest, value| highest.max(*value))
}

fn step_of(days: usize) -> f64 {
    (RIGHT - LEFT) / f64::from(u32::try_from(days.max(1)).unwrap_or(1))
}

fn middle_of(nth: usize, days: usize) -> f64 {
    (f64::from(u32::try_from(nth).unwrap_or(0)) + 0.5).mul_add(step_of(days), LEFT)
}

fn short(date: Date) -> String {
    format!("{}/{}", date.month(), date.day())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::{Language, Severity};
    use crate::translations::message;

    fn words() -> ChartWords {
        ChartWords {
            name: message!("patient-chart-says"),
            temperature: message!("patient-chart-temperature"),
            spo2: message!("patient-chart-spo2"),
            no_report: message!("patient-gap-no-report"),
            not_measured: message!("patient-not-measured"),
            not_asked: message!("patient-not-asked"),
        }
    }

    fn chart(days: &[Day]) -> Option<Chart> {
        let named = |panel, look, value, name: &str| Threshold { panel, look, value, name: name.to_owned() };
        let thresholds = [
            named(PanelKind::Temperature, "amber", 38.5, "38.5 Attention"),
            named(PanelKind::Temperature, "note", 50.0, "beyond"),
            named(PanelKind::Spo2, "red", 93.0, "93 Urgent"),
        ];
        Chart::of(days, &thresholds, &words(), |message| message.text(Language::English))
    }

    fn day(nth: i8, temperature: Option<u16>, spo2: Option<u16>) -> Day {
        let warm = temperature.and_then(BodyTemperature::from_tenths);
        let oxygen = spo2.and_then(OxygenSaturation::from_percent);
        let value = |none: bool| if none { Measured::NoReport } else { Measured::NoValue };
        Day {
            date: date(2026, 11, nth),
            temperature: warm.map_or(value(spo2.is_none()), |value| Measured::Value(value, Severity::None)),
            spo2: oxygen.map_or(Measured::NotAsked, |value| Measured::Value(value, Severity::None)),
        }
    }

    #[test]
    fn values_are_written_and_a_day_without_one_is_a_gap_with_words() {
        let days =
            [day(22, Some(386), Some(97)), day(23, Some(382), None), day(24, None, None), day(25, Some(376), Some(91))];
        let drawn = chart(&days).expect("values");
        assert_eq!(drawn.points.len(), 5);
        assert_eq!(drawn.curves.len(), 1, "two days in a row have a temperature");
        assert_eq!(drawn.gaps.len(), 1);
        let texts: Vec<&str> = drawn.texts.iter().map(|label| &*label.text).collect();
        for text in ["38.6", "38.2", "97", "91", "11/24", "38.5 Attention", "93 Urgent", "No report"] {
            assert!(texts.contains(&text), "{text} isn't in {texts:?}");
        }
        assert!(!texts.contains(&"beyond"), "a threshold outside the panel isn't drawn");
    }

    #[test]
    fn values_beyond_the_usual_ones_stay_in_their_panel() {
        let days = [day(22, Some(345), Some(72)), day(23, Some(419), Some(100))];
        let drawn = chart(&days).expect("values");
        for point in &drawn.points {
            let y: f64 = point.y.parse().expect("a number");
            let (top, bottom) = if point.is_circle { TEMPERATURE } else { SATURATION };
            assert!((top..=bottom).contains(&y), "{y} isn't within {top} and {bottom}");
        }
    }
}
