//! The picture as SVG: colours, shapes, arrows and the legend.

use std::fmt::Write;

use super::cards::{Card, HEAD, LINE, Shape, WORDING};
use super::layout::{LABEL, LABEL_SIZE, Picture, straight_labels};
use super::routes::{Lane, MARGIN, Strip, label};
use super::text::{width, wrap};
use super::words::Words;
use crate::flow::{NodeKind, RecordWhat};

const INK: &str = "#1a1a1c";
const BLUE: &str = "#0017c1";
const GREY: &str = "#767676";
const RED: &str = "#c00000";
/// The minimum width of the picture, in which title and legend fit.
const NARROWEST: f64 = 1020.0;

pub(super) fn svg(words: &Words<'_>, picture: &Picture, lanes: &[Lane]) -> String {
    let right = picture.cards.iter().map(|card| card.x + card.width).chain(lanes.iter().map(|lane| lane.x));
    let wide = (right.fold(NARROWEST, f64::max) + MARGIN).ceil();
    let advice = advice(words, wide - 2.0 * MARGIN - 40.0);
    let foot = if advice.is_empty() { 0.0 } else { advice.len() as f64 * LINE + 60.0 };
    let high = (picture.bottom() + MARGIN + foot).ceil();
    let mut out = String::new();
    let title = escape(&words.flow.title);
    line(
        &mut out,
        &format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img" aria-labelledby="title" font-family="'BIZ UDPGothic', 'Noto Sans JP', 'Noto Sans CJK JP', sans-serif" fill="{INK}">"##
        ),
    );
    line(&mut out, &format!(r#"<title id="title">{title}</title>"#));
    line(
        &mut out,
        &format!(
            r#"<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="6" markerHeight="6" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{BLUE}"/></marker><marker id="greyhead" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{GREY}"/></marker></defs>"#
        ),
    );
    line(&mut out, &format!(r##"<rect width="{wide}" height="{high}" fill="#ffffff"/>"##));
    heading(&mut out, words);
    legend(&mut out, words, wide);
    lanes.iter().filter(|lane| lane.grey).for_each(|lane| street(&mut out, lane));
    lanes.iter().filter(|lane| !lane.grey).for_each(|lane| street(&mut out, lane));
    start(&mut out, words, picture);
    straights(&mut out, picture);
    picture.cards.iter().for_each(|card| self::card(&mut out, words, card));
    lanes.iter().for_each(|lane| street_labels(&mut out, picture, lane));
    foot_note(&mut out, words, &advice, picture.bottom() + 46.0, wide);
    line(&mut out, "</svg>");
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn heading(out: &mut String, words: &Words<'_>) {
    let flow = words.flow;
    let (name, version) = (words.pick("版", "version"), flow.version);
    let _ =
        writeln!(out, r#"<text x="{MARGIN}" y="58" font-size="28" font-weight="700">{}</text>"#, escape(&flow.title));
    let _ = writeln!(
        out,
        r##"<text x="{MARGIN}" y="84" font-size="14" fill="#4d4d4d">{}　{name} {version}　{}</text>"##,
        escape(flow.name.as_str()),
        words.language.own_name()
    );
}

fn legend(out: &mut String, words: &Words<'_>, wide: f64) {
    let names = [
        words.pick("質問", "question"),
        words.pick("案内", "announcement"),
        words.pick("分かれ道", "decision"),
        words.pick("記録", "record"),
        words.pick("別の流れ", "other flow"),
        words.pick("職員へ", "hand-over"),
        words.pick("終わり", "end"),
    ];
    let _ = writeln!(
        out,
        r##"<rect x="{MARGIN}" y="100" width="{}" height="52" rx="8" fill="#f8f8fb" stroke="#d8d8db"/>"##,
        wide - 2.0 * MARGIN
    );
    let mut x = MARGIN + 16.0;
    for (shape, name) in Shape::ALL.into_iter().zip(names) {
        outline(out, shape, (x, 116.0, 34.0, 20.0));
        let _ = writeln!(out, r#"<text x="{}" y="131" font-size="13">{name}</text>"#, x + 41.0);
        x += 41.0 + width(name, 13.0) + 18.0;
    }
    for (colour, thick, name) in
        [(BLUE, 2.0, words.pick("すすむ道", "way on")), (GREY, 1.0, words.pick("答えがないとき", "no answer"))]
    {
        let head = if colour == BLUE { "head" } else { "greyhead" };
        let _ = writeln!(
            out,
            r#"<path d="M{x} 126h34" stroke="{colour}" stroke-width="{thick}" marker-end="url(#{head})"/><text x="{}" y="131" font-size="13">{name}</text>"#,
            x + 41.0
        );
        x += 41.0 + width(name, 13.0) + 18.0;
    }
}

fn start(out: &mut String, words: &Words<'_>, picture: &Picture) {
    let Some(first) = picture.cards.first() else { return };
    let (x, y) = (first.middle(), first.y);
    let _ = writeln!(
        out,
        r#"<path d="M{x} {}V{}" stroke="{BLUE}" stroke-width="2" marker-end="url(#head)"/><circle cx="{x}" cy="{}" r="6" fill="{BLUE}"/><text x="{}" y="{}" font-size="{LABEL_SIZE}" font-weight="700">{}</text>"#,
        y - 22.0,
        y - 1.0,
        y - 22.0,
        x + 13.0,
        y - 15.0,
        words.pick("はじめ", "start")
    );
}

/// The arrows straight down to the next card.
fn straights(out: &mut String, picture: &Picture) {
    for way in picture.ways.iter().filter(|way| picture.is_straight(way)) {
        let (from, to) = (&picture.cards[way.from], &picture.cards[way.to]);
        let (x, top, bottom) = (from.middle(), from.bottom(), to.y - 1.0);
        let _ = writeln!(
            out,
            r#"<path d="M{x} {top}V{bottom}" stroke="{BLUE}" stroke-width="2" marker-end="url(#head)"/>"#
        );
        for (nth, text) in straight_labels(picture, way.from).iter().enumerate() {
            let y = top + 18.0 + nth as f64 * LABEL;
            let _ = writeln!(
                out,
                r#"<text x="{}" y="{y}" font-size="{LABEL_SIZE}" font-weight="700">{}</text>"#,
                x + 10.0,
                escape(text)
            );
        }
    }
}

/// One lane with all its arrows.
fn street(out: &mut String, lane: &Lane) {
    let (colour, thick, head) = if lane.grey { (GREY, 1, "greyhead") } else { (BLUE, 2, "head") };
    let (top, bottom) = lane.reach();
    let mut path = format!("M{} {top}V{bottom}", lane.x);
    for (_, (x, y)) in &lane.leaves {
        let _ = write!(path, "M{x} {y}H{}", lane.x);
    }
    let (x, y) = lane.enters;
    let _ = writeln!(
        out,
        r#"<path d="{path}" fill="none" stroke="{colour}" stroke-width="{thick}" stroke-linejoin="round"/>"#
    );
    let short = if x > lane.x { x - 1.0 } else { x + 1.0 };
    let _ = writeln!(
        out,
        r#"<path d="M{} {y}H{short}" stroke="{colour}" stroke-width="{thick}" marker-end="url(#{head})"/>"#,
        lane.x
    );
}

fn street_labels(out: &mut String, picture: &Picture, lane: &Lane) {
    let (colour, weight) = if lane.grey { ("#595959", 400) } else { (INK, 700) };
    for (way, (x, y)) in &lane.leaves {
        let outward = lane.strip == Strip::Left || (lane.strip == Strip::Between && lane.x < *x);
        let (x, anchor) = if outward { (x - 8.0, "end") } else { (x + 8.0, "start") };
        let text = escape(&label(&picture.ways[*way]));
        let _ = writeln!(
            out,
            r##"<text x="{x}" y="{}" font-size="{LABEL_SIZE}" font-weight="{weight}" fill="{colour}" text-anchor="{anchor}" stroke="#ffffff" stroke-width="4" paint-order="stroke">{text}</text>"##,
            y - 4.0
        );
    }
}

fn card(out: &mut String, words: &Words<'_>, card: &Card) {
    outline(out, card.shape, (card.x, card.y, card.width, card.height));
    let (ink, soft) = if card.shape == Shape::End { ("#ffffff", "#ffffff") } else { (INK, "#4d4d4d") };
    let inset = if card.shape == Shape::Decision || card.shape == Shape::SubFlow { 26.0 } else { 14.0 };
    // A card without wording has its title in the middle.
    let middle = if card.lines.is_empty() { card.height / 2.0 + 6.0 } else { 23.0 };
    let (x, y) = (card.x + inset, card.y + middle);
    let kind = width(card.kind, 12.0) + 10.0;
    let _ = writeln!(out, r#"<text x="{x}" y="{y}" font-size="12" fill="{soft}">{}</text>"#, card.kind);
    let _ = writeln!(
        out,
        r#"<text x="{}" y="{y}" font-size="16" font-weight="700" fill="{ink}">{}</text>"#,
        x + kind,
        escape(&card.title)
    );
    if card.advises {
        let text = words.pick("赤なら助言", "red: advice");
        let wide = width(text, 12.0) + 16.0;
        let left = card.x + card.width - wide - 10.0;
        let _ = writeln!(
            out,
            r##"<rect x="{left}" y="{}" width="{wide}" height="20" rx="10" fill="{RED}"/><text x="{}" y="{}" font-size="12" font-weight="700" fill="#ffffff" text-anchor="middle">{text}</text>"##,
            y - 16.0,
            left + wide / 2.0,
            y - 2.0
        );
    }
    let mut before = None;
    for (nth, (language, text)) in card.lines.iter().enumerate() {
        let y = card.y + HEAD + 14.0 + nth as f64 * LINE;
        let mut x = card.x + 14.0;
        if let Some(language) = language {
            if before != Some(language) {
                let _ = writeln!(out, r#"<text x="{x}" y="{y}" font-size="12" fill="{soft}">{language}</text>"#);
            }
            x += 62.0;
        }
        before = language.as_ref();
        let lang = language.unwrap_or(words.language);
        let _ = writeln!(out, r#"<text x="{x}" y="{y}" font-size="{WORDING}" lang="{lang}">{}</text>"#, escape(text));
    }
}

/// The shape that identifies the kind, even without colour.
fn outline(out: &mut String, shape: Shape, (x, y, w, h): (f64, f64, f64, f64)) {
    let cut = (h / 2.0).min(16.0);
    let (right, bottom) = (x + w, y + h);
    let text = match shape {
        Shape::Question => format!(
            r##"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6" fill="#e8f1fe" stroke="#0017c1" stroke-width="2"/>"##
        ),
        Shape::Announcement => format!(
            r##"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{cut}" fill="#f2f2f2" stroke="#626264" stroke-width="1.5"/>"##
        ),
        Shape::Decision => format!(
            r##"<path d="M{} {y}H{}L{right} {}L{} {bottom}H{}L{x} {}z" fill="#fff7e0" stroke="#927200" stroke-width="2" stroke-linejoin="round"/>"##,
            x + cut,
            right - cut,
            y + h / 2.0,
            right - cut,
            x + cut,
            y + h / 2.0
        ),
        Shape::Record => format!(
            r##"<path d="M{x} {y}H{}L{right} {}V{bottom}H{x}z" fill="#e6f5ec" stroke="#115a36" stroke-width="1.5" stroke-linejoin="round"/>"##,
            right - 10.0,
            y + 10.0
        ),
        Shape::SubFlow => {
            let bar = if w < 60.0 { 5.0 } else { 12.0 };
            format!(
                r##"<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="#f1eafa" stroke="#5109ad" stroke-width="2"/><path d="M{} {y}V{bottom}M{} {y}V{bottom}" stroke="#5109ad" stroke-width="2"/>"##,
                x + bar,
                right - bar
            )
        }
        Shape::HandOver => format!(
            r##"<path d="M{x} {y}H{}L{right} {}L{} {bottom}H{x}z" fill="#fdeef3" stroke="#8b1a4d" stroke-width="2" stroke-linejoin="round"/>"##,
            right - cut,
            y + h / 2.0,
            right - cut
        ),
        Shape::End => {
            format!(r##"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{}" fill="#333333"/>"##, (h / 2.0).min(18.0))
        }
    };
    line(out, &text);
}

/// The advice after a red answer, in lines; empty if the flow has none.
fn advice(words: &Words<'_>, most: f64) -> Vec<String> {
    let said = words.flow.in_order().find_map(|node| match &node.kind {
        NodeKind::Record(record) => match &record.what {
            RecordWhat::Answer { on_red, .. } => on_red.first(),
            _ => None,
        },
        _ => None,
    });
    said.map(|say| wrap(&words.wording(say), most, WORDING)).unwrap_or_default()
}

fn foot_note(out: &mut String, words: &Words<'_>, advice: &[String], y: f64, wide: f64) {
    if advice.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        r##"<rect x="{MARGIN}" y="{y}" width="{}" height="{}" rx="8" fill="#fdeeee" stroke="{RED}" stroke-width="1.5"/><text x="{}" y="{}" font-size="14" font-weight="700" fill="{RED}">{}</text>"##,
        wide - 2.0 * MARGIN,
        advice.len() as f64 * LINE + 44.0,
        MARGIN + 20.0,
        y + 26.0,
        words.pick(
            "赤なら助言：赤の答えのすぐあとに言い、保健所に知らせます",
            "red: advice — said at once after a red answer; the health centre is told"
        )
    );
    for (nth, text) in advice.iter().enumerate() {
        let y = y + 48.0 + nth as f64 * LINE;
        let _ = writeln!(out, r#"<text x="{}" y="{y}" font-size="{WORDING}">{}</text>"#, MARGIN + 20.0, escape(text));
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
