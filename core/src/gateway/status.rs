//! Conditions in a status: whether each holds, and why.

/// Whether a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
pub enum ConditionStatus {
    /// It does.
    True,
    /// It doesn't.
    False,
    /// Nobody has said.
    Unknown,
}

/// Status and reason.
pub type ConditionVerdict = (ConditionStatus, &'static str);
