//! A move in tolerances as a bar: to the right where the number grew, to the left where it shrank; the band is the
//! tolerance.

use maud::{Markup, html};

/// Units from the middle to the edge of the band.
const BAND: f64 = 24.0;
/// Units of a decade beyond it.
const DECADE: f64 = 9.0;
/// The longest bar.
const LONGEST: f64 = 96.0;

/// How long a bar is: linear within the tolerance, logarithmic beyond.
fn length(tolerances: f64) -> f64 {
    let size = tolerances.abs();
    let length = if size <= 1.0 { BAND * size } else { BAND + DECADE * libm::log10(size) };
    length.min(LONGEST)
}

/// The bar, which ends in an arrow.
pub(super) fn bar(name: &str, tolerances: f64) -> Markup {
    let (length, sign) = (length(tolerances), if tolerances < 0.0 { -1.0 } else { 1.0 });
    let tip = 100.0 + sign * length;
    let shaft = 100.0 + sign * (length - 6.0).max(0.0);
    let (from, to) = (100.0_f64.min(shaft), 100.0_f64.max(shaft));
    let colour = if tolerances.abs() <= 1.0 { "var(--muted,#665f53)" } else { "var(--holds-if,#7a5c00)" };
    let decades: String = (1..=8)
        .flat_map(|decade| {
            [-1.0, 1.0].map(|side| format!("M{:.1} 15v3", 100.0 + side * (BAND + DECADE * f64::from(decade))))
        })
        .collect();
    let direction = if tolerances < 0.0 { "smaller" } else { "larger" };
    html! {
        svg.tolerances viewBox="0 0 200 18" role="img" {
            title { (name) ": " (direction) " by " (format!("{:.1}", tolerances.abs())) " tolerances" }
            desc { "An arrow to the " (if tolerances < 0.0 { "left" } else { "right" }) ", from the accepted number in the middle of the band of its tolerance; beyond the band each step is a decade." }
            rect x=(100.0 - BAND) y="2" width=(2.0 * BAND) height="14" fill="var(--hair,#e8e2d6)" {}
            path d=(decades) stroke="var(--rule,#d8d0c0)" {}
            rect x=(format!("{from:.1}")) y="6.5" width=(format!("{:.1}", to - from)) height="5" fill=(colour) {}
            path d=(format!("M{shaft:.1} 3L{tip:.1} 9L{shaft:.1} 15Z")) fill=(colour) {}
            path d="M100 1v16" stroke="var(--fg,#24211c)" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_grow_by_decades_in_the_direction_of_the_change() {
        assert!((length(0.5) - 12.0).abs() < 1e-12 && (length(-1.0) - BAND).abs() < 1e-12);
        assert!((length(1000.0) - length(100.0) - DECADE).abs() < 1e-12);
        assert!(length(1e30) <= LONGEST);
        let (up, down) = (bar("a<b", 10.0).0, bar("a<b", -10.0).0);
        assert!(up.contains("M127.0 3L133.0 9") && up.contains("a&lt;b: larger by 10.0 tolerances"), "{up}");
        assert!(down.contains("M73.0 3L67.0 9") && down.contains("smaller"), "{down}");
    }
}
