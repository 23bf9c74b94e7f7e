//! `dime ceremony sign`: the offline side. It needs no network, no configuration and no data directory, and opens no socket.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use dime_sign::ceremony::{
    self, AuthorityObjects, AuthorityRequest, Bundle, Form, Item, Overlong, Profiles, Request, Review,
    Signed, Terms,
};
use dime_sign::{Authorization, LocalSigner, NoRandomness, PrivateKey, Signer, SigningPolicy, offline};
use drip_cert::full::Policies;
use drip_det::{DetClass, Hda, Hid, Level, Raa, UnixTime};

use super::output::{Caption, Output, Places};
use super::transcript::{self, Transcript};
use super::{known, medium, say};
use crate::input;
use crate::key_input::{self, Password};
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::print_line;

/// Five years, as the DKI recommends.
const LIFETIME: u64 = 5 * 365 * 86_400;

/// What to sign, with which key, on which terms.
#[derive(Args, Debug)]
pub(crate) struct Sign {
    /// The Authorization key
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The place of that key; if not said, the one that the request names
    #[arg(long, value_name = "RAA/HDA")]
    hid: Option<Hid>,
    /// The request: a file, pictures of its QR codes, their text, or a folder of these
    #[arg(value_name = "FILE|IMAGE", conflicts_with = "itself")]
    files: Vec<PathBuf>,
    /// The same, by name
    #[arg(long, value_name = "FILE|IMAGE", num_args = 1.., required_unless_present_any = ["itself", "files"], conflicts_with_all = ["itself", "files"])]
    request: Vec<PathBuf>,
    /// Without a request: endorse this key by itself, for a trust anchor; writes a bundle
    #[arg(long = "self", requires = "hid")]
    itself: bool,
    /// A URI for the certificates of a self-endorsement
    #[arg(long, value_name = "URI", requires = "itself")]
    uri: Option<String>,
    /// What the key itself was given: its bundle, the answer it is in, its certificate or endorsement. Nothing that is signed outlasts it
    #[arg(long, value_name = "FILE", conflicts_with = "itself")]
    own: Option<PathBuf>,
    /// Sign nothing for longer than to this moment (RFC 3339 or Unix seconds)
    #[arg(long, value_name = "TIME", value_parser = input::moment)]
    not_after: Option<UnixTime>,
    /// Sign for more than ten years where that is asked for
    #[arg(long)]
    longer_than_ten_years: bool,
    /// Do not ask: the words were compared, and all is to be signed
    #[arg(long)]
    yes: bool,
    /// With --yes: sign the others although some items are refused
    #[arg(long, requires = "yes")]
    except_refused: bool,
    /// Who signs, for the transcript
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    output: Output,
}

pub(crate) fn run(command: &Sign) -> Outcome {
    let now = input::now()?;
    let asked = if command.itself {
        None
    } else {
        Some(one_request(&[command.files.as_slice(), command.request.as_slice()].concat())?)
    };
    let key = key_input::private_key(&command.key, &command.password)?;
    let request = match asked {
        Some(request) => request,
        None => command.self_request(&key, now)?,
    };
    let hid = command.hid.unwrap_or(request.by);
    let signer = command.signer(key, hid)?;
    let terms = Terms {
        not_after: command.not_after,
        overlong: if command.longer_than_ten_years { Overlong::Allowed } else { Overlong::Refused },
    };
    let mut entropy = |octets: &mut [u8]| getrandom::fill(octets).map_err(NoRandomness);
    let review = ceremony::review(&request, &signer, terms, &mut entropy, now).map_err(Failure::unable)?;
    let reviewed = format!("{}{}", say::review(&request, &review), signed_by(&signer));
    print_line(&reviewed)?;

    let signable = request.items.len() - review.refused();
    if signable == 0 {
        return Err(Failure::No("every item is refused: nothing was signed".into()));
    }
    let places = command.output.places(if command.itself { "bundle" } else { "answer" })?;
    let agreed = command.agree(signable, review.refused())?;
    let head = head(command, now, &agreed, &reviewed);
    let mut transcript = Transcript::begin(&places.beside("-transcript.txt"), &head)?;
    let signatures = review.signatures();
    let end = sign(command, review, &request, &places).inspect_err(|failure| transcript.failed(failure))?;
    let end = format!("{end}  signatures  {signatures} by this key in this ceremony\n");
    transcript.add(&end)?;
    print_line(end.trim_end())?;
    Ok(Answer::Yes)
}

/// Signs, verifies what was signed as the other side will, and writes it. What there is to say of it.
fn sign(command: &Sign, review: Review<'_>, request: &Request, places: &Places) -> Result<String, Failure> {
    let answer = review.sign().map_err(Failure::unable)?;
    answer.verify(request).map_err(|error| Failure::unable(format!("the answer does not hold: {error}")))?;
    let outcome = say::outcome(&answer);
    let form = if command.itself { Form::Bundle(bundle(request, &answer)?) } else { Form::Answer(answer) };
    let octets = match &form {
        Form::Answer(answer) => answer.encode(),
        Form::Bundle(bundle) => bundle.encode(),
        Form::Request(request) => request.encode(),
    };
    let octets = octets.map_err(Failure::unable)?;
    let words = form.words();
    let digest = match &form {
        Form::Answer(answer) => format!("  sha-256     {}\n", hex::encode(answer.digest())),
        Form::Bundle(_) | Form::Request(_) => String::new(),
    };
    let caption =
        Caption { title: form.name().to_owned(), lines: vec![outcome.clone(), format!("words: {words}")] };
    let mut end = format!("{}\n  outcome     {outcome}\n{digest}  words       {words}\n", form.name());
    for path in places.write(&octets, caption)? {
        end.push_str(&format!("  written to  {}\n", path.display()));
    }
    Ok(end)
}

