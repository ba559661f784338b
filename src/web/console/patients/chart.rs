//! The chart of temperature and SpO2, drawn as SVG on the server. Every point has its value, a day without one is a gap
//! with words, and the thresholds are named lines, so nothing depends on colour.

use jiff::civil::Date;

use super::days::{Day, Measured};
use crate::domain::{BodyTemperature, Language, OxygenSaturation};
use crate::service::Thresholds;
use crate::translations::{Message, message};

/// The width of the drawing.
const WIDTH: f64 = 760.0;
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

/// The drawing, as a template writes it.
pub(super) struct Chart {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) gaps: Vec<Gap>,
    pub(super) rules: Vec<Rule>,
    pub(super) curves: Vec<Curve>,
    pub(super) points: Vec<Point>,
    pub(super) texts: Vec<Label>,
}

/// A day without values.
pub(super) struct Gap {
    pub(super) x: String,
    pub(super) y: String,
    pub(super) width: String,
    pub(super) height: String,
}

/// A horizontal line.
pub(super) struct Rule {
    pub(super) kind: &'static str,
    pub(super) x1: String,
    pub(super) x2: String,
    pub(super) y: String,
}

/// A line through values of days in a row.
pub(super) struct Curve {
    pub(super) kind: &'static str,
    pub(super) points: String,
}

/// A value: a circle for the temperature, a square for SpO2.
pub(super) struct Point {
    pub(super) is_circle: bool,
    pub(super) x: String,
    pub(super) y: String,
    /// The corner of the square.
    pub(super) left: String,
    pub(super) top: String,
}

/// A text of the drawing.
pub(super) struct Label {
    pub(super) kind: &'static str,
    pub(super) anchor: &'static str,
    pub(super) x: String,
    pub(super) y: String,
    pub(super) text: String,
}

/// A panel and its scale.
struct Panel {
    top: f64,
    bottom: f64,
    least: f64,
    most: f64,
    kind: &'static str,
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
    /// The chart of these days, the earliest first. `None` if none has a value.
    pub(super) fn of(days: &[Day], thresholds: &Thresholds, language: Language) -> Option<Self> {
        let temperatures: Vec<Option<f64>> = days.iter().map(|day| tenths(day.temperature)).collect();
        let saturations: Vec<Option<f64>> = days.iter().map(|day| percent(day.spo2)).collect();
        if temperatures.iter().chain(&saturations).all(Option::is_none) {
            return None;
        }
        let mut chart = Self {
            width: WIDTH,
            height: DATES + 12.0,
            gaps: Vec::new(),
            rules: Vec::new(),
            curves: Vec::new(),
            points: Vec::new(),
            texts: Vec::new(),
        };
        chart.days(days, language);
        let warm = Panel {
            top: TEMPERATURE.0,
            bottom: TEMPERATURE.1,
            least: lowest(&temperatures, 36.0).floor(),
            most: highest(&temperatures, 39.0).ceil(),
            kind: "temperature",
        };
        let amber = f64::from(thresholds.temperature_amber) / 10.0;
        let note = f64::from(thresholds.temperature_note) / 10.0;
        chart.panel(&warm, 1.0, &message!("patient-chart-temperature").text(language));
        chart.threshold(&warm, "amber", amber, format!("{amber:.1} {}", message!("console-amber").text(language)));
        chart.threshold(&warm, "note", note, format!("{note:.1} {}", message!("console-note").text(language)));
        chart.values(&warm, &temperatures, |value| format!("{value:.1}"));
        let oxygen = Panel {
            top: SATURATION.0,
            bottom: SATURATION.1,
            least: (lowest(&saturations, 90.0) / 5.0).floor() * 5.0,
            most: 100.0,
            kind: "spo2",
        };
        let (amber, red) = (f64::from(thresholds.spo2_amber), f64::from(thresholds.spo2_red));
        chart.panel(&oxygen, 5.0, &message!("patient-chart-spo2").text(language));
        chart.threshold(&oxygen, "amber", amber, format!("{amber} {}", message!("console-amber").text(language)));
        chart.threshold(&oxygen, "red", red, format!("{red} {}", message!("console-red").text(language)));
        chart.values(&oxygen, &saturations, |value| format!("{value}"));
        Some(chart)
    }

