//! The figures of a bench as a picture: an SVG of four panels, readable on light and on dark ground.
//!
//! Three panels go over the length of the prompt, the fourth over the conversations at once. A line joins
//! runs that differ in nothing else; the colour is the model's. Every run is a dot in every panel, with its
//! figure under the pointer.

use std::fmt::Write as _;

use super::figures::Figures;

const WIDTH: f64 = 880.0;
/// Of a panel's plot.
const PLOT: (f64, f64) = (300.0, 170.0);
/// Where the plots begin, from the left and from the top.
const LEFTS: [f64; 2] = [64.0, 492.0];
const TOP: f64 = 64.0;
/// From one row of panels to the next.
const ROW: f64 = 256.0;
/// A line of the legend.
const LEGEND: f64 = 18.0;
/// Between two names at the ends of lines, at least.
const APART: f64 = 12.0;

/// On light ground and on dark: told apart by who sees no red or green (Okabe and Ito, 2008), and darker or
/// lighter for contrast.
const COLOURS: [(&str, &str); 6] = [
    ("#0062a3", "#56b4e9"),
    ("#b34a00", "#f0a35e"),
    ("#00704f", "#2fc79a"),
    ("#9b3a78", "#e29bc4"),
    ("#7a6300", "#e6cf3d"),
    ("#444b57", "#b8c0cc"),
];

