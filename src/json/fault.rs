//! A problem with where it lies.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::write_string;
use crate::error::{PayloadProblem, Rejection};

/// The longest member name that a path quotes, in characters.
const MAX_NAME_IN_PATH: usize = 64;

/// A problem and, from the inside out, the members in which it lies. Boxed, since every reading
/// function returns one and it is rare.
pub(crate) struct Fault(Box<(PayloadProblem, Vec<Segment>)>);

enum Segment {
    Name(String),
    Index(usize),
}

impl Fault {
    pub(crate) fn within_name(mut self, name: &str) -> Self {
        let name = name.chars().take(MAX_NAME_IN_PATH).collect();
        self.0.1.push(Segment::Name(name));
        self
    }

    pub(crate) fn within_index(mut self, index: usize) -> Self {
        self.0.1.push(Segment::Index(index));
        self
    }

    /// The path to the member, and what is wrong with it.
    pub(crate) fn into_parts(self) -> (String, PayloadProblem) {
        let path = self.path();
        let (problem, _) = *self.0;
        (path, problem)
    }

    fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.0.1.iter().rev() {
            match segment {
                Segment::Index(index) => {
                    path.push('[');
                    path.push_str(&index.to_string());
                    path.push(']');
                }
                Segment::Name(name) if is_identifier(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Segment::Name(name) => {
                    path.push('[');
                    write_string(&mut path, name);
                    path.push(']');
                }
            }
        }
        path
    }
}

fn is_identifier(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    !name.is_empty() && name.bytes().all(allowed)
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        let (path, problem) = fault.into_parts();
        Self::MalformedPayload { path, problem }
    }
}

impl From<PayloadProblem> for Fault {
    fn from(problem: PayloadProblem) -> Self {
        Self(Box::new((problem, Vec::new())))
    }
}