    /// The dates, and the days without any value.
    fn days(&mut self, days: &[Day], language: Language) {
        let step = step_of(days.len());
        for (nth, day) in days.iter().enumerate() {
            let x = middle_of(nth, days.len());
            self.text("date", "middle", x, DATES, short(day.date));
            if let Some(words) = gap_words(day) {
                let width = step * 0.72;
                self.gaps.push(Gap {
                    x: at(x - width / 2.0),
                    y: at(TEMPERATURE.0),
                    width: at(width),
                    height: at(SATURATION.1 - TEMPERATURE.0),
                });
                self.text("gap", "middle", x, GAP_WORDS, words.text(language));
            }
        }
    }

    /// The name of a panel and its grid.
    fn panel(&mut self, panel: &Panel, every: f64, name: &str) {
        let sign = if panel.kind == "temperature" { "●" } else { "■" };
        self.text("name", "start", LEFT, panel.top - 14.0, format!("{sign} {name}"));
        let mut value = panel.least;
        while value <= panel.most {
            let y = panel.y(value);
            self.rules.push(Rule { kind: "grid", x1: at(LEFT), x2: at(RIGHT), y: at(y) });
            self.text("axis", "end", LEFT - 8.0, y + 4.0, format!("{value}"));
            value += every;
        }
    }

    fn threshold(&mut self, panel: &Panel, kind: &'static str, value: f64, name: String) {
        if value < panel.least || value > panel.most {
            return;
        }
        let y = panel.y(value);
        self.rules.push(Rule { kind, x1: at(LEFT), x2: at(RIGHT), y: at(y) });
        self.text(kind, "start", RIGHT + 8.0, y + 4.0, name);
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
            let is_circle = panel.kind == "temperature";
            self.points.push(Point { is_circle, x: at(x), y: at(y), left: at(x - 4.0), top: at(y - 4.0) });
            self.text("value", "middle", x, y - 8.0, written(*value));
        }
        self.curve(panel, &mut run);
    }

    fn curve(&mut self, panel: &Panel, run: &mut Vec<String>) {
        let points = std::mem::take(run);
        if points.len() > 1 {
            self.curves.push(Curve { kind: panel.kind, points: points.join(" ") });
        }
    }

    fn text(&mut self, kind: &'static str, anchor: &'static str, x: f64, y: f64, text: String) {
        self.texts.push(Label { kind, anchor, x: at(x), y: at(y), text });
    }
}

/// Why a day has no value at all. `None` if it has one.
fn gap_words(day: &Day) -> Option<Message> {
    match (day.temperature, day.spo2) {
        (Measured::NoReport, _) | (_, Measured::NoReport) => Some(message!("patient-gap-no-report")),
        (Measured::Value(..), _) | (_, Measured::Value(..)) => None,
        (Measured::NoValue, _) | (_, Measured::NoValue) => Some(message!("patient-not-measured")),
        (Measured::NotAsked, Measured::NotAsked) => Some(message!("patient-not-asked")),
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
    use crate::domain::Severity;

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
        let chart = Chart::of(&days, &Thresholds::default(), Language::English).expect("values");
        assert_eq!(chart.points.len(), 5);
        assert_eq!(chart.curves.len(), 1, "two days in a row have a temperature");
        assert_eq!(chart.gaps.len(), 1);
        let texts: Vec<&str> = chart.texts.iter().map(|label| &*label.text).collect();
        for text in ["38.6", "38.2", "97", "91", "11/24", "38.5 Attention", "93 Urgent", "No report"] {
            assert!(texts.contains(&text), "{text} isn't in {texts:?}");
        }
        assert!(Chart::of(&days[2..3], &Thresholds::default(), Language::English).is_none());
    }

    #[test]
    fn values_beyond_the_usual_ones_stay_in_their_panel() {
        let days = [day(22, Some(345), Some(72)), day(23, Some(419), Some(100))];
        let chart = Chart::of(&days, &Thresholds::default(), Language::English).expect("values");
        for point in &chart.points {
            let y: f64 = point.y.parse().expect("a number");
            let (top, bottom) = if point.is_circle { TEMPERATURE } else { SATURATION };
            assert!((top..=bottom).contains(&y), "{y} isn't within {top} and {bottom}");
        }
    }
}
