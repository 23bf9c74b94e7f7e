//! Parts in text: what a QR reader prints, a code a line.

use crate::{Part, PartError};

/// What zbarimg writes before a code's text, unless told not to.
const ZBAR: &str = "QR-Code:";

/// The parts in a text, and where it has something else. Empty lines are skipped.
pub fn parts(text: &str) -> impl Iterator<Item = Result<Part, LineError>> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(|(line, text)| {
        let text = text.strip_prefix(ZBAR).unwrap_or(text);
        text.trim().parse().map_err(|cause| LineError { line, cause })
    })
}

/// A line that is no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {cause}")]
pub struct LineError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub cause: PartError,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Density, split};

    #[test]
    fn as_zbarimg_prints_and_plain() {
        let made = split(&[32; 400], Density::Low).unwrap();
        let text: String = made.iter().map(|part| format!("QR-Code:{part}\r\n\n")).collect();
        assert_eq!(parts(&text).collect::<Result<Vec<_>, _>>().unwrap(), made);
        let text: String = made.iter().map(|part| format!("{part}\n")).collect();
        assert_eq!(parts(&text).collect::<Result<Vec<_>, _>>().unwrap(), made);
        let wrong = format!("{}\nEAN-13:4006381333931\n", made[0]);
        assert_eq!(
            parts(&wrong).collect::<Result<Vec<_>, _>>(),
            Err(LineError { line: 2, cause: PartError::NotAPart })
        );
    }
}
