//! `dime man`: manual pages.

use std::path::PathBuf;

use clap::{Args, CommandFactory};
use clap_mangen::Man;

use crate::command::Dime;
use crate::files;
use crate::outcome::{Answer, Failure, Outcome};
use crate::output::print_octets;

/// Manual pages
#[derive(Debug, Args)]
pub(crate) struct Manual {
    /// Directory for a page of each command; without it, the main page goes to stdout
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(command: &Manual) -> Outcome {
    match &command.out {
        None => {
            let mut page = Vec::new();
            Man::new(Dime::command()).render(&mut page).map_err(Failure::unable)?;
            print_octets(&page)?;
        }
        Some(dir) => {
            files::make_dir(dir)?;
            clap_mangen::generate_to(Dime::command(), dir).map_err(|error| Failure::file(dir, error))?;
        }
    }
    Ok(Answer::Yes)
}
