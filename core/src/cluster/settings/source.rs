//! A setting, and the line that gives it.

use crate::cluster::objects::ClusterDiagnostics;
use crate::diagnostic::{ExpectedSetting, Problem};
use crate::model::Text;
use crate::source::FieldRef;

/// A value and who says it.
#[derive(Clone, Debug)]
pub(super) struct SettingWithSource<T> {
    pub value: T,
    pub by: FieldRef,
}

pub(super) fn report_unreadable(
    notes: &mut ClusterDiagnostics<'_>,
    said: SettingWithSource<Text>,
    expected: ExpectedSetting,
) {
    notes.say(said.by, Problem::UnreadableSetting { expected, found: said.value });
}
