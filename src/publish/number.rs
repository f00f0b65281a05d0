//! Numbers as a reader sees them: so many significant digits, a true minus, powers of ten beyond five places.
//!
//! ```
//! use attention_regression::publish::number::{Digits, markdown, unicode};
//!
//! assert_eq!(unicode(-4.18e-5, Digits::Significant(2)), "−4.2 × 10⁻⁵");
//! assert_eq!(markdown(0.25, Digits::Decimals(1)), "0.2");
//! ```

/// How many digits a number is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Digits {
    /// Significant digits, trailing zeros kept: they say how much is known.
    Significant(usize),
    /// Significant digits, trailing zeros dropped: for limits, ticks and other round numbers.
    Short(usize),
    /// Digits after the point.
    Decimals(usize),
}

/// The nearest number of so many digits that is not below `value`, or, downwards, not above it: for a number quoted as
/// a bound.
pub fn outward(value: f64, digits: Digits, up: bool) -> f64 {
    let written = |value: f64| match digits {
        Digits::Decimals(decimals) => format!("{value:.decimals$}"),
        Digits::Significant(significant) | Digits::Short(significant) => format!("{value:.*e}", significant.max(1) - 1),
    };
    let text = written(value);
    let near = text.parse().unwrap_or(value);
    let inside = if up { near < value } else { near > value };
    if !inside {
        return near;
    }
    let unit = match digits {
        Digits::Decimals(decimals) => -(decimals as i32),
        Digits::Significant(significant) | Digits::Short(significant) => {
            text.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok()).unwrap_or(0)
                - (significant.max(1) as i32 - 1)
        }
    };
    // Parsed, not computed: every machine then has the same power of ten, and the sum its own digits.
    let step: f64 = format!("{}1e{unit}", if up { "" } else { "-" }).parse().unwrap_or(0.0);
    written(near + step).parse().unwrap_or(near + step)
}

/// With Unicode superscripts, for tables, figures and terminals: `4.2 × 10⁻⁵`.
pub fn unicode(value: f64, digits: Digits) -> String {
    match parts(value, digits) {
        (mantissa, 0) => mantissa.replace('-', "−"),
        (mantissa, exponent) => {
            let power = format!("10{}", superscript(exponent));
            if mantissa == "1" { power } else { format!("{mantissa} × {power}").replace('-', "−") }
        }
    }
}

/// For prose: plain text where that will do, LaTeX between dollars where a power of ten is needed.
pub fn markdown(value: f64, digits: Digits) -> String {
    match parts(value, digits) {
        (mantissa, 0) => mantissa.replace('-', "−"),
        (mantissa, exponent) if mantissa == "1" => format!("$10^{{{exponent}}}$"),
        (mantissa, exponent) => format!("${mantissa} \\times 10^{{{exponent}}}$"),
    }
}

/// An exponent in superscript.
pub(crate) fn superscript(exponent: i32) -> String {
    let raise = |c: char| match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(0x2070 + digit as u32 - '0' as u32).unwrap_or(digit),
    };
    exponent.to_string().chars().map(raise).collect()
}

/// Mantissa and power of ten; the power is 0 where none is shown.
fn parts(value: f64, digits: Digits) -> (String, i32) {
    let exponent = |significant: usize| -> i32 {
        let written = format!("{value:.*e}", significant.max(1) - 1);
        written.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0)
    };
    let (significant, short) = match digits {
        Digits::Decimals(decimals) => return (format!("{value:.decimals$}"), 0),
        Digits::Significant(significant) => (significant, false),
        Digits::Short(significant) => (significant, true),
    };
    let exponent = exponent(significant);
    if value == 0.0 {
        return ("0".to_owned(), 0);
    }
    if (-3..=4).contains(&exponent) {
        let decimals = usize::try_from(significant as i32 - 1 - exponent).unwrap_or(0);
        let written = format!("{value:.decimals$}");
        return (if short { trimmed(&written) } else { written }, 0);
    }
    let mantissa = format!("{value:.*e}", significant.max(1) - 1);
    let mantissa = mantissa.split_once('e').map_or("", |(mantissa, _)| mantissa);
    (if short { trimmed(mantissa) } else { mantissa.to_owned() }, exponent)
}

fn trimmed(number: &str) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_rounded_away_from_what_it_bounds() {
        let written = |value: f64, digits: Digits, up: bool| unicode(outward(value, digits, up), digits);
        assert_eq!(written(0.244, Digits::Significant(2), true), "0.25");
        assert_eq!(written(0.246, Digits::Significant(2), false), "0.24");
        assert_eq!(written(4.049e-5, Digits::Significant(2), true), "4.1 × 10⁻⁵");
        assert_eq!(written(0.25, Digits::Significant(2), true), "0.25");
        assert_eq!(written(0.996, Digits::Significant(2), true), "1.0");
        assert_eq!(written(-0.244, Digits::Significant(2), true), "−0.24");
        assert_eq!(written(1.1868, Digits::Decimals(1), false), "1.1");
    }

    #[test]
    fn numbers_are_written_as_a_reader_expects() {
        assert_eq!(unicode(4.176e-5, Digits::Significant(3)), "4.18 × 10⁻⁵");
        assert_eq!(unicode(-0.25, Digits::Significant(2)), "−0.25");
        assert_eq!(unicode(1e-9, Digits::Short(3)), "10⁻⁹");
        assert_eq!(unicode(8.0, Digits::Significant(3)), "8.00");
        assert_eq!(unicode(8.0, Digits::Short(3)), "8");
        assert_eq!(unicode(0.99999, Digits::Significant(3)), "1.00");
        assert_eq!(markdown(1.114e7, Digits::Significant(3)), "$1.11 \\times 10^{7}$");
        assert_eq!(markdown(1_263_985.786, Digits::Decimals(3)), "1263985.786");
    }
}
