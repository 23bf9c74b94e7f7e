//! A revocation list that was taken in, and the wish for one to be signed.

use super::time::Moment;
use dime_registry::RevocationList;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// How long a list is to be in force.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListRequestQuery {
    /// Seconds; 90 days if not said.
    #[param(minimum = 60, maximum = 34560000)]
    pub(crate) lifetime: Option<u64>,
}

/// A revocation list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RevocationList)]
pub(crate) struct ListDocument {
    /// Its number.
    #[schema(example = "54975581388800")]
    number: String,
    /// When it was made.
    this_update: Moment,
    /// When the next one has to be there.
    next_update: Moment,
}

impl From<RevocationList> for ListDocument {
    fn from(list: RevocationList) -> Self {
        ListDocument {
            number: list.number.to_string(),
            this_update: Moment(list.this_update),
            next_update: Moment(list.next_update),
        }
    }
}
