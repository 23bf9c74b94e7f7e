//! The operator's consent to a new DET: its signature on the request, or its attestation.

use crate::{ApplicantFault, AttestationFault};
use drip_det::{Det, HostIdentity, UnixTime};
use drip_wire::Endorsement;

/// The new DET and its key.
#[derive(Clone, Copy)]
pub(crate) struct Newcomer<'a> {
    pub(crate) det: Det,
    pub(crate) hi: &'a HostIdentity,
}

/// Checks an attestation: 136 octets in which the operator endorses the newcomer, valid now.
pub(crate) fn check_attestation(
    octets: &[u8],
    operator: Newcomer<'_>,
    newcomer: Newcomer<'_>,
    now: UnixTime,
) -> Result<(), AttestationFault> {
    let attestation = Endorsement::decode(octets).map_err(AttestationFault::Malformed)?;
    if attestation.parent != operator.det {
        return Err(AttestationFault::Parent { parent: attestation.parent, operator: operator.det });
    }
    if attestation.child != newcomer.det || attestation.child_hi != *newcomer.hi {
        return Err(AttestationFault::Child { child: attestation.child, det: newcomer.det });
    }
    attestation.verify(operator.hi).map_err(AttestationFault::Signature)?;
    if !attestation.valid_at(now) {
        return Err(AttestationFault::NotValidNow {
            vnb: attestation.vnb.to_unix(),
            vna: attestation.vna.to_unix(),
        });
    }
    Ok(())
}

/// Whether the DET that signed the request is the operator named.
pub(crate) fn check_signer(signer: Det, operator: Det) -> Result<(), ApplicantFault> {
    if signer == operator {
        Ok(())
    } else {
        Err(ApplicantFault::OperatorProofInvalid(AttestationFault::OtherSigner { signer, operator }))
    }
}