impl Sign {
    fn signer(&self, key: PrivateKey, hid: Hid) -> Result<LocalSigner<Authorization>, Failure> {
        let det = key.det(hid);
        let authority_ends = match &self.own {
            None => None,
            Some(path) => {
                let own = known::read(path)?.into_iter().find(|known| known.det == det);
                let none =
                    || Failure::file(path, format!("it is not of this key at {hid}, whose DET is {det}"));
                Some(own.ok_or_else(none)?.not_after)
            }
        };
        let policy = SigningPolicy { authority_ends, ..SigningPolicy::AUTHORIZATION };
        offline::ceremony(key, hid, policy).map_err(Failure::usage)
    }

    /// A request of this key to itself.
    fn self_request(&self, key: &PrivateKey, now: UnixTime) -> Result<Request, Failure> {
        let hid = self.hid.ok_or_else(|| Failure::usage("--self needs --hid"))?;
        let level = match (hid.raa, hid.hda) {
            (Raa::APEX, _) => Level::Apex,
            (_, Hda::OF_RAA) => Level::Raa,
            _ => Level::Hda,
        };
        let mut id = [0; 16];
        getrandom::fill(&mut id).map_err(Failure::unable)?;
        let item = AuthorityRequest {
            csr: key.certification_request(None, Some(key.det(hid))).map_err(Failure::usage)?,
            level,
            class: DetClass::Authorization,
            hid,
            not_before: now,
            not_after: self.not_after.unwrap_or(UnixTime(now.0.saturating_add(LIFETIME))),
            profiles: Profiles::ALL,
            uri: self.uri.clone(),
            pki: None,
            reference: "self-endorsement".to_owned(),
            policies: Policies::default(),
        };
        Ok(Request { id, made_at: now, by: hid, items: vec![Item::Authority(Box::new(item))] })
    }

    /// Asks once; how it was agreed, for the transcript.
    fn agree(&self, signable: usize, refused: usize) -> Result<String, Failure> {
        if self.yes {
            if refused > 0 && !self.except_refused {
                return Err(Failure::No(format!(
                    "{refused} items are refused; nothing was signed. Sign the others with --except-refused"
                )));
            }
            return Ok("by --yes".to_owned());
        }
        if !std::io::stdin().is_terminal() {
            return Err(Failure::usage(
                "nobody is asked without a terminal: compare the words, then give --yes",
            ));
        }
        let but =
            if refused > 0 { format!(", leaving out the {refused} that are refused") } else { String::new() };
        eprint!(
            "Are the words the same on the other side, and shall {signable} items be signed{but}? Type yes: "
        );
        std::io::stderr().flush().map_err(Failure::unable)?;
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(Failure::unable)?;
        if line.trim() == "yes" {
            Ok("typed yes".to_owned())
        } else {
            Err(Failure::No("not agreed: nothing was signed".to_owned()))
        }
    }
}

/// The only request in these files.
fn one_request(paths: &[PathBuf]) -> Result<Request, Failure> {
    let mut forms = medium::read(paths)?;
    match (forms.pop(), forms.is_empty()) {
        (Some(Form::Request(request)), true) => Ok(request),
        (Some(other), true) => Err(Failure::usage(format!("this is a {}, not a request", other.name()))),
        _ => Err(Failure::usage("more than one form: one request is signed at a time")),
    }
}

fn signed_by(signer: &LocalSigner<Authorization>) -> String {
    let end = match signer.policy().authority_ends {
        Some(end) => format!("its own endorsement ends at {end}"),
        None => "when its own endorsement ends was not said".to_owned(),
    };
    format!(
        "\nto be signed by\n  DET         {} at {} ({})\n  key         {}\n              {end}\n",
        signer.det(),
        signer.det().hid(),
        signer.level(),
        signer.hi()
    )
}

fn head(command: &Sign, now: UnixTime, agreed: &str, reviewed: &str) -> String {
    let key: &Path = &command.key;
    format!(
        "transcript of a ceremony\n  when        {now} by this machine's clock\n  who         {}\n  program     dime {}\n  key file    {}\n\n{reviewed}\nagreed        {agreed}\n\n",
        transcript::operator(command.operator.as_deref()),
        env!("CARGO_PKG_VERSION"),
        key.display(),
    )
}

/// The self-endorsed authority with its objects.
fn bundle(request: &Request, answer: &ceremony::Answer) -> Result<Bundle, Failure> {
    let authorities =
        request.items.iter().zip(&answer.items).filter_map(|(item, signed)| match (item, signed) {
            (Item::Authority(asked), Signed::Authority { endorsement, lite, full, mtls }) => {
                Some(AuthorityObjects {
                    level: asked.level,
                    class: asked.class,
                    hid: asked.hid,
                    hi: answer.signer_hi,
                    parent: answer.signer,
                    endorsement: *endorsement,
                    lite: lite.clone(),
                    full: full.clone(),
                    mtls: mtls.clone(),
                })
            }
            _ => None,
        });
    let bundle = Bundle { authorities: authorities.collect() };
    bundle.verify().map_err(Failure::unable)?;
    Ok(bundle)
}
