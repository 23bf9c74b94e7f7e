//! Documents that are neither registrations nor authorities: trust lists, cross-endorsements.

use crate::{OurFault, ReadError, Registry};
use dime_store::Document;

impl Registry {
    /// A document by its name: `trust-list/SIGNER`, `cross/PARENT/CHILD`.
    pub fn document(&self, name: &str) -> Result<Option<Document>, ReadError> {
        Ok(self.store.document(name)?)
    }

    /// Every document whose name begins so.
    pub fn documents(&self, prefix: &str) -> Result<Vec<Document>, ReadError> {
        let documents = self.store.documents().map_err(OurFault::from)?;
        Ok(documents.into_iter().filter(|document| document.name.starts_with(prefix)).collect())
    }
}
