//! Forms and reviews in words for people, on both machines the same.

use core::fmt::Write;

use dime_sign::ceremony::{Answer, Bundle, DigestWords, Finding, Form, Request, Review, Signed};

/// A form in words.
pub(super) fn form(form: &Form) -> String {
    match form {
        Form::Request(request) => {
            let mut text = request_head(request);
            for (number, item) in (1..).zip(&request.items) {
                let _ = writeln!(text, "\n{number}. {}", item.kind());
                lines(&mut text, &item.describe());
            }
            text
        }
        Form::Answer(answer) => of_answer(answer),
        Form::Bundle(bundle) => of_bundle(bundle),
    }
}

/// What a request says of itself, with its digest and words.
fn request_head(request: &Request) -> String {
    let digest = hex::encode(request.digest());
    format!(
        "ceremony request {}\n  for the Authorization key of {}\n  made at     {}\n  items       {}\n{}",
        hex::encode(request.id),
        request.by,
        request.made_at,
        request.items.len(),
        checks(&digest, &request.words()),
    )
}

/// A digest and its words, as both sides show them.
pub(super) fn checks(digest: &str, words: &DigestWords) -> String {
    format!(
        "  sha-256     {digest}\n  words       {words}\n              ({} bits of the digest)\n",
        DigestWords::BITS
    )
}

fn of_answer(answer: &Answer) -> String {
    let mut text = format!(
        "ceremony answer\n  by          {} at {}\n  key         {}\n  signed at   {}\n  to request  {}\n  items       {}\n{}",
        answer.signer,
        answer.signer.hid(),
        answer.signer_hi,
        answer.signed_at,
        hex::encode(answer.request),
        answer.items.len(),
        checks(&hex::encode(answer.digest()), &answer.words()),
    );
    for (number, signed) in (1..).zip(&answer.items) {
        let _ = writeln!(text, "\n{number}. {}", signed.kind());
        lines(&mut text, &signed.describe());
    }
    text
}

fn of_bundle(bundle: &Bundle) -> String {
    let mut text = format!(
        "authority bundle\n  authorities {}\n  words       {}\n",
        bundle.authorities.len(),
        bundle.words()
    );
    for (number, authority) in (1..).zip(&bundle.authorities) {
        let _ = writeln!(text, "\n{number}.");
        lines(&mut text, &authority.describe());
    }
    text
}

/// A review: what the operator is asked to agree to.
pub(super) fn review(request: &Request, review: &Review<'_>) -> String {
    let mut text = request_head(request);
    for warning in review.warnings() {
        let _ = writeln!(text, "  NOTE        {warning}");
    }
    for (number, found) in (1..).zip(review.findings()) {
        let _ = writeln!(text, "\n{number}. {}", found.item().kind());
        lines(&mut text, &found.item().describe());
        finding(&mut text, found);
    }
    text
}

fn finding(text: &mut String, finding: &Finding<'_>) {
    for warning in finding.warnings() {
        let _ = writeln!(text, "   NOTE                {warning}");
    }
    if let Some((from, to)) = finding.validity() {
        let _ = writeln!(text, "   will be signed      {from} to {to}");
    }
    if let Some(refusal) = finding.refusal() {
        let _ = writeln!(text, "   REFUSED             {refusal}");
    }
}

/// What became of the items: for the transcript, and for whoever imports.
pub(super) fn outcome(answer: &Answer) -> String {
    let refused = answer.items.iter().filter(|signed| matches!(signed, Signed::Refused { .. })).count();
    format!("{} signed, {refused} refused", answer.items.len() - refused)
}

fn lines(text: &mut String, lines: &[(&'static str, String)]) {
    for (name, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "   {name:<19} {value}");
    }
}
