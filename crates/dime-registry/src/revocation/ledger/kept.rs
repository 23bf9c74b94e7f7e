//! The ledger in a snapshot. CBOR:
//!
//! | item | CBOR |
//! |---|---|
//! | ledger | `[books, authorities, issuers]` |
//! | book | `[issuer, last change, [row] revoked, [row] released]` |
//! | row | `[serial number, time, reason or null, end of the certificate, change]` |
//! | authority | `[DET, [[issuer, serial number, end]]]`: its certificates |
//! | issuer | `[DET, HI]`: who an OCSP request may name |

use super::{Book, Books, Numbered, Row};
use crate::snapshot::octets::{Read, det, hi, list, seq, time, write_det, wrong};
use drip_cbor::{Kind, Reader, Writer};
use drip_cert::{crl::Reason, ocsp::Issuer};
use drip_det::{Det, HostIdentity};
use std::collections::BTreeMap;

type Rows = BTreeMap<Vec<u8>, Row>;

impl Books {
    /// Appends the octets.
    pub(crate) fn write(&self, out: &mut Writer) {
        out.array(3).array(self.issuers.len());
        for (issuer, book) in &self.issuers {
            out.array(4);
            write_det(out, *issuer);
            out.uint(book.revision.0);
            write_rows(out, &book.revoked);
            write_rows(out, &book.released);
        }
        out.array(self.authorities.len());
        for (det, certificates) in &self.authorities {
            out.array(2);
            write_det(out, *det);
            out.array(certificates.len());
            for Numbered { issuer, serial, not_after } in certificates {
                out.array(3);
                write_det(out, *issuer);
                out.bytes(serial).uint(not_after.0);
            }
        }
        let issuers: BTreeMap<Det, HostIdentity> =
            self.by_hash.values().map(|issuer| (issuer.det, issuer.hi)).collect();
        out.array(issuers.len());
        for (det, hi) in issuers {
            out.array(2);
            write_det(out, det);
            out.bytes(hi.as_bytes());
        }
    }

    /// From the octets.
    pub(crate) fn read(from: &mut Reader<'_>) -> Read<Self> {
        from.array_of(3, "ledger", "an array of three")?;
        let mut books = Books::default();
        let issuers = list(from, "books", |from| {
            from.array_of(4, "book", "an array of four")?;
            let issuer = det(from)?;
            let revision = seq(from)?;
            Ok((issuer, Book { revision, revoked: read_rows(from)?, released: read_rows(from)? }))
        })?;
        books.issuers.extend(issuers);
        let authorities = list(from, "authorities", |from| {
            from.array_of(2, "authority", "an array of two")?;
            let authority = det(from)?;
            let certificates = list(from, "certificates", |from| {
                from.array_of(3, "certificate", "an array of three")?;
                let issuer = det(from)?;
                Ok(Numbered { issuer, serial: from.bytes("serial number")?.to_vec(), not_after: time(from)? })
            })?;
            Ok((authority, certificates))
        })?;
        for (authority, certificates) in authorities {
            for numbered in &certificates {
                books.by_number.insert((numbered.issuer, numbered.serial.clone()), authority);
            }
            books.authorities.insert(authority, certificates);
        }
        for issuer in list(from, "issuers", read_issuer)? {
            books.put_issuer(issuer);
        }
        Ok(books)
    }
}

fn write_rows(out: &mut Writer, rows: &Rows) {
    out.array(rows.len());
    for (serial, row) in rows {
        out.array(5).bytes(serial).uint(row.at.0);
        match row.reason {
            Some(reason) => out.uint(reason.code().into()),
            None => out.null(),
        };
        out.uint(row.not_after.0).uint(row.since.0);
    }
}

fn read_rows(from: &mut Reader<'_>) -> Read<Rows> {
    let rows = list(from, "rows", |from| {
        from.array_of(5, "row", "an array of five")?;
        let serial = from.bytes("serial number")?.to_vec();
        let at = time(from)?;
        let reason = if from.kind("reason")? == Kind::Null {
            from.null("reason")?;
            None
        } else {
            let unknown = wrong(from, "reason", "a reason");
            Some(Reason::from_code(from.octet("reason", "0 to 10")?).ok_or(unknown)?)
        };
        Ok((serial, Row { at, reason, not_after: time(from)?, since: seq(from)? }))
    })?;
    Ok(rows.into_iter().collect())
}

fn read_issuer(from: &mut Reader<'_>) -> Read<Issuer> {
    from.array_of(2, "issuer", "an array of two")?;
    Ok(Issuer { det: det(from)?, hi: hi(from)? })
}
