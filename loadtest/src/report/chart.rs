//! Curves and bars as SVG that stands inside a page and needs nothing beside it.

use maud::{Markup, html};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 16.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 40.0;
const GRID_LINES: usize = 5;
/// Readable on light and on dark, and apart for those who cannot tell red from green.
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f7f7f"];

/// One curve.
pub struct Series {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// How an axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// From zero.
    Linear,
    /// By powers of ten; what is not above zero is at the lowest.
    Log,
}

pub struct Axis {
    pub label: &'static str,
    pub scale: Scale,
}

/// Where values are on an axis, from 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Span {
    scale: Scale,
    low: f64,
    high: f64,
}

impl Span {
    fn over(scale: Scale, values: impl Iterator<Item = f64>) -> Span {
        match scale {
            Scale::Linear => {
                let high = values.fold(0.0, f64::max);
                Span { scale, low: 0.0, high: if high > 0.0 { high } else { 1.0 } }
            }
            Scale::Log => {
                let (low, high) = values
                    .filter(|value| *value > 0.0)
                    .fold((f64::INFINITY, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
                let (low, high) = if high > 0.0 { (low, high) } else { (0.1, 1.0) };
                // Whole powers of ten, and never none between them.
                let (low, high) = (low.log10().floor(), high.log10().ceil());
                Span { scale, low, high: if high > low { high } else { low + 1.0 } }
            }
        }
    }

    fn at(&self, value: f64) -> f64 {
        let value = if self.scale == Scale::Log { value.max(1e-12).log10() } else { value };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Values with a line each.
    fn marks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                (0..=GRID_LINES).map(|mark| self.high * mark as f64 / GRID_LINES as f64).collect()
            }
            Scale::Log => (self.low as i32..=self.high as i32).map(|power| 10f64.powi(power)).collect(),
        }
    }
}

fn short(value: f64) -> String {
    match value.abs() {
        1e6.. => format!("{:.2} M", value / 1e6),
        1e3.. => format!("{:.0} k", value / 1e3),
        10.0.. => format!("{value:.0}"),
        1.0.. => format!("{value:.1}"),
        _ if value == 0.0 => "0".to_owned(),
        _ => format!("{value:.2}"),
    }
}

fn frame(x: (&Span, &Axis), y: (&Span, &Axis), inside: &Markup) -> Markup {
    let (across, up) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" {
            @for mark in y.0.marks() {
                @let line = TOP + up * (1.0 - y.0.at(mark));
                line class="grid" x1=(LEFT) x2=(WIDTH - RIGHT) y1=(line) y2=(line) {}
                text x=(LEFT - 6.0) y=(line + 4.0) text-anchor="end" { (short(mark)) }
            }
            @for mark in x.0.marks() {
                @let line = LEFT + across * x.0.at(mark);
                text x=(line) y=(HEIGHT - BOTTOM + 16.0) text-anchor="middle" { (short(mark)) }
            }
            text x=(LEFT + across / 2.0) y=(HEIGHT - 6.0) text-anchor="middle" { (x.1.label) }
            text x=(LEFT) y=(TOP - 5.0) { (y.1.label) }
            (inside)
        }
    }
}

fn legend<'n>(names: impl Iterator<Item = &'n str>) -> Markup {
    html! {
        p class="legend" {
            @for (name, colour) in names.zip(COLOURS.iter().cycle()) {
                span { span class="dot" style=(format!("background:{colour}")) {} (name) }
            }
        }
    }
}

/// Curves over one axis.
pub fn lines(x: &Axis, y: &Axis, series: &[Series]) -> Markup {
    let points = || series.iter().flat_map(|series| &series.points);
    let across = Span::over(x.scale, points().map(|point| point.0));
    let up = Span::over(y.scale, points().map(|point| point.1));
    let place = |(at, value): &(f64, f64)| {
        let left = LEFT + (WIDTH - LEFT - RIGHT) * across.at(*at);
        let top = TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - up.at(*value));
        format!("{left:.1},{top:.1}")
    };
    let curves = html! {
        @for (series, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            @let path = series.points.iter().map(place).collect::<Vec<_>>().join(" ");
            polyline points=(path) fill="none" stroke=(colour) stroke-width="2" {}
        }
    };
    html! {
        (frame((&across, x), (&up, y), &curves))
        (legend(series.iter().map(|series| series.name.as_str())))
    }
}

/// Bars of several histograms over one axis: each bar up to a bound, from the bound before.
pub fn bars(x: &Axis, y: &Axis, series: &[Series]) -> Markup {
    let points = || series.iter().flat_map(|series| &series.points);
    let across = Span::over(x.scale, points().map(|point| point.0));
    let up = Span::over(y.scale, points().map(|point| point.1).chain([1.0]));
    let (width, height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let bar = |points: &[(f64, f64)], number: usize| {
        let (bound, count) = points[number];
        let before = if number > 0 { points[number - 1].0 } else { bound / 1.35 };
        let (from, to) = (across.at(before), across.at(bound));
        let tall = if count > 0.0 { height * up.at(count).max(0.01) } else { 0.0 };
        (LEFT + width * from, (width * (to - from)).max(1.0), TOP + height - tall, tall)
    };
    let blocks = html! {
        @for (series, colour) in series.iter().zip(COLOURS.iter().cycle()) {
            @for number in 0..series.points.len() {
                @let (left, wide, top, tall) = bar(&series.points, number);
                rect x=(format!("{left:.1}")) y=(format!("{top:.1}")) width=(format!("{wide:.1}"))
                    height=(format!("{tall:.1}")) fill=(colour) fill-opacity="0.6" {}
            }
        }
    };
    html! {
        (frame((&across, x), (&up, y), &blocks))
        (legend(series.iter().map(|series| series.name.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_axis_has_whole_powers_of_ten() {
        let span = Span::over(Scale::Log, [0.3, 25.0, 0.0].into_iter());
        assert_eq!(span.marks(), [0.1, 1.0, 10.0, 100.0]);
        assert!((span.at(0.1) - 0.0).abs() < 1e-9 && (span.at(100.0) - 1.0).abs() < 1e-9);
        assert!((span.at(10.0) - 2.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_and_a_single_point_are_drawn_too() {
        let axis = |scale| Axis { label: "x", scale };
        for points in [vec![], vec![(0.0, 0.0)], vec![(5.0, 5.0)]] {
            let series = [Series { name: "a <b>".to_owned(), points }];
            for scale in [Scale::Linear, Scale::Log] {
                let drawn = [
                    lines(&axis(scale), &axis(scale), &series).into_string(),
                    bars(&axis(scale), &axis(scale), &series).into_string(),
                ];
                for text in drawn {
                    assert!(text.contains("a &lt;b&gt;"), "names are escaped: {text}");
                    assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
                }
            }
        }
    }
}
