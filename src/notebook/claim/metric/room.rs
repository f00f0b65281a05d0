//! How far a number is from what it is held to.

use super::Reading;

/// Whole decades between a gap and the bound on it; a gap under machine precision counts as that.
pub fn headroom(gap: f64, bound: f64) -> i64 {
    libm::floor(libm::log10(bound / gap.abs().max(f64::EPSILON))) as i64
}

/// How far a number is from the limit that it must obey; over several runs, the run that is nearest to it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Room {
    /// In powers of ten; infinite where number and limit have no ratio.
    pub decades: f64,
    /// In tolerances of the number; none for rounding, which has none.
    pub tolerances: Option<f64>,
}

impl Room {
    /// More decades than this, and a limit says little about the number.
    const LOOSE: f64 = 6.0;
    /// Fewer decades than this, and the limit is near.
    const THIN: f64 = 1.0;

    /// Whether the limit is so far off that a much worse number would pass.
    pub fn loose(self) -> bool {
        self.decades > Self::LOOSE
    }

    /// Whether the limit is near the number.
    pub fn thin(self) -> bool {
        self.decades < Self::THIN
    }

    /// Whether the number could move beyond the limit before its snapshot shows that it moved.
    pub fn unwatched(self) -> bool {
        self.thin() && self.tolerances.is_none_or(|tolerances| tolerances <= 1.0)
    }
}

impl Reading {
    /// The room it has; none where it is held to an expected value, or to its snapshot alone.
    pub fn room(self) -> Option<Room> {
        let value = match self {
            Self::Rounding { headroom, .. } => return Some(Room { decades: headroom as f64, tolerances: None }),
            Self::Count { .. } => return None,
            Self::Value(value) => value,
        };
        let (limit, nearest) = (value.limit?.number(), value.nearest_to_limit()?);
        // Opposite signs, or nothing on one side, have no ratio: infinitely far.
        let decades = libm::log10((limit / nearest).max(0.0)).abs();
        Some(Room { decades, tolerances: Some((limit - nearest).abs() / value.tolerance.margin(nearest)) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notebook::claim::metric::{Expected, Limit, Spread, Tolerance, Value};

    const SPREAD: Option<Spread> = Some(Spread { lowest: 0.5, highest: 2.0, runs: 5 });

    fn room(limit: Limit, spread: Option<Spread>) -> Option<Room> {
        Reading::Value(Value { value: 1.0, tolerance: Tolerance::Relative(0.125), limit: Some(limit), spread }).room()
    }

    #[test]
    fn headroom_counts_whole_decades_down_to_machine_precision() {
        assert_eq!(headroom(1e-14, 3e-11), 3);
        assert_eq!(headroom(-1e-14, 3e-11), 3);
        assert_eq!(headroom(0.0, 3e-11), 5);
        assert_eq!(headroom(1e-10, 3e-11), -1);
    }

    #[test]
    fn room_is_counted_from_the_seed_nearest_to_the_limit() {
        assert_eq!(room(Limit::AtMost(200.0), SPREAD), Some(Room { decades: 2.0, tolerances: Some(198.0 / 0.25) }));
        assert_eq!(room(Limit::AtLeast(0.05), SPREAD), Some(Room { decades: 1.0, tolerances: Some(0.45 / 0.0625) }));
        assert_eq!(room(Limit::AtMost(100.0), None), Some(Room { decades: 2.0, tolerances: Some(99.0 / 0.125) }));
        assert_eq!(
            room(Limit::AtLeast(0.0), None),
            Some(Room { decades: f64::INFINITY, tolerances: Some(8.0) }),
            "there is no ratio to nothing"
        );
        assert_eq!(
            room(Limit::AtLeast(-1.0), None),
            Some(Room { decades: f64::INFINITY, tolerances: Some(16.0) }),
            "nor to another sign"
        );
        assert_eq!(room(Limit::Expected(Expected { value: 1.0, allowed: Tolerance::Relative(0.5) }), None), None);
        assert_eq!(Reading::Count { exactly: 3, must: true }.room(), None);
        let rounding = Reading::Rounding { rounding_at_most: 1e-9, headroom: 6 };
        assert_eq!(rounding.room(), Some(Room { decades: 6.0, tolerances: None }));
    }

    #[test]
    fn a_reason_is_asked_for_beyond_six_decades_and_within_one_tolerance() {
        let room = |decades: f64, tolerances: f64| Room { decades, tolerances: Some(tolerances) };
        assert!(!room(6.0, 1e9).loose() && room(6.0_f64.next_up(), 1e9).loose());
        assert!(!room(1.0, 9.0).thin() && room(1.0_f64.next_down(), 9.0).thin());
        assert!(room(0.5, 1.0).unwatched() && !room(0.5, 1.0_f64.next_up()).unwatched());
        assert!(!room(1.0, 0.5).unwatched(), "a number whose tolerance is wider than a decade says so itself");
        assert!(Room { decades: 0.5, tolerances: None }.unwatched());
    }
}