/// What a panel shows.
struct Panel {
    title: &'static str,
    unit: &'static str,
    /// What it goes over.
    over: &'static str,
    along: fn(&Figures) -> f64,
    value: fn(&Figures) -> Option<f64>,
    /// What sets lines of a model apart, with its words.
    apart: fn(&Figures) -> [(u32, &'static str); 2],
}

const PROMPT: &str = "tokens of the prompt";

const PANELS: [Panel; 4] = [
    Panel {
        title: "Time to first token, median",
        unit: "ms",
        over: PROMPT,
        along: prompt,
        value: |run| run.ttft_ms.p50,
        apart: output_and_at_once,
    },
    Panel {
        title: "Prefill, median",
        unit: "tokens/s",
        over: PROMPT,
        along: prompt,
        value: |run| run.prefill_tok_s,
        apart: output_and_at_once,
    },
    Panel {
        title: "Decode of one conversation, median",
        unit: "tokens/s",
        over: PROMPT,
        along: prompt,
        value: |run| run.decode_tok_s,
        apart: output_and_at_once,
    },
    Panel {
        title: "Decode of all conversations, median",
        unit: "tokens/s",
        over: "conversations at once",
        along: |run| f64::from(run.concurrency),
        value: |run| run.total_decode_tok_s,
        apart: |run| [(run.prompt_tokens, "in"), (run.output_tokens, "out")],
    },
];

fn prompt(run: &Figures) -> f64 {
    f64::from(run.prompt_tokens)
}

fn output_and_at_once(run: &Figures) -> [(u32, &'static str); 2] {
    [(run.output_tokens, "out"), (run.concurrency, "at once")]
}

/// Draws the runs; what `machine` says is put below them, its parts (behind `; `) a line each.
pub fn svg(runs: &[Figures], machine: &str) -> String {
    let models = models(runs);
    let machine: Vec<&str> = machine.split("; ").collect();
    let height = TOP + 2.0 * ROW + LEGEND * (models.len() + machine.len()) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\">\n\
         <title>How fast models answer</title>\n{}<rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"16\">How fast models answer</text>\n",
        style()
    );
    for (place, panel) in PANELS.iter().enumerate() {
        let at = (LEFTS[place % 2], TOP + ROW * (place / 2) as f64);
        draw(&mut out, panel, at, runs, &models);
    }
    let mut y = TOP + 2.0 * ROW - 14.0;
    for (number, model) in models.iter().enumerate() {
        let colour = number % COLOURS.len();
        let _ = writeln!(
            out,
            "<rect class=\"d{colour}\" x=\"16\" y=\"{:.1}\" width=\"10\" height=\"10\" rx=\"2\"/><text x=\"34\" y=\"{y:.1}\">{}</text>",
            y - 9.5,
            escaped(model)
        );
        y += LEGEND;
    }
    for line in machine {
        let _ = writeln!(out, "<text class=\"soft\" x=\"16\" y=\"{y:.1}\" font-size=\"11\">{}</text>", escaped(line));
        y += LEGEND;
    }
    out.push_str("</svg>\n");
    out
}

/// The models, each once, as the legend names them.
fn models(runs: &[Figures]) -> Vec<String> {
    let mut models: Vec<String> = Vec::new();
    for name in runs.iter().map(named) {
        if !models.contains(&name) {
            models.push(name);
        }
    }
    models
}

fn named(run: &Figures) -> String {
    format!("{} ({})", run.model, run.provider)
}

/// Colours by class, with those for dark ground: not every viewer knows variables of CSS.
fn style() -> String {
    let mut light =
        "text{fill:#1d2430}.soft{fill:#5b6675}.paper{fill:#fff}.grid{stroke:#dde2ea;fill:none}.l{fill:none;stroke-width:1.6}".to_owned();
    let mut dark = "text{fill:#e8ebf1}.soft{fill:#9ba6b5}.paper{fill:#151a22}.grid{stroke:#343c49}".to_owned();
    for (number, (on_light, on_dark)) in COLOURS.iter().enumerate() {
        for (text, colour) in [(&mut light, on_light), (&mut dark, on_dark)] {
            let _ = write!(text, ".s{number}{{stroke:{colour}}}.d{number},.t{number}{{fill:{colour}}}");
        }
    }
    format!("<style>{light}@media (prefers-color-scheme:dark){{{dark}}}</style>\n")
}

/// One panel with its axes, lines and dots.
fn draw(out: &mut String, panel: &Panel, (left, top): (f64, f64), runs: &[Figures], models: &[String]) {
    let (wide, high) = PLOT;
    let (right, bottom) = (left + wide, top + high);
    let _ = writeln!(out, "<text x=\"{left}\" y=\"{:.1}\">{} <tspan class=\"soft\">{}</tspan></text>", top - 12.0, panel.title, panel.unit);
    let highest = runs.iter().filter_map(panel.value).fold(0.0, f64::max);
    let (step, most) = steps(highest);
    let y_of = |value: f64| bottom - value / most * high;
    let mut value = 0.0;
    while value <= most * 1.000_1 {
        let y = y_of(value);
        let _ = writeln!(
            out,
            "<path class=\"grid\" d=\"M{left} {y:.1}H{right}\"/><text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            left - 6.0,
            y + 4.0,
            plain(value)
        );
        value += step;
    }
    let mut places: Vec<f64> = runs.iter().map(panel.along).collect();
    places.sort_by(f64::total_cmp);
    places.dedup();
    let x_of = |along: f64| left + 12.0 + (wide - 24.0) * share(&places, along);
    for along in &places {
        let _ = writeln!(
            out,
            "<text class=\"soft\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x_of(*along),
            bottom + 16.0,
            plain(*along)
        );
    }
    let _ = writeln!(out, "<text class=\"soft\" x=\"{right}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>", bottom + 32.0, panel.over);
    let mut ends: Vec<(f64, f64, usize, String)> = Vec::new();
    let lines = lines(panel, runs);
    for line in &lines {
        let dots: Vec<(f64, f64, &Figures)> =
            line.iter().filter_map(|run| Some((x_of((panel.along)(run)), y_of((panel.value)(run)?), *run))).collect();
        let Some((x, y, last)) = dots.last() else { continue };
        let colour = models.iter().position(|model| *model == named(last)).unwrap_or(0) % COLOURS.len();
        let path: Vec<String> = dots.iter().map(|(x, y, _)| format!("{x:.1} {y:.1}")).collect();
        let _ = writeln!(out, "<path class=\"l s{colour}\" d=\"M{}\"/>", path.join("L"));
        for (x, y, run) in &dots {
            let _ = writeln!(
                out,
                "<circle class=\"d{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{}</title></circle>",
                escaped(&told(panel, run))
            );
        }
        ends.push((*y, *x, colour, apart(panel, last, runs)));
    }
    label(out, ends, bottom);
}

/// Names at the ends of lines, none over another and none below `bottom`, where the axis has its numbers.
fn label(out: &mut String, mut ends: Vec<(f64, f64, usize, String)>, bottom: f64) {
    ends.retain(|(.., text)| !text.is_empty());
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = f64::NEG_INFINITY;
    for (y, ..) in &mut ends {
        *y = y.max(free);
        free = *y + APART;
    }
    let mut free = bottom;
    for (y, ..) in ends.iter_mut().rev() {
        *y = y.min(free);
        free = *y - APART;
    }
    for (y, x, colour, text) in &ends {
        let (x, y, text) = (x + 7.0, y + 3.5, escaped(text));
        let _ = writeln!(out, "<text class=\"t{colour}\" x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"10\">{text}</text>");
    }
}

/// The runs of a panel that differ only in what it goes over, in that order.
fn lines<'a>(panel: &Panel, runs: &'a [Figures]) -> Vec<Vec<&'a Figures>> {
    let key = |run: &Figures| (named(run), (panel.apart)(run));
    let mut lines: Vec<Vec<&Figures>> = Vec::new();
    for run in runs {
        match lines.iter_mut().find(|line| line.first().is_some_and(|first| key(first) == key(run))) {
            Some(line) => line.push(run),
            None => lines.push(vec![run]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| (panel.along)(a).total_cmp(&(panel.along)(b)));
    }
    lines
}

/// What sets a line apart from others, of what is not the same in all runs.
fn apart(panel: &Panel, run: &Figures, runs: &[Figures]) -> String {
    let own = (panel.apart)(run);
    let varies = |at: usize| runs.iter().any(|other| (panel.apart)(other)[at] != own[at]);
    let words = own.iter().enumerate().filter(|(at, _)| varies(*at)).map(|(_, (number, word))| format!("{number} {word}"));
    words.collect::<Vec<_>>().join(", ")
}

fn told(panel: &Panel, run: &Figures) -> String {
    let value = (panel.value)(run).map_or_else(|| "-".to_owned(), plain);
    let (prompt, output, at_once) = (run.prompt_tokens, run.output_tokens, run.concurrency);
    format!("{}, {prompt} tokens in, {output} out, {at_once} at once: {value} {}", named(run), panel.unit)
}

/// Where a value stands between the least and the greatest, by its logarithm: lengths are asked for in doubles.
fn share(sorted: &[f64], value: f64) -> f64 {
    match (sorted.first(), sorted.last()) {
        (Some(least), Some(most)) if most > least => (value / least).ln() / (most / least).ln(),
        _ => 0.5,
    }
}

/// Steps of an axis up to a value, 1, 2 or 5 with zeros: four to eight of them, and where the last ends.
fn steps(highest: f64) -> (f64, f64) {
    if highest <= 0.0 {
        return (1.0, 1.0);
    }
    let ten = 10f64.powf((highest / 4.0).log10().floor());
    let step = [5.0, 2.0].into_iter().map(|n| n * ten).find(|step| highest / step >= 4.0).unwrap_or(ten);
    (step, (highest / step).ceil() * step)
}

/// A number without digits that say nothing.
fn plain(value: f64) -> String {
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::Run;
    use super::*;
    use crate::domain::agent::Provider;

    fn figures(model: &str, prompt_tokens: u32, concurrency: u32, speed: f64) -> Figures {
        let run = Run { provider: Provider::Remote, prompt_tokens, output_tokens: 64, concurrency };
        let mut figures = Figures::of(&run, model.to_owned(), &[]);
        figures.ttft_ms.p50 = Some(f64::from(prompt_tokens) / speed);
        (figures.prefill_tok_s, figures.decode_tok_s, figures.total_decode_tok_s) = (Some(speed * 1_000.0), Some(speed), Some(speed * 2.0));
        figures
    }

    /// What is wrong with a document, as far as our own can be: tags that do not match, bare signs, attributes without quotes.
    fn fault(xml: &str) -> Option<String> {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = xml;
        while let Some((text, after)) = rest.split_once('<') {
            let bare = text.split('&').skip(1).any(|entity| !["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)));
            if bare || text.contains('>') {
                return Some(format!("a bare sign in {text:?}"));
            }
            let Some((tag, behind)) = after.split_once('>') else { return Some(format!("{after:?} has no end")) };
            rest = behind;
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            if tag.starts_with('/') {
                if open.pop() != Some(name) {
                    return Some(format!("</{name}> ends nothing"));
                }
                continue;
            }
            let attributes = tag.trim_end_matches('/').strip_prefix(name).unwrap_or_default();
            if attributes.split('"').step_by(2).any(|part| !(part.is_empty() || part.starts_with(' ') && part.ends_with('='))) {
                return Some(format!("{tag:?} has an attribute without quotes"));
            }
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        (!open.is_empty() || !rest.trim().is_empty()).then(|| format!("{open:?} are left open, {rest:?} behind"))
    }

    #[test]
    fn every_run_is_a_dot_in_every_panel() {
        let sweep = |model: &str, speed: f64| -> Vec<Figures> {
            [64, 256, 1_024].iter().flat_map(|prompt| [1, 4].map(|at_once| figures(model, *prompt, at_once, speed))).collect()
        };
        let both = [sweep("a", 30.0), sweep("b <&> \"c\"", 4_000.0)].concat();
        for (runs, lines) in [(vec![figures("a", 64, 1, 30.0)], 4), (sweep("a", 0.5), 9), (both, 18), (Vec::new(), 0)] {
            let svg = svg(&runs, "a machine & more");
            assert_eq!(fault(&svg), None);
            assert_eq!(svg.matches("<circle").count(), 4 * runs.len());
            assert_eq!(svg.matches("class=\"l s").count(), lines, "{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            for run in &runs {
                let told = format!("{} tokens in, 64 out, {} at once", run.prompt_tokens, run.concurrency);
                assert!(svg.contains(&told), "{told}");
            }
        }
    }

    #[test]
    fn what_has_no_figure_has_no_dot() {
        let mut silent = figures("a", 64, 1, 30.0);
        silent.decode_tok_s = None;
        assert_eq!(svg(&[silent], "").matches("<circle").count(), 3);
    }

    #[test]
    fn names_at_the_ends_of_lines_stand_apart_above_the_axis() {
        let mut out = String::new();
        let ends = [(60.0, "a"), (169.0, "b"), (170.0, "c"), (61.0, "d"), (100.0, "")].map(|(y, text)| (y, 0.0, 0, text.to_owned()));
        label(&mut out, ends.to_vec(), 170.0);
        let of = |line: &str| line.split("y=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse::<f64>().ok()).unwrap();
        let heights: Vec<f64> = out.lines().map(of).collect();
        assert_eq!(heights, [60.0, 72.0, 158.0, 170.0].map(|y| y + 3.5), "{out}");
    }

    #[test]
    fn axes_end_above_the_highest_in_round_steps() {
        for (highest, expected) in [(38.5, (5.0, 40.0)), (100.0, (20.0, 100.0)), (45.0, (10.0, 50.0)), (0.9, (0.2, 1.0)), (0.0, (1.0, 1.0))]
        {
            let (step, most) = steps(highest);
            assert!((step - expected.0).abs() < 1e-9 && (most - expected.1).abs() < 1e-9, "{highest}: {step} {most}");
        }
        for (value, text) in [(0.0, "0"), (0.25, "0.25"), (40.0, "40"), (1_024.0, "1024"), (12.55, "12.6"), (100.0, "100")] {
            assert_eq!(plain(value), text);
        }
    }

    #[test]
    fn a_document_that_is_none_is_noticed() {
        for broken in ["<a><b></a></b>", "<a>&</a>", "<a b=c/>", "<a>", "<a/>x", "<a"] {
            assert!(fault(broken).is_some(), "{broken}");
        }
    }
}
