//! The modules inside one layer: which imports which, and whether any import each other in a circle. Without a circle
//! there is an order in which every import points down.

use std::collections::{BTreeMap, BTreeSet};

use super::{Tree, in_src, reached};

/// Modules whose files import each other by path, and not through the names that `mod.rs` hands on to other layers.
const BY_PATH: [&str; 1] = ["service"];

/// Imports between the modules of one folder: (from, to) → the first place.
type Arrows = BTreeMap<(String, String), String>;

/// The path of the module in a file: `src/store/calls/mod.rs` → `store`, `calls`.
fn module_path(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// A path from the root of the crate; `None` if it begins elsewhere.
fn absolute(module: &[String], segments: &[String]) -> Option<Vec<String>> {
    let supers = segments.iter().take_while(|segment| *segment == "super").count();
    let (base, rest) = match segments.first().map(String::as_str) {
        Some("crate") => (&[][..], &segments[1..]),
        Some("self") => (module, &segments[1..]),
        Some("super") => (&module[..module.len().checked_sub(supers)?], &segments[supers..]),
        _ => return None,
    };
    Some([base, rest].concat())
}

/// What `src/TOP/mod.rs` hands on: name → the module that it comes from.
fn handed_on(tree: &Tree, top: &str) -> BTreeMap<String, String> {
    let facade = tree.get(&format!("src/{top}/mod.rs"));
    let uses = facade.map_or(&[][..], |source| &source.uses);
    let named = uses.iter().filter_map(|used| {
        let path = used.path.strip_prefix(&["self".to_owned()]).unwrap_or(&used.path);
        Some((used.name.clone()?, path.first()?.clone()))
    });
    named.collect()
}

fn arrows(tree: &Tree, for_tests: &BTreeSet<String>, top: &str, complaints: &mut Vec<String>) -> Arrows {
    let files = || {
        let paths = in_src(tree).filter(|(path, _)| !for_tests.contains(*path));
        let modules = paths.map(|(path, source)| (path, source, module_path(path)));
        modules.filter(|(_, _, module)| module.len() > 1 && module[0] == top)
    };
    let inside: BTreeSet<String> = files().map(|(_, _, module)| module[1].clone()).collect();
    let handed_on = handed_on(tree, top);
    let mut arrows = Arrows::new();
    for (path, source, module) in files() {
        for (line, segments) in source.paths.iter().filter(|(line, _)| !source.is_test(*line)) {
            let Some(target) = absolute(&module, segments).filter(|path| path.first() == module.first()) else {
                continue;
            };
            let Some(name) = target.get(1) else { continue };
            if BY_PATH.contains(&top) && !inside.contains(name) && handed_on.contains_key(name) {
                complaints.push(format!("{path}:{line}: import `{name}` from the module in which it is"));
            }
            let to = if inside.contains(name) { Some(name) } else { handed_on.get(name) };
            if let Some(to) = to.filter(|to| **to != module[1]) {
                arrows.entry((module[1].clone(), to.clone())).or_insert_with(|| format!("{path}:{line}"));
            }
        }
        for used in source.uses.iter().filter(|used| used.name.is_none() && !source.is_test(used.line)) {
            if absolute(&module, &used.path).is_some_and(|path| path == [top]) {
                complaints.push(format!("{path}:{}: name what you import from `{top}`", used.line));
            }
        }
    }
    arrows
}

/// All that can be reached from a module, along any number of arrows.
fn reach<'a>(arrows: &'a Arrows, from: &'a str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        let next = arrows.keys().filter(|(from, _)| from == module).map(|(_, to)| to.as_str());
        open.extend(next.filter(|to| found.insert(*to)));
    }
    found
}

/// The modules of one set that can all be reached from each other, with the first place of each import.
type Circle = Vec<String>;

fn circles_in(arrows: &Arrows) -> Vec<Circle> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|(from, _)| (from.as_str(), reach(arrows, from))).collect();
    let leads = |from: &str, to: &str| reached.get(from).is_some_and(|reached| reached.contains(to));
    let around = |from: &&str| reached[from].iter().copied().filter(|to| leads(to, from)).collect::<BTreeSet<&str>>();
    let circles: BTreeSet<BTreeSet<&str>> = reached.keys().map(around).filter(|circle| !circle.is_empty()).collect();
    let places = |circle: &BTreeSet<&str>| {
        let inside = arrows.iter().filter(|((from, to), _)| circle.contains(&**from) && circle.contains(&**to));
        inside.map(|((from, to), place)| format!("{place}: `{from}` imports `{to}`")).collect()
    };
    circles.iter().map(places).collect()
}

/// The rule: one complaint for each set of modules that can all be reached from each other.
pub fn circles(tree: &Tree) -> Vec<String> {
    let mut complaints = Vec::new();
    let for_tests = reached(tree).1;
    let tops: BTreeSet<String> = in_src(tree).map(|(path, _)| module_path(path)[0].clone()).collect();
    for top in &tops {
        let circles = circles_in(&arrows(tree, &for_tests, top, &mut complaints));
        complaints
            .extend(circles.into_iter().map(|places| format!("{}: a circle inside src/{top}", places.join("\n"))));
    }
    complaints
}
