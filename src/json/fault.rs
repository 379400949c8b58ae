//! A problem with where it lies.

use alloc::boxed::Box;
use alloc::string::String;

use super::path::Path;
use crate::error::{PayloadProblem, Rejection};

/// A problem and the members in which it lies. Boxed, since every reading function returns one and it
/// is rare.
pub(crate) struct Fault(Box<(PayloadProblem, Path)>);

impl Fault {
    pub(crate) fn within_name(mut self, name: &str) -> Self {
        self.0.1.push_name(name);
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> Self {
        self.0.1.push_index(index);
        self
    }

    /// The path to the member, and what is wrong with it.
    pub(crate) fn into_parts(self) -> (String, PayloadProblem) {
        let (problem, path) = *self.0;
        (String::from(&path), problem)
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        let (path, problem) = fault.into_parts();
        Self::MalformedPayload { path, problem }
    }
}

impl From<PayloadProblem> for Fault {
    fn from(problem: PayloadProblem) -> Self {
        Self(Box::new((problem, Path::default())))
    }
}
